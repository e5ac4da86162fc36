internal import Operators

extension LanguageModel {
  /// What stands before the layers.
  func appendEmbedding(textRows: Double, visualRows: Double, to list: inout OperatorList) {
    let width = Double(block.width)
    let devices = block.parallelism.tensor
    // Each device looks up what lies in its part of the table; the sum of all is the whole.
    let lookedUp = textRows / Double(devices)
    let columns = Double(embeddingWidth ?? block.width)
    list.add(.embedding("embedding", textRows: textRows, visualRows: visualRows, width: columns, readRows: lookedUp))
    if devices > 1 { list.add(.allReduce("embedding.all_reduce", elements: textRows * columns, devices: devices)) }
    appendProjection(entering: true, rows: textRows, to: &list)
    if learnedPositions > 0 {
      let (rows, positions) = (textRows + visualRows, min(textRows + visualRows, Double(learnedPositions)))
      list.add(
        Operator(
          "position_embedding", vectorFLOPs: VectorWork.add * rows * width,
          moving: Moves(
            tableWeights: positions * width, activationsRead: rows * width, activationsWritten: rows * width)))
    }
    if let embeddingNorm {
      list.add(.normalization("embedding.norm", embeddingNorm, rows: textRows + visualRows, width: width))
    }
    block.streams?.appendStart(rows: textRows + visualRows, width: width, to: &list)
    guard scalesEmbeddings else { return }
    let scaled = (textRows + visualRows) * width
    list.add(Operator("embedding.scale", vectorFLOPs: VectorWork.scale * scaled, reading: scaled, writing: scaled))
  }

  /// The product between the embedding's width and the layers', before these or behind, where there is one; every device has
  /// it whole.
  func appendProjection(entering: Bool, rows: Double, to list: inout OperatorList) {
    guard let embeddingWidth else { return }
    let widths = (outer: Double(embeddingWidth), layers: Double(block.width))
    list.add(
      .matmul(
        entering ? "embedding.product" : "head.product", rows: rows, inner: entering ? widths.outer : widths.layers,
        columns: entering ? widths.layers : widths.outer, bias: false, quantized: false))
  }

  /// What stands behind the layers, which leave `rows` tokens: so many of them get logits.
  func appendHead(rows: Double, logits: Double, kernels: Accounting.Kernels, to list: inout OperatorList) {
    let width = Double(embeddingWidth ?? block.width)
    let columns = Double(outputs ?? vocabulary)
    let devices = block.parallelism.tensor
    block.streams?.appendEnd(rows: rows, width: Double(block.width), to: &list)
    if normsEnd {
      list.add(
        .normalization(
          "norm", block.norm, rows: rows, width: Double(block.width),
          adding: kernels == .fused ? block.pendingSums : 0))
    }
    // Of all tokens, as transformers has it, whichever of them get logits.
    appendProjection(entering: false, rows: rows, to: &list)
    guard columns > 0 else { return }
    var head = Operator.matmul(
      "head", rows: logits, inner: width, columns: columns, bias: headBias, quantized: false,
      holding: (rows - logits) * width)
    (head.moves.headWeights, head.moves.weights) = (width * columns, head.moves.weights - width * columns)
    list.add(head)
    let scores = logits * columns
    if capsLogits {
      list.add(Operator("head.cap", vectorFLOPs: VectorWork.cap * scores, reading: scores, writing: scores))
    }
    if devices > 1 {
      list.add(.allGather("head.all_gather", elements: scores * Double(devices), devices: devices))
    }
  }
}
