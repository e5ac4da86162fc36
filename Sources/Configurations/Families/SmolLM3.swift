internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// SmolLM3: LLaMA's layers, every fourth without rotation.
  static var smolLM3: LanguageFamily { LanguageFamily("SmolLM3ForCausalLM", types: "smollm3", read: readSmolLM3) }

  @Sendable private static func readSmolLM3(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 128_256, width: 2048, feedForward: 11_008, layers: 36, heads: 16, kvHeads: 4, tied: true))
    try reader.readBiases()
    let rotated = try reader.rotatedLayers()
    let usesWindow = try fields.boolean("use_sliding_window", default: false)
    let window = usesWindow ? try reader.window(default: nil) : nil
    let windowed = try reader.layers(of: "sliding_attention") { !rotated[$0] }
    return try reader.language { (block, layer) in
      if !rotated[layer] { block.rotaryWidth = 0 }
      block.window = windowed[layer] ? window : nil
    }
  }
}

extension DecoderReader {
  /// Which layers rotate queries and keys, by `no_rope_layers`, which says 1 for those that do, or every how many do not.
  func rotatedLayers() throws(Diagnostic) -> [Bool] {
    let step = try fields.integer("no_rope_layer_interval", in: Limit.layers, default: 4, decidesSize: false)
    return try marks("no_rope_layers") ?? (0..<layers).map { ($0 + 1) % step != 0 }
  }
}
