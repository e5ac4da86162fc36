/// What the files of a checkpoint hold: bytes by format, and those of the products of the language model's layers.
package struct StoredWeights: Sendable, Hashable {
  /// Tensors of one format.
  package struct Format: Sendable, Hashable {
    /// The format as the files name it, for example `BF16` or `Q4_K`.
    package var name: String
    /// The bytes of all of them.
    package var bytes: Int
  }

  /// The bytes of all tensors.
  package private(set) var bytes = 0
  /// The numbers of all tensors; packed ones count as they are stored.
  package private(set) var elements = 0
  /// By format, the one of most bytes first.
  package private(set) var formats: [Format] = []
  /// Bytes of the products of the language model's layers, scales included.
  package private(set) var productBytes = 0
  /// Bits of one number of the head or, where that is the embedding's matrix, of that; nil where neither is known.
  package private(set) var headBits: Double?
  private var embeddingBits: Double?

  /// Nothing so far.
  package init() {}

  /// Takes in a tensor of so many numbers and bytes.
  package mutating func add(_ name: String, format: String, elements: Int, bytes: Int) {
    self.bytes += bytes
    self.elements += elements
    if let index = formats.firstIndex(where: { $0.name == format }) {
      formats[index].bytes += bytes
    } else {
      formats.append(Format(name: format, bytes: bytes))
    }
    if Self.isLayerProduct(name) { productBytes += bytes }
    guard elements > 0 else { return }
    let bits = 8 * Double(bytes) / Double(elements)
    if name == "output.weight" || name.hasSuffix("lm_head.weight") { headBits = bits }
    if ["embed_tokens.weight", "token_embd.weight", "wte.weight"].contains(where: name.hasSuffix) {
      embeddingBits = bits
    }
  }

  /// Puts the formats in order.
  package mutating func finish() {
    formats.sort { ($0.bytes, $1.name) > ($1.bytes, $0.name) }
    headBits = headBits ?? embeddingBits
  }

  /// Whether all numbers are stored as plain floating-point ones, so that they can be counted.
  package var isPlain: Bool { formats.allSatisfy { ["F32", "F16", "BF16"].contains($0.name) } }

  private static let layerMarks = [".layers.", ".h.", ".blocks.", "blk."]
  private static let others = [
    "visual", "vision", "image", "audio", "mm_", "multi_modal", "projector", "encoder", "mtp", "resampler",
  ]
  private static let plain = [
    "norm", "bias", "router", ".gate.weight", "gate.wg", "gate_inp", "conv1d", "A_log", ".D", "sinks", "ssm_a", "ssm_d",
    "ssm_conv", "rotary", "rope", "layer_scale", "shared_expert_gate", "e_score", "_scale_2",
  ]

  /// Whether a tensor belongs to a product of the language model's layers, as a weight or as its scales.
  private static func isLayerProduct(_ name: String) -> Bool {
    let path = name.hasPrefix("layers.") || name.hasPrefix("blk.") ? ".\(name)" : name
    return layerMarks.contains { path.contains($0) } && !others.contains { path.contains($0) }
      && !plain.contains { path.contains($0) }
  }
}
