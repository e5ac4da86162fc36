internal import Architectures
internal import CKernels
internal import Configurations
internal import Jobs
internal import LinearAlgebra
internal import Operators

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension TowerRunner {
  /// Queries, keys and, where they are wanted or stand in one product with the others, values of a layer's norm of the
  /// tokens; normalised and rotated where the tower does that.
  func project(_ layer: VisionTower.Layer, layer index: Int, values: Bool) {
    normalize(layer.firstNorm, to: normed.start)
    let parts = layer.projections.count == 3 && !values ? layer.projections.dropLast() : layer.projections[...]
    var products: [Product] = []
    var column = 0
    for linear in parts {
      products.append(
        Product(
          linear, input: normed.start, inputStride: width, output: projected.start + column, outputStride: 3 * width))
      column += linear.weight.rows
    }
    run(products, rows: tokens)
    for (part, norm) in [layer.queryNorm, layer.keyNorm].enumerated() {
      guard let norm else { continue }
      let start = projected.start + part * width
      normalize(norm, start, rows: tokens, width: width, stride: 3 * width, to: start)
    }
    if rotations != nil { rotate() }
  }

  /// Rotates queries and keys by the places of their patches.
  private func rotate() {
    guard let rotations else { return }
    let (leading, width, heads) = (tower.description.leading, width, heads)
    let (half, start) = (width / heads / 2, projected.start)
    let parts = Self.parts(of: tokens - leading, workers.count)
    rotations.cosines.withUnsafeBufferPointer { cosines in
      rotations.sines.withUnsafeBufferPointer { sines in
        guard let cosines = cosines.baseAddress, let sines = sines.baseAddress else { return }
        workers.run(parts.count) { part, _ in
          for token in parts[part] {
            // Queries and keys lie side by side, as so many heads more.
            kernels_rotate(
              start + (leading + token) * 3 * width, cosines + token * half, sines + token * half, 2 * heads,
              width / heads)
          }
        }
      }
    }
  }

  /// The attention of a layer, added to the tokens.
  ///
  /// - Parameter summing: whether the share of the attention is wanted that each patch gets, the mean over heads and tokens.
  @discardableResult
  func attend(_ layer: VisionTower.Layer, layer index: Int, summing: Bool = false) -> [Float]? {
    let isWindowed = tower.description.windows.map { !$0.full.contains(index) } ?? false
    let ranges =
      sizes == nil && tokens == order.places.count + tower.description.leading
      ? (isWindowed ? order.windows : order.frames) : [0..<tokens]
    let logSizes = sizes.map { $0.map { log($0) } }
    var pieces: [(head: Int, range: Range<Int>, rows: Range<Int>)] = []
    for range in ranges {
      let step = max(1, Self.scoreCount / range.count)
      for head in 0..<heads {
        for first in stride(from: range.lowerBound, to: range.upperBound, by: step) {
          pieces.append((head, range, first..<min(first + step, range.upperBound)))
        }
      }
    }
    if summing { for buffer in sums { buffer.start.update(repeating: 0, count: tokens) } }
    workers.run(pieces.count) { piece, thread in
      let (head, range, rows) = pieces[piece]
      attend(
        head: head, range: range, rows: rows, logSizes, scores: scores[thread].start,
        sums: summing ? sums[thread].start : nil)
    }
    add(layer.output, input: normed.start, stride: width, times: layer.firstScale)
    guard summing else { return nil }
    let (leading, share) = (tower.description.leading, 1 / Float(tokens * heads))
    return (leading..<tokens).map { token in sums.reduce(0) { $0 + $1.start[token] } * share }
  }

  /// What some tokens see of a range through one head: softmax(q.k / sqrt d + log size).v, in place of their norm.
  private func attend(
    head: Int, range: Range<Int>, rows: Range<Int>, _ logSizes: [Float]?, scores: UnsafeMutablePointer<Float>,
    sums: UnsafeMutablePointer<Float>?
  ) {
    let (headWidth, count) = (width / heads, range.count)
    let queries = projected.start + head * headWidth
    let keys = queries + width + range.lowerBound * 3 * width
    let values = keys + width
    let scale = 1 / Float(headWidth).squareRoot()
    blas.productTransposed(
      .init(rows: rows.count, inner: headWidth, columns: count),
      .init(queries + rows.lowerBound * 3 * width, stride: 3 * width), .init(keys, stride: 3 * width), into: scores,
      stride: count)
    for row in 0..<rows.count {
      if let logSizes {
        logSizes.withUnsafeBufferPointer { kernels_softmax(scores + row * count, scale, $0.baseAddress, count) }
      } else {
        kernels_softmax(scores + row * count, scale, nil, count)
      }
      if let sums { kernels_add(sums + range.lowerBound, scores + row * count, count) }
    }
    blas.product(
      .init(rows: rows.count, inner: count, columns: headWidth), .init(scores, stride: count),
      .init(values, stride: 3 * width), into: normed.start + rows.lowerBound * width + head * headWidth, stride: width)
  }

  /// The feed-forward block of a layer, added to the tokens.
  func feedForward(_ layer: VisionTower.Layer) {
    normalize(layer.secondNorm, to: normed.start)
    let isGated = encoder.block.gated
    let stride = isGated ? 2 * inner : inner
    var products: [Product] = []
    var column = 0
    for linear in layer.inputs {
      products.append(
        Product(
          linear, input: normed.start, inputStride: width, output: hidden.start + column, outputStride: stride,
          activation: isGated ? nil : encoder.block.activation))
      column += linear.weight.rows
    }
    run(products, rows: tokens)
    if isGated { gate(stride: stride) }
    add(layer.down, input: hidden.start, stride: stride, times: layer.secondScale)
  }

  /// Replaces the gates by their activations times what stands behind them.
  private func gate(stride: Int) {
    let (start, inner, kind) = (hidden.start, inner, encoder.block.activation.kernel)
    let parts = Self.parts(of: tokens, workers.count)
    workers.run(parts.count) { part, _ in
      for row in parts[part] { kernels_gate(kind, start + row * stride, start + row * stride + inner, inner) }
    }
  }

  /// Adds a product of all tokens, times a scale of channels where there is one, to the stream.
  private func add(
    _ linear: VisionTower.Linear, input: UnsafePointer<Float>, stride: Int, times scale: VisionTower.Scale?
  ) {
    guard let scale else {
      return run(
        [
          Product(
            linear, input: input, inputStride: stride, output: stream.start, outputStride: width, adding: true)
        ], rows: tokens)
    }
    // Queries, keys and values are not needed any more.
    let (output, stream, width) = (projected.start, stream.start, width)
    run([Product(linear, input: input, inputStride: stride, output: output, outputStride: width)], rows: tokens)
    let parts = Self.parts(of: tokens, workers.count)
    scale.numbers.withUnsafeBufferPointer { numbers in
      guard let numbers = numbers.baseAddress else { return }
      workers.run(parts.count) { part, _ in
        for row in parts[part] { kernels_add_scaled(stream + row * width, output + row * width, nil, numbers, width) }
      }
    }
  }
}
