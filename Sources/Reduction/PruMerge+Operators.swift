public import Operators
public import ReductionMethods

extension PruMerge {
  /// The class attention is that of the last layer.
  public var readsLastLayer: Bool { true }
  /// It chooses by the class token's attention, as released always.
  public var readsClassToken: Bool { settings.readsClassToken }

  /// The work of a result of this shape, in the last layer of the encoder and behind it.
  public func operators(_ shape: ReductionShape) -> [Operator] { settings.operators(shape, merged: shape.kept) }

  /// Twelve kernels for every kept patch, one patch after the other, as released.
  public func launches(_ shape: ReductionShape) -> Double? { settings.launches(shape) }
}

extension PruMergePlus {
  /// The class attention is that of the last layer.
  package var readsLastLayer: Bool { true }
  /// It chooses by the class token's attention, as released always.
  package var readsClassToken: Bool { settings.readsClassToken }

  /// The work of a result of this shape, in the last layer of the encoder and behind it.
  ///
  /// As released every kept patch gathers its neighbours; in the paper the evenly spread ones stay as they are.
  package func operators(_ shape: ReductionShape) -> [Operator] {
    let leading = settings.ratio.map { Int(Double(shape.patches) * $0) } ?? shape.kept / 2
    return settings.operators(shape, merged: settings.variant == .paper ? leading : shape.kept)
  }

  /// Twelve kernels for every kept patch, one patch after the other, as released.
  package func launches(_ shape: ReductionShape) -> Double? { settings.launches(shape) }
}

extension PruMergeSettings {
  fileprivate var readsClassToken: Bool { !asksByMean || bill == .released }

  /// Kernels that the released loop over pictures and kept patches launches.
  ///
  /// For each patch three concatenations of two kernels and one, a product, the largest 32 and their order, two gathers, a
  /// product, a sum, an addition, a copy: 12; besides 57 for a picture. Counted on an H100 by torch.profiler
  /// (Tools/measure_transformers.py, Benchmarks/measured/h100-sxm): 228 for 16 kept patches, 525 for 39, 1785 for 144; 923 and
  /// 1787 for 72 and 144 of PruMerge+.
  fileprivate func launches(_ shape: ReductionShape) -> Double {
    Double(shape.images) * (57 + 12 * Double(shape.kept))
  }

  /// The work of PruMerge as it is done here, on the device that holds the encoder.
  ///
  /// The last layer runs only as far as PruMerge reads it: its first norm, the keys of every token and the query of the
  /// class token. Then come one row of attention, the similarities of the `merged` patches with all, and the weighted
  /// sums. For N patches of width C of which m are merged: 2 (N + 1) C^2 FLOPs for the keys, 2 m N C for similarities,
  /// 2 (32 m + u) C for the sums, u patches being left over for the further token. Of the search for quartiles and for
  /// the nearest patches, one comparison of every number is counted.
  fileprivate func operators(_ shape: ReductionShape, merged: Int) -> [Operator] {
    if bill == .released { return releasedOperators(shape, merged: merged) }
    let (images, width) = (Double(shape.images), Double(shape.width))
    let rows = shape.rows
    // swift-format-ignore
    let lastLayer: [Operator] = shape.billsLastLayer ? [
      .normalization("last_layer.norm", .layer, rows: rows, width: width),
      .matmul("last_layer.class_query", rows: images, inner: width, columns: width, bias: true, quantized: false),
      .matmul("last_layer.keys",        rows: rows,   inner: width, columns: width, bias: true, quantized: false),
    ] : []
    let attention = Operator(
      "class_attention", flops: 2 * rows * width, vectorFLOPs: VectorWork.softmax * rows,
      reading: (images + rows) * width, writing: rows)
    // The mean over all tokens is that of what they are made of, so one query is enough.
    let mean =
      asksByMean
      ? [Operator("mean_query", vectorFLOPs: rows * width, reading: rows * width, writing: images * width)] : []
    return lastLayer + mean + [attention] + mergingOperators(shape, merged: merged)
  }

  /// The work of PruMerge as its code was released.
  ///
  /// The last layer runs to its end, though only its queries and keys are read, and the attention of all tokens to all is
  /// computed once more, in one head, for the class token's row of it: 2 (N + 1)^2 C FLOPs.
  private func releasedOperators(_ shape: ReductionShape, merged: Int) -> [Operator] {
    let (rows, width) = (shape.rows, Double(shape.width))
    let scores = rows * Double(shape.tokens)
    return shape.lastLayer() + [
      Operator(
        "full_attention", flops: 2 * scores * width, vectorFLOPs: VectorWork.softmax * scores,
        reading: 2 * rows * width, writing: scores)
    ] + mergingOperators(shape, merged: merged)
  }

  /// What follows the class attention.
  private func mergingOperators(_ shape: ReductionShape, merged: Int) -> [Operator] {
    let (images, width) = (Double(shape.images), Double(shape.width))
    let (patches, chosen) = (images * Double(shape.patches), images * Double(merged))
    let pairs = chosen * Double(shape.patches)
    let neighbours = Double(min(TokenMerging.neighbours, max(0, shape.patches - 1)))
    let leftOver = variant == .released ? images * Double(max(0, shape.patches - shape.kept)) : 0
    let select = Operator("selection", vectorFLOPs: patches, reading: patches, writing: chosen)
    let norms = Operator(
      "key_norms", vectorFLOPs: 2 * patches * width, reading: patches * width, writing: patches)
    let compare = [
      Operator("similarity", flops: 2 * pairs * width, reading: (chosen + patches) * width, writing: pairs),
      Operator("neighbours", vectorFLOPs: pairs, reading: pairs, writing: chosen * neighbours),
    ]
    let merge = Operator(
      "merge", vectorFLOPs: 2 * (chosen * neighbours + leftOver) * width,
      reading: patches * width, writing: images * Double(shape.count) * width)
    return [select] + (variant == .released ? [norms] : []) + (merged > 0 ? compare : []) + [merge]
  }
}
