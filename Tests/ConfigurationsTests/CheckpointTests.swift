import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Quantities
import Testing

/// The formats that configurations state, against sizes that are derived by hand or published.
@Suite("Checkpoints' own formats") struct CheckpointTests {
  private static func bytes(_ name: String) throws -> Double {
    let model = try ModelsOf2026Tests.model(name)
    return model.asStored.weightBytes(at: try #require(model.checkpoint).precision).value
  }

  /// Weights of the 32 layers of Llama 3.1 8B that are converted.
  private static let llama: Int = 32 * (2 * 4096 * 4096 + 2 * 1024 * 4096 + 3 * 4096 * 14_336)

  /// Bytes of so many weights of some bits, and of the others of all in 16 bits.
  private static func bytes(_ converted: Int, bits: Double, of all: Int) -> Double {
    Double(converted) * bits / 8 + Double(all - converted) * 2
  }

  @Test("AWQ: four bits, and for 128 weights a scale of 16 and a zero point of 4 bits")
  func awq() throws {
    let expected = Self.bytes(Self.llama, bits: 4.15625, of: 8_030_261_248)
    #expect(try Self.bytes("llama-3.1-8b-awq-int4") == expected)
  }

  @Test("bitsandbytes with double quantisation: 8 bits for 64 weights, 32 for 256 of those")
  func bitsAndBytes() throws {
    // 4 + 8 / 64 + 32 / 16384
    let expected = Self.bytes(Self.llama, bits: 4.126953125, of: 8_030_261_248)
    #expect(try Self.bytes("llama-3.1-8b-bnb-4bit") == expected)
  }

  @Test("DeepSeek-V4: experts in FP4 with a scale of 8 bits for 32, other products in FP8 with one of 32 for 128 x 128")
  func expertsOfTheirOwn() throws {
    let experts: Int = 43 * 256 * 3 * 4096 * 2048
    // Latents of queries and the queries, keys, outputs of 8 groups, the shared expert; of 21 layers entries of two series, the
    // indexer's and its queries, of 20 entries of one.
    let layer: Int = 4096 * 1024 + 1024 * 64 * 512 + 4096 * 512 + 64 * 512 * 1024 + 8 * 1024 * 4096 + 3 * 4096 * 2048
    let sparse: Int = 2 * 4096 * 2 * 512 + 2 * 4096 * 2 * 128 + 1024 * 64 * 128
    let others: Int = 43 * layer + 21 * sparse + 20 * 2 * 4096 * 512
    let rest: Int = 284_332_230_231 - experts - others
    let expected = Double(experts) * 4.25 / 8 + Double(others) * (8 + 32.0 / (128 * 128)) / 8 + Double(rest) * 2
    let counted = try Self.bytes("deepseek-ai--DeepSeek-V4-Flash")
    #expect(abs(counted / expected - 1) < 1e-15, "\(counted) and not \(expected)")
    let model = try ModelsOf2026Tests.model("deepseek-ai--DeepSeek-V4-Flash")
    let checkpoint = try #require(model.checkpoint)
    #expect(checkpoint.text.contains("experts in FP4 in groups of 32"))
    // One token meets all of attention, 1024 x 32768 of the queries in FP8 among it, and 6 experts of 2048 x 4096 in FP4.
    let language = try #require(model.asStored.language)
    var list = OperatorList()
    language.append(Pass([Pass.Group(newTokens: 1, context: 8192)]), kernels: .fused, to: &list)
    func bytes(_ name: String) -> Double? {
      list.operators.first { $0.name.description == name }?.cost(Widths(checkpoint.precision)).traffic.weights.value
    }
    #expect(bytes("attention.query_up") == Double(1024 * 64 * 512) * (8 + 32.0 / (128 * 128)) / 8)
    #expect(bytes("experts.down") == Double(6 * 2048 * 4096) * 4.25 / 8)
    // A token's values and weights of 512 channels, in layers of two series of 1024, wait in 16 bits for the end of their
    // entries: each is written once and read once, whatever the entries' length.
    let waiting = list.operators.filter { $0.name.description == "entries.mean" }.map {
      let traffic = $0.cost(Widths(checkpoint.precision)).traffic
      return [traffic.cacheRead.value, traffic.cacheWritten.value]
    }
    #expect(Set(waiting) == [[2048, 2048], [4096, 4096]])
  }

  @Test("experts of a V4 are in FP4 or as the rest, nothing else", arguments: ["fp8", "fp4", "int8"])
  func formatsOfExperts(_ format: String) throws {
    let path = ConfigTests.folder.appending(path: "models_2026/deepseek-ai--DeepSeek-V4-Flash.json")
    let text = try String(contentsOf: path, encoding: .utf8)
    let changed = text.replacingOccurrences(of: "\"expert_dtype\": \"fp4\"", with: "\"expert_dtype\": \"\(format)\"")
    #expect(changed != text || format == "fp4")
    func read() throws -> MultimodalModel {
      try MultimodalModel(config: JSON.parse(Array(changed.utf8), file: "config.json", asPython: true), name: "v4")
    }
    if format == "int8" {
      let error = #expect(throws: Diagnostic.self) { try read() }
      #expect(error?.message.contains("fp4 or fp8") == true)
    } else {
      #expect(try read().checkpoint?.precision.expertBits == (format == "fp4" ? 4.25 : nil))
    }
  }

  @Test("MXFP4: gpt-oss converts its experts alone, 13.76 GB as on the hub")
  func mxfp4() throws {
    // 24 layers of 32 experts of 2880 x 5760 and 2880 x 2880 weights.
    let converted: Int = 24 * 32 * (2880 * 5760 + 2880 * 2880)
    let expected = Self.bytes(converted, bits: 4.25, of: 20_914_757_184)
    #expect(try Self.bytes("openai--gpt-oss-20b") == expected)
    #expect((expected / 1e7).rounded() == 1376)
  }

  @Test("FP8 in blocks of 128 x 128 with an FP32 scale each")
  func fp8Blocks() throws {
    // Of DeepSeek-V3's 671 B parameters the embedding, the head, norms and routers stay in 16 bits: 7168 x 129280 each,
    // 58 routers of 256 x 7168, and some million of norms.
    let model = try ModelsOf2026Tests.model("deepseek-ai--DeepSeek-V3")
    let plain = model.parameters.plain + model.parameters.heads
    let routed: Int = 2 * 7168 * 129_280 + 58 * 256 * 7168
    #expect(plain > Double(routed) && plain < Double(routed) + 1_100_000)
    let expected = Self.bytes(Int(model.parameters.converted), bits: 8.001953125, of: Int(model.parameterCount))
    #expect(try Self.bytes("deepseek-ai--DeepSeek-V3") == expected)
    let precision = try #require(model.checkpoint).precision
    #expect(precision.productFormat == .fp8 && precision.format == .bf16 && precision.cacheBits == 16)
  }

  @Test("NVFP4 leaves what its list names, layer by layer, and keeps the cache in FP8")
  func nvfp4() throws {
    let checkpoint = try #require(try ModelsOf2026Tests.model("nvidia--MiniMax-M2.7-NVFP4").checkpoint)
    #expect(checkpoint.precision.weightBits == 4.5 && checkpoint.precision.productFormat == .fp4)
    #expect(checkpoint.precision.cacheFormat == .fp8)
    #expect(checkpoint.plainParts == [LayerParts](repeating: [.attention, .indexer], count: 62))
    let mixed = try #require(try ModelsOf2026Tests.model("nvidia--Qwen3.5-122B-A10B-NVFP4").checkpoint)
    #expect(mixed.plainParts.first == [.recurrence, .shared])
  }

  private func checkpoint(_ quantization: String) throws -> Checkpoint? {
    let text = #"{"model_type": "llama", "num_hidden_layers": 3, "quantization_config": \#(quantization)}"#
    return try MultimodalModel(config: JSON.parse(Array(text.utf8), file: "c.json"), name: "m").checkpoint
  }

  @Test("GPTQ, compressed-tensors and modelopt")
  func others() throws {
    let gptq = try #require(try checkpoint(#"{"quant_method": "gptq", "bits": 8, "group_size": 32}"#))
    #expect(gptq.precision.weightBits == 8 + 24.0 / 32 && gptq.precision.productFormat == .bf16)
    let pack = try #require(
      try checkpoint(
        #"""
        {"quant_method": "compressed-tensors", "ignore": ["lm_head", "re:.*layers\\.1\\.self_attn.*"],
         "config_groups": {"group_0": {"targets": ["Linear"], "input_activations": null,
         "weights": {"num_bits": 4, "type": "int", "group_size": 128, "symmetric": true}}}}
        """#))
    #expect(pack.precision.weightBits == 4 + 16.0 / 128)
    #expect(pack.plainParts == [[], [.attention, .indexer], []])
    let int8 = try #require(
      try checkpoint(
        #"""
        {"quant_method": "compressed-tensors", "config_groups": {"group_0": {
         "input_activations": {"num_bits": 8, "type": "int"}, "weights": {"num_bits": 8, "type": "int"}}}}
        """#))
    #expect(int8.precision.productFormat == .int8 && int8.precision.weightBits == 8)
    let modelopt = try #require(try checkpoint(#"{"quant_algo": "FP8", "kv_cache_quant_algo": "FP8"}"#))
    #expect(modelopt.precision.productFormat == .fp8 && modelopt.precision.cacheFormat == .fp8)
  }

  @Test(
    "what is not understood is an error at its place",
    arguments: [
      (#"{"quant_method": "magic"}"#, "expected \"quant_method\" to be one of"), ("[]", "expected"),
      (#"{"quant_method": "gptq", "bits": 99}"#, "\"bits\""), (#"{"quant_method": "fp8", "ignore": 3}"#, "\"ignore\""),
      (#"{"quant_method": "modelopt", "quant_algo": "INT3"}"#, "\"quant_algo\""),
    ])
  func errors(_ quantization: String, _ message: String) throws {
    let error = try #require(throws: Diagnostic.self) { try checkpoint(quantization) }
    #expect(error.description.contains(message))
  }
}
