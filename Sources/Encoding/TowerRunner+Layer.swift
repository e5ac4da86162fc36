internal import Architectures
internal import CKernels
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
  /// Queries and keys of a layer's norm of the tokens, and values where there are weights for them.
  func project(_ projections: VisionTower.Projections, value: VisionTower.Linear?) {
    normalize(projections.norm, to: normed.start)
    let all = [projections.query, projections.key, value].enumerated().compactMap { index, linear in
      linear.map { linear in
        Product(
          weight: linear.weight, bias: linear.biasNumbers, input: normed.start, inputStride: width,
          output: projected.start + index * width, outputStride: 3 * width)
      }
    }
    run(all, rows: tokens)
  }

  /// The attention of a layer, added to the tokens.
  func attend(_ layer: Int) {
    let rest = tower.rests[layer]
    project(tower.projections[layer], value: rest.value)
    let logSizes = sizes.map { $0.map { log($0) } }
    let blocks = (tokens + scoreRows - 1) / scoreRows
    workers.run(heads * blocks) { piece, thread in
      let first = piece % blocks * scoreRows
      attend(
        head: piece / blocks, rows: first..<min(first + scoreRows, tokens), logSizes, scores: scores[thread].start)
    }
    run(
      [
        Product(
          weight: rest.output.weight, bias: rest.output.biasNumbers, input: normed.start, inputStride: width,
          output: stream.start, outputStride: width, adding: true)
      ], rows: tokens)
  }

  /// What some tokens see through one head: softmax(q.k / sqrt d + log size).v, in place of their norm.
  private func attend(head: Int, rows: Range<Int>, _ logSizes: [Float]?, scores: UnsafeMutablePointer<Float>) {
    let headWidth = width / heads
    let queries = projected.start + head * headWidth
    let (keys, values) = (queries + width, queries + 2 * width)
    let scale = 1 / Float(headWidth).squareRoot()
    blas.productTransposed(
      .init(rows: rows.count, inner: headWidth, columns: tokens),
      .init(queries + rows.lowerBound * 3 * width, stride: 3 * width), .init(keys, stride: 3 * width), into: scores,
      stride: tokens)
    for row in 0..<rows.count {
      if let logSizes {
        logSizes.withUnsafeBufferPointer { kernels_softmax(scores + row * tokens, scale, $0.baseAddress, tokens) }
      } else {
        kernels_softmax(scores + row * tokens, scale, nil, tokens)
      }
    }
    blas.product(
      .init(rows: rows.count, inner: tokens, columns: headWidth), .init(scores, stride: tokens),
      .init(values, stride: 3 * width), into: normed.start + rows.lowerBound * width + head * headWidth, stride: width)
  }

  /// The feed-forward block of a layer, added to the tokens.
  func feedForward(_ layer: Int) {
    let rest = tower.rests[layer]
    normalize(rest.norm, to: normed.start)
    run(
      [
        Product(
          weight: rest.up.weight, bias: rest.up.biasNumbers, input: normed.start, inputStride: width,
          output: hidden.start, outputStride: inner, activation: encoder.block.activation)
      ], rows: tokens)
    run(
      [
        Product(
          weight: rest.down.weight, bias: rest.down.biasNumbers, input: hidden.start, inputStride: inner,
          output: stream.start, outputStride: width, adding: true)
      ], rows: tokens)
  }
}
