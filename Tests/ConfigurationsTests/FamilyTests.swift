import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Quantities
import Testing

/// Families in odd sizes against transformers and torch: every count stands in Fixtures/family_counts.csv, which
/// Fixtures/make_family_counts.py writes, as it does the configurations.
@Suite("Families in odd sizes") struct FamilyTests {
  static let counts: [ConfigTests.Count] = {
    let path = ConfigTests.folder.appending(path: "family_counts.csv")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",").map(String.init)
      guard cells.count == 4, let tokens = Int(cells[2]), let count = Double(cells[3]) else { return nil }
      return ConfigTests.Count(config: cells[0], what: cells[1], tokens: tokens, count: count)
    }
  }()

  static func model(_ name: String) throws -> MultimodalModel {
    let path = ConfigTests.folder.appending(path: "families/\(name).json").path
    return try MultimodalModel(config: JSON.parse(Files.read(path, limit: 1 << 20), file: path), name: name)
  }

  @Test("parameters equal those of transformers", arguments: counts.filter { $0.what == "parameters" })
  func parameters(_ expected: ConfigTests.Count) throws {
    #expect(try Self.model(expected.config).parameterCount == expected.count)
  }

  @Test("FLOPs equal torch's", arguments: counts.filter { $0.what == "flops" })
  func flops(_ expected: ConfigTests.Count) throws {
    let language = try #require(try Self.model(expected.config).language)
    let workload = try Workload(visualTokens: 0, textTokens: expected.tokens)
    let operators = language.operators(workload.prefill(of: language), kernels: .eager)
    #expect(operators.reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) } == expected.count)
  }

  @Test("FLOPs of an image equal torch's", arguments: counts.filter { $0.what == "image_flops" })
  func imageFLOPs(_ expected: ConfigTests.Count) throws {
    let vision = try #require(try Self.model(expected.config).vision)
    let operators = vision.encoder.forward(images: 1, layersUsed: vision.encoder.layers, kernels: .eager)
    #expect(operators.reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) } == expected.count)
  }

  @Test func everyPictureIsCounted() { #expect(Self.counts.count { $0.what == "image_flops" } == 4) }

  private func model(_ text: String) throws -> MultimodalModel {
    try MultimodalModel(config: JSON.parse(Array(text.utf8), file: "config.json"), name: "m")
  }

  @Test("formats of authors describe the same models as transformers' own")
  func authorsFormats() throws {
    // GLM-4 9B, of which transformers' GlmForCausalLM has 9,399,951,360 parameters (models_2026.csv).
    let glm = try model(
      #"""
      {"architectures": ["ChatGLMModel"], "num_layers": 40, "padded_vocab_size": 151552, "hidden_size": 4096,
       "ffn_hidden_size": 13696, "kv_channels": 128, "num_attention_heads": 32, "multi_query_attention": true,
       "multi_query_group_num": 2, "add_qkv_bias": true, "add_bias_linear": false, "seq_length": 131072}
      """#)
    #expect(glm.parameterCount == 9_399_951_360)
    // LLaVA 1.5 7B: transformers' LlavaForConditionalGeneration has 7,063,427,072, with 64 rows of 4096 more in embedding
    // and head.
    let llava = try model(
      #"""
      {"architectures": ["LlavaLlamaForCausalLM"], "model_type": "llava", "hidden_size": 4096,
       "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
       "vocab_size": 32000, "mm_hidden_size": 1024, "mm_projector_type": "mlp2x_gelu", "mm_vision_select_layer": -2,
       "mm_vision_select_feature": "patch", "mm_vision_tower": "openai/clip-vit-large-patch14-336"}
      """#)
    let added: Int = 2 * 64 * 4096
    #expect(llava.parameterCount == Double(7_063_427_072 - added))
    #expect(llava.tokensPerImage == 576 && llava.vision?.layersUsed == 23)
  }

  @Test("Phi-3.5-vision projects the tokens between tiles, too")
  func phi3Vision() throws {
    let phi = try model(#"{"architectures": ["Phi3VForCausalLM"], "hidden_size": 3072}"#)
    let square = try phi.reading(images: ImageSize(width: 336, height: 336))
    // processing_phi3_v.py: (2 x 2 + 1) x 144 tokens, one, and 12 at ends of rows of 2 tiles down and of the whole.
    let tokens: Int = 5 * 144 + 1 + 3 * 12
    #expect(square.tokensPerImage == tokens)
    let stages = try Accounting.exact(kernels: .eager).stages(square, Workload(visualTokens: tokens, textTokens: 1))
    let products = try #require(stages.first { $0.stage == .connector }).operators
    #expect(
      products.reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) }
        == Double(2 * tokens * (4096 * 3072 + 3072 * 3072)))
  }

  @Test("DeepSeek-VL2 in its tiny size, counted by hand from its released code")
  func deepseekVL2() throws {
    let sizes = (1...3).flatMap { down in (1...9).filter { $0 * down <= 9 }.map { "[\($0 * 384), \(down * 384)]" } }
    let tiny = try model(
      #"""
      {"model_type": "deepseek_vl_v2", "candidate_resolutions": [\#(sizes.joined(separator: ", "))],
       "language_config": {"architectures": ["DeepseekV2ForCausalLM"], "first_k_dense_replace": 1, "hidden_size": 1280,
        "intermediate_size": 6848, "kv_lora_rank": null, "moe_intermediate_size": 896, "n_routed_experts": 64,
        "n_shared_experts": 2, "num_attention_heads": 10, "num_experts_per_tok": 6, "num_hidden_layers": 12,
        "num_key_value_heads": 10, "q_lora_rank": null, "qk_nope_head_dim": 0, "qk_rope_head_dim": 0, "use_mla": false,
        "v_head_dim": 0, "vocab_size": 129280},
       "projector_config": {"model_type": "mlp_projector", "n_embed": 1280},
       "vision_config": {"layers": 27, "mlp_ratio": 3.7362, "model_name": "siglip_so400m_patch14_384", "width": 1152}}
      """#)
    // Four products of 1280 by 1280 and two norms in every layer; three of 1280 by 6848 in the first; in the others a router
    // and three of 1280 by 896 for each of 64 experts and two shared ones; embedding, head, norm.
    let attention: Int = 4 * 1280 * 1280 + 2 * 1280
    let mixture: Int = 64 * 1280 + 66 * 3 * 1280 * 896
    let ends: Int = 2 * 129_280 * 1280 + 1280
    #expect(tiny.language?.parameters.count == Double(12 * attention + 3 * 1280 * 6848 + 11 * mixture + ends))
    // transformers' SiglipVisionModel of so400m at 384 pixels, head included (models_2026.csv): 428,225,600.
    #expect(tiny.vision?.parameters.count == 428_225_600)
    // 4608 by 1280, 1280 by 1280, their biases, two learned tokens.
    #expect(tiny.connector?.parameters.count == Double(4608 * 1280 + 1280 * 1280 + 4 * 1280))
    // 27 x 27 patches are filled up to 14 x 14 cells. Of 2 x 1 tiles: the whole has 14 rows of 14 and an end, the tiles
    // 14 rows of 28 and an end, one token lies between.
    #expect(try tiny.reading(images: ImageSize(width: 768, height: 384)).tokensPerImage == 14 * 15 + 14 * 29 + 1)
    // 1000 x 300 is shown at 1000 x 300 on 1152 x 384 pixels: 3 x 1 tiles.
    let wide = try tiny.reading(images: ImageSize(width: 1000, height: 300))
    #expect(wide.tokensPerImage == 14 * 15 + 14 * 43 + 1)
    // Products of all four tiles' 196 cells.
    let stages = try Accounting.exact(kernels: .eager).stages(
      wide, Workload(visualTokens: #require(wide.tokensPerImage), textTokens: 1))
    let products = try #require(stages.first { $0.stage == .connector }).operators
    let cells: Int = 4 * 196
    #expect(
      products.reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) }
        == Double(2 * cells * (4608 * 1280 + 1280 * 1280)))
  }

  @Test("Kimi-VL's tower and connector, counted by hand")
  func kimiVL() throws {
    let kimi = try model(
      #"{"architectures": ["KimiVLForConditionalGeneration"], "text_config": {"hidden_size": 2048}}"#)
    // 27 layers of 4 products of 1152, two of 1152 by 4304, their biases and two norms; patches of 3 x 14 x 14 with a bias,
    // 64 x 64 positions, a norm.
    let layer: Int = 4 * 1152 * 1152 + 2 * 1152 * 4304 + 4 * 1152 + 4304 + 1152 + 4 * 1152
    let rest: Int = 1152 * 588 + 1152 + 4096 * 1152 + 2 * 1152
    #expect(kimi.vision?.parameters.count == Double(27 * layer + rest))
    // A norm of 1152, 4608 by 4608, 4608 by 2048.
    let products: Int = 2 * 1152 + 4608 * 4608 + 4608 + 4608 * 2048 + 2048
    #expect(kimi.connector?.parameters.count == Double(products))
    #expect(try kimi.reading(images: ImageSize(width: 448, height: 448)).tokensPerImage == 256)
    // Filled up to 23 x 18 cells of 28 pixels; 120 x 120 whole patches are scaled to 4096 of them: 896 pixels, 32 cells.
    #expect(try kimi.reading(images: ImageSize(width: 640, height: 480)).tokensPerImage == 414)
    #expect(try kimi.reading(images: ImageSize(width: 1680, height: 1680)).tokensPerImage == 32 * 32)
  }

  @Test("audio is refused by name")
  func audio() {
    let text = #"{"architectures": ["Qwen2_5OmniModel"], "thinker_config": {"audio_config": {}}}"#
    let error = #expect(throws: Diagnostic.self) { try model(text) }
    #expect(error?.message.contains("\"Qwen2_5OmniModel\" has an audio encoder") == true)
  }

  @Test("an unknown architecture is met with the nearest and the way through YAML")
  func unknown() {
    let error = #expect(throws: Diagnostic.self) { try model(#"{"architectures": ["LlamaForCausalLN"]}"#) }
    #expect(error?.message.contains("the nearest is LlamaForCausalLM. A model file (YAML)") == true)
  }
}
