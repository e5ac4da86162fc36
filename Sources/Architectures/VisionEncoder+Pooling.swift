internal import Operators

extension VisionEncoder {
  /// The head of SigLIP: a learned query attends to all tokens, then a norm and a feed-forward block of the layers' sizes,
  /// over `rows` tokens of so many images in all.
  // swift-format-ignore
  func appendPooling(images count: Double, rows: Double, _ kernels: Accounting.Kernels, to list: inout OperatorList) {
    let width = Double(block.width)
    let inner = Double(block.feedForward)
    func matmul(_ leaf: StaticString, rows: Double, inner: Double, columns: Double) -> Operator {
      .matmul(Operator.Name("pooling", leaf), rows: rows, inner: inner, columns: columns, bias: true, quantized: false)
    }
    list.add(matmul("query", rows: count, inner: width, columns: width))
    switch kernels {
    case .fused:
      list.add(matmul("key_value", rows: rows, inner: width, columns: 2 * width))
    case .eager:
      list.add(matmul("key",   rows: rows, inner: width, columns: width))
      list.add(matmul("value", rows: rows, inner: width, columns: width))
    }
    let shape = AttentionShape(heads: Double(block.heads), headWidth: width / Double(block.heads))
    Operator.attention("pooling.attention", shape, AttentionSums(sequences: count, queries: 1, keys: rows / max(1, count)), kernels, to: &list)
    list.add(matmul("output", rows: count, inner: width, columns: width))
    list.add(.normalization("pooling.norm", block.norm, rows: count, width: width))
    list.add(matmul("up", rows: count, inner: width, columns: inner))
    list.add(.activation("pooling.activation", block.activation, elements: count * inner))
    list.add(matmul("down", rows: count, inner: inner, columns: width))
    list.add(.sum("pooling.residual", elements: count * width))
  }
}
