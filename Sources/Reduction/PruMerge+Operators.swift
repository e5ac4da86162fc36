public import Operators

extension PruMerge {
  public func operators(_ shape: ReductionShape) -> [Operator] { pruMergeOperators(shape, merged: shape.kept) }
}

extension PruMergePlus {
  /// As released every token that is kept gathers its neighbours; in the paper the evenly spread half stays as it is.
  public func operators(_ shape: ReductionShape) -> [Operator] {
    pruMergeOperators(shape, merged: isPaper ? (shape.kept + 1) / 2 : shape.kept)
  }
}

/// The work of PruMerge as it is done here, on the device that holds the encoder.
///
/// The last encoder layer runs only as far as PruMerge reads it: its first norm, the keys of every token and the query
/// of the class token. Then one row of attention, the similarities of the chosen patches with all others, and the
/// weighted sums. With N patches of width C of which m are merged: 2 (N + 1) C^2 FLOPs for the keys, 2 m N C for the
/// similarities, 2 (32 m + rest) C for the sums, the rest being those that the extra token takes up. Finding the quartiles and the 32 nearest compares every element of
/// attention and similarity at least once; one comparison each is counted.
///
/// - Parameter merged: how many of the tokens gather their neighbours.
func pruMergeOperators(_ shape: ReductionShape, merged: Int) -> [Operator] {
  let images = Double(shape.images)
  let patches = Double(shape.patches)
  let width = Double(shape.width)
  let tokens = patches + 1
  let chosen = Double(merged)
  let neighbours = Double(min(TokenMerging.neighbours, max(0, shape.patches - 1)))
  let rest = shape.count > shape.kept ? patches - Double(min(shape.kept, shape.patches)) : 0
  // swift-format-ignore
  return [
    .normalization("last_layer.norm", .layer, rows: images * tokens, width: width),
    .matmul("last_layer.class_query", rows: images,          inner: width, columns: width, bias: true, quantized: false),
    .matmul("last_layer.keys",        rows: images * tokens, inner: width, columns: width, bias: true, quantized: false),
    Operator(
      "class_attention", flops: 2 * images * tokens * width, vectorFLOPs: VectorWork.softmax * images * tokens,
      operands: [.reads(images * (1 + tokens) * width), .writes(images * tokens)]),
    Operator("outliers", vectorFLOPs: images * patches, operands: [.reads(images * patches), .writes(images * chosen)]),
    Operator(
      "similarity", flops: 2 * images * chosen * patches * width,
      operands: [.reads(images * (chosen + patches) * width), .writes(images * chosen * patches)]),
    Operator(
      "neighbours", vectorFLOPs: images * chosen * patches,
      operands: [.reads(images * chosen * patches), .writes(images * chosen * neighbours)]),
    Operator(
      "merge", vectorFLOPs: 2 * images * (chosen * neighbours + rest) * width,
      operands: [.reads(images * patches * width), .writes(images * Double(shape.count) * width)]),
  ].filter { $0.operands.contains { $0.elements > 0 } }
}
