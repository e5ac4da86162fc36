internal import Operators

/// Gated layers between those of a language model, in which the text attends to images: those of Flamingo, IDEFICS and
/// Llama 3.2 Vision.
///
/// Visual tokens never stand in the prompt: the text has layers of its own, and before some of them one of these reads
/// the images. What attention and feed-forward block add is multiplied by tanh of a learned gate. Sources:
/// IdeficsGatedCrossAttentionLayer and MllamaCrossAttentionDecoderLayer in transformers 5.23.0.
package struct CrossAttention: Sendable, Hashable {
  /// Norms, heads and feed-forward block of one such layer.
  package var block: TransformerBlock
  /// The layers of the language model, from 0, before which one stands.
  package var places: [Int]
  /// Width of the images' tokens, of which keys and values are made.
  package var imageWidth: Int
  /// Whether a text without images passes the language model's own layers alone (Llama 3.2 Vision).
  package var needsImages = false

  /// Layers of a block's sizes before some layers of the language model.
  package init(block: TransformerBlock, places: [Int], imageWidth: Int) {
    (self.block, self.places, self.imageWidth) = (block, places, imageWidth)
  }

  /// How many layers of the language model lie from one to the next.
  package var interval: Int { count > 1 ? places[1] - places[0] : 1 }

  /// How many such layers there are.
  package var count: Int { places.count }

  /// The parameters of one layer: the weights of its table and of the one that makes images' keys and values.
  var parameters: Parameters {
    Parameters { list in
      appendImageKeys(BlockShapes(block: block, rows: 1), holding: 0, to: &list)
      append(layers: 1, BlockShapes(block: block, rows: 1), keys: AttentionSums(), .fused, to: &list)
    }
  }

  /// Elements that the images of a pass have in the cache of one layer.
  func cacheElements(after pass: Pass) -> Double {
    pass.groups.rows { $0.visualTokens + $0.cachedVisualTokens } * block.cacheElementsPerToken
  }

  /// Whether a pass uses these layers.
  func reads(_ pass: Pass) -> Bool {
    !needsImages || pass.groups.contains { $0.visualTokens + $0.cachedVisualTokens > 0 }
  }

  /// The operators of all such layers in a pass: keys and values of new images, which stay in the cache, then the
  /// layers over all new tokens of text.
  ///
  /// `own` is the share of the sequences that this device works on. The images' keys are made before the first layer,
  /// while the embedded text waits.
  func append(_ pass: Pass, own share: OwnShare, kernels: Accounting.Kernels, to list: inout OperatorList) {
    let images = share.of(pass.groups.rows { $0.visualTokens })
    let text = share.of(pass.groups.rows { $0.newTokens })
    var sums = AttentionSums()
    for group in pass.groups {
      sums.add(
        sequences: share.of(Double(group.sequences)), queries: Double(group.newTokens),
        keys: Double(group.visualTokens + group.cachedVisualTokens))
    }
    list.repeats = count
    if images > 0 {
      appendImageKeys(BlockShapes(block: block, rows: images), holding: text * Double(block.width), to: &list)
    }
    append(layers: count, BlockShapes(block: block, rows: text), keys: sums, kernels, to: &list)
    list.repeats = 1
  }

  /// Keys and values of so many rows of images' tokens.
  private func appendImageKeys(_ shapes: BlockShapes, holding text: Double, to list: inout OperatorList) {
    let inner = Double(imageWidth)
    func matmul(_ name: Operator.Name, isCached: Bool) -> Operator {
      .matmul(
        name, rows: shapes.rows, inner: inner, columns: shapes.keyWidth, cachedColumns: isCached ? shapes.keyWidth : 0,
        holding: text)
    }
    let matrix = shapes.columnsShared(
      inner: inner, columns: SIMD4(shapes.keyWidth, 0, 0, 0), devices: shapes.keyDevices)
    shapes.add(matmul("cross.key", isCached: block.queryKeyNorm == nil), rows: shapes.rows, matrix, to: &list)
    if let norm = block.queryKeyNorm {
      list.add(
        shapes.headNorm("cross.key_norm", norm, heads: block.kvHeads, holding: shapes.rows * inner + text, to: .cache))
    }
    shapes.add(matmul("cross.value", isCached: true), rows: shapes.rows, matrix, to: &list)
  }

  /// So many layers over rows of text that attend to the images' keys.
  private func append(
    layers: Int, _ shapes: BlockShapes, keys sums: AttentionSums, _ kernels: Accounting.Kernels,
    to list: inout OperatorList
  ) {
    let hidden = shapes.hidden
    list.scope = "cross"
    shapes.firstNorm("attention.norm", layers: layers, isFirst: true, kernels, &list)
    shapes.multiply(
      "attention.query", inner: shapes.width, columns: shapes.queryWidth, bias: false, holding: hidden, to: &list)
    if let norm = block.queryKeyNorm {
      list.add(shapes.headNorm("attention.query_norm", norm, heads: block.heads, holding: hidden))
    }
    let attention = AttentionShape(
      heads: Double(block.heads), kvHeads: Double(block.kvHeads), headWidth: Double(block.headWidth), cached: true,
      masked: true)
    Operator.attention(
      "attention", attention, sums, kernels, quantizedOutput: shapes.quantizes(.attention), holding: hidden, to: &list)
    shapes.attentionOutput(inner: shapes.queryWidth, bias: false, kernels, &list)
    if kernels == .eager {
      // Text that no image precedes gets zeros.
      list.add(Operator("attention.fill", reading: hidden, writing: hidden, holding: hidden))
      shapes.addResidual("attention", &list)
    }
    shapes.feedForwardWithNorms(kernels, &list)
    list.scope = nil
  }
}
