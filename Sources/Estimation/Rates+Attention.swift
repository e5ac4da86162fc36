internal import Operators
internal import Quantities

extension Rates {
  /// Attention in one kernel. A causal one skips tiles that the mask hides, all but the diagonal.
  ///
  /// All tiles together take `whole`, shared by the multiprocessors; the last tile of a head, with all keys, is not
  /// shared and takes `longest`. Softmax runs beside the products, on other units: it is in the overhead, unless those
  /// units are too slow.
  func attention(_ operation: Operator, _ tiles: Kernel.Tiles, _ bytes: Double, _ ideal: SIMD4<Double>) -> Double {
    let units = max(1, multiprocessors)
    let perFLOP = self[operation.arithmetic].secondsPerAttentionFLOP
    let whole = tiles.count * tiles.flops * perFLOP
    let longest = multiprocessors > 0 ? tiles.longest * tiles.flops * perFLOP * units : 0
    let memory = bytes * attentionSecondsPerByte
    let seconds = (whole * whole + longest * longest + memory * memory).squareRoot() + attentionOverhead
    return max(seconds, ideal[1])
  }

  /// The terms of which the longest is the time of attention over the cache: memory, arithmetic, softmax on slow units,
  /// and what the new tokens take of themselves alone.
  ///
  /// The first three grow by the same amount with every position in the cache, the last one not at all, which lets any
  /// number of passes be summed up. Engines split the cache over all multiprocessors and combine the parts in a second
  /// kernel (flash-decoding), so that it streams as the weights of a product do; attention's share of the peak counts only
  /// where many heads share their keys. Not fitted to measured times.
  func cacheTerms(
    _ operation: Operator, _ stream: Kernel.CacheStream, _ bytes: Double, _ ideal: SIMD4<Double>
  ) -> SIMD4<Double> {
    let rate = self[operation.arithmetic]
    let isElementwise = operation.flops.value == 0
    let perByte = isElementwise ? elementwiseSecondsPerByte : rate.secondsPerByte
    let overhead = (isElementwise ? elementwiseOverhead : rate.overhead) * stream.kernels
    let work = operation.executedFLOPs.value * rate.secondsPerAttentionFLOP
    var own = 0.0
    if stream.own.count > 0 {
      let moves = operation.moves
      let ownBytes =
        (moves.activationsRead + moves.activationsWritten) * widths.activation
        + moves.inputsWritten * widths.productInput + moves.cacheRead * stream.ownShare * widths.cache
      own = attention(operation, stream.own, ownBytes, .zero)
    }
    return SIMD4(bytes * perByte + overhead, work + overhead, ideal[1], own)
  }
}
