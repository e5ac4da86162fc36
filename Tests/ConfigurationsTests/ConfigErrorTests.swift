import Architectures
import Configurations
import Documents
import Testing

/// What is said about configurations that cannot be right. None of them may trap.
@Suite struct ConfigErrorTests {
  private func message(_ text: String) -> String? {
    do {
      _ = try MultimodalModel(config: JSON.parse(Array(text.utf8), file: "config.json"), name: "test")
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func unknownArchitecturesAreMetWithWhatCanBeDone() throws {
    let error = try #require(message(#"{"architectures": ["BertModel"]}"#))
    let start = "config.json:1:20: error: unknown architecture \"BertModel\"; "
    #expect(error.hasPrefix(start))
    #expect(error.hasSuffix("Documentation/models-and-devices.md lists the known ones and shows how"))
    #expect(message(#"{"model_type": "bert"}"#)?.hasPrefix("config.json:1:16: error: unknown model type") == true)
    #expect(message(#"{"model_type": 7, "architectures": []}"#) != nil)
    #expect(message(#"{"hidden_size": 7}"#) != nil)
    #expect(message("[]") != nil)
  }

  @Test func absentKeysHaveDefaultsAndUnknownOnesDoNotMatter() throws {
    let text = #"{"model_type": "llama", "hidden_size": 64, "no_such_key": {"a": []}}"#
    let model = try MultimodalModel(config: JSON.parse(Array(text.utf8), file: "c.json"), name: "test")
    #expect(model.language?.layers == 32)
    #expect(model.sources.first?.text.contains("vocab_size") == true)
    #expect(model.sources.first?.text.contains("hidden_size") == false)
  }

  /// Names that transformers takes for each other (`attribute_map` of the configurations).
  @Test(arguments: [
    #"{"model_type": "mixtral", "num_local_experts": 4}"#, #"{"model_type": "mixtral", "num_experts": 4}"#,
    #"{"model_type": "qwen3_moe", "num_experts_per_tok": 2, "num_local_experts": 4}"#,
    #"{"model_type": "deepseek_v3", "n_group": 1, "topk_group": 1, "num_experts_per_tok": 2, "num_local_experts": 4}"#,
  ])
  func expertsByEveryName(text: String) throws {
    let model = try MultimodalModel(config: JSON.parse(Array(text.utf8), file: "c.json"), name: "test")
    let blocks = try #require(model.language).stack.runs.map(\.block)
    #expect(blocks.contains { $0.experts?.count == 4 })
  }

  @Test(arguments: [
    (#"{"model_type": "llama", "hidden_size": "64"}"#, 40),
    (#"{"model_type": "llama", "hidden_size": 64.5}"#, 40),
    (#"{"model_type": "llama", "hidden_size": -1}"#, 40),
    (#"{"model_type": "llama", "hidden_size": 99999999999999999999}"#, 40),
    (#"{"model_type": "llama", "num_hidden_layers": 0}"#, 46),
    (#"{"model_type": "llama", "num_key_value_heads": 5}"#, 48),
    (#"{"model_type": "llama", "hidden_size": null}"#, 40),
    (#"{"model_type": "clip_vision_model", "image_size": null}"#, 51),
    (#"{"model_type": "mistral", "num_attention_heads": 4}"#, 50),
    (#"{"model_type": "llama", "num_attention_heads": 5000}"#, 48),
    (#"{"model_type": "llama", "head_dim": 9223372036854775807}"#, 37),
    (#"{"model_type": "llama", "hidden_act": "magic"}"#, 39),
    (#"{"model_type": "llama", "attention_bias": 1}"#, 43),
    (#"{"model_type": "mixtral", "num_experts_per_tok": 9}"#, 50),
    (#"{"model_type": "deepseek_v2"}"#, 1),
    (#"{"model_type": "gemma2", "layer_types": ["full_attention"]}"#, 41),
    (#"{"model_type": "phi", "partial_rotary_factor": 1e300}"#, 48),
    (#"{"model_type": "phi", "rope_scaling": 4}"#, 39),
    (#"{"model_type": "clip_vision_model", "patch_size": 512}"#, 51),
    (#"{"model_type": "clip_vision_model", "patch_size": 1, "image_size": 16384}"#, 51),
    (#"{"model_type": "llava", "vision_feature_layer": 40}"#, 49),
    (#"{"model_type": "llava", "vision_feature_layer": []}"#, 49),
    (#"{"model_type": "llava", "text_config": {"model_type": "bert"}}"#, 55),
    (#"{"model_type": "llava", "text_config": []}"#, 40),
    (#"{"model_type": "llava", "vision_config": {"num_channels": 1000000}}"#, 59),
  ])
  func absurdValuesAreErrorsAtTheirPlace(_ text: String, column: Int) throws {
    let error = try #require(message(text))
    #expect(error.hasPrefix("config.json:1:\(column): error: "), "\(error)")
  }

  @Test("all that is wrong with values is told at once, in the order of the file, and nothing that follows from it")
  func allAtOnce() throws {
    let text = """
      {"architectures": ["LlavaForConditionalGeneration"],
       "text_config": {"model_type": "llama",
        "hidden_size": "x", "num_attention_heads": 0,
        "num_key_value_heads": 5, "hidden_act": "magic"},
       "vision_config": {"model_type": "clip_vision_model", "image_size": null,
        "num_channels": -1}}
      """
    let error = try #require(throws: Diagnostic.self) {
      try MultimodalModel(config: JSON.parse(Array(text.utf8), file: "c.json"), name: "m")
    }
    #expect(([error] + error.further).map { $0.position?.line } == [3, 3, 4, 5, 6])
  }

  @Test func messagesSayWhatIsMissing() throws {
    let null = try #require(message(#"{"model_type": "llama", "hidden_size": null}"#))
    #expect(
      null.hasSuffix(
        "expected \"hidden_size\" to be a whole number, found null; give one, or leave the key out for "
          + "transformers' default, 4096"))
    let heads = try #require(message(#"{"model_type": "mistral", "num_attention_heads": 4}"#))
    #expect(
      heads.hasSuffix(
        "the configuration lacks \"num_key_value_heads\", and transformers' default, 8, does not divide the 4 heads"))
  }

  @Test func hugeSizesDoNotOverflow() throws {
    let largest = #"""
      {"model_type": "deepseek_v3", "hidden_size": 1048576, "intermediate_size": 1048576, "num_hidden_layers": 4096,
      "num_attention_heads": 16384, "n_routed_experts": 65536, "moe_intermediate_size": 1048576, "v_head_dim": 65536,
      "n_shared_experts": 1024, "qk_rope_head_dim": 65536, "qk_nope_head_dim": 65536, "kv_lora_rank": 1048576,
      "q_lora_rank": 1048576, "vocab_size": 10000000, "num_key_value_heads": 16384}
      """#
    let model = try MultimodalModel(config: JSON.parse(Array(largest.utf8), file: "c.json"), name: "test")
    let language = try #require(model.language)
    let workload = try Workload(visualTokens: 0, textTokens: Workload.tokenLimit, batch: Workload.batchLimit)
    for kernels in Accounting.Kernels.allCases {
      #expect(!language.operators(workload.prefill(of: language), kernels: kernels).isEmpty)
    }
    #expect(model.parameterCount.isFinite)
  }
}
