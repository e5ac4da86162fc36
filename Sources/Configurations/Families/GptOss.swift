internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// gpt-oss: experts with biases, attention sinks, windows in every other layer.
  static var gptOss: LanguageFamily { LanguageFamily("GptOssForCausalLM", types: "gpt_oss", read: readGptOss) }

  @Sendable private static func readGptOss(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 201_088, width: 2880, feedForward: 2880, layers: 36, heads: 64, kvHeads: 8, headWidth: 64))
    try reader.readAttentionBias(default: true)
    reader.block.hasSinks = true
    var experts = try reader.experts(["num_local_experts", "num_experts"], default: 128, perToken: 4, width: nil)
    (experts.routerBias, experts.expertBias) = (true, true)
    reader.block.experts = experts
    let window = try reader.window(default: 128)
    let windowed = try reader.layers(of: "sliding_attention") { $0 % 2 == 0 }
    return try reader.language { (block, layer) in block.window = windowed[layer] ? window : nil }
  }
}
