internal import Operators
internal import Quantities

extension Rates {
  /// Attention: the kernel of sequences of many new tokens, and those of sequences of few over their cache.
  func attention(_ operation: Operator, _ cut: Kernel.Attention, _ bytes: Double, _ ideal: SIMD4<Double>) -> Double {
    guard cut.streamedTokens > 0 else {
      return tiled(operation, cut.tiles * cut.flopsPerTile, longest: cut.longest * cut.flopsPerTile, bytes, ideal[1])
    }
    let streamed = cacheTerms(operation, bytes, ideal).max()
    guard cut.streamedTokens < 1 else { return streamed }
    let rest = max(0, bytes - streamedBytes(operation, cut, positions: cut.streamedPositions))
    let tiled = tiled(
      operation, cut.tiles * cut.flopsPerTile, longest: cut.longest * cut.flopsPerTile, rest,
      ideal[1] * (1 - cut.streamedWork))
    // Two shares of a bound can round to less than the whole.
    return max(streamed + tiled, ideal.max())
  }

  /// Attention in tiles of so many FLOPs in all. A causal one skips tiles that the mask hides, all but the diagonal.
  ///
  /// All tiles together take `whole`, shared by the multiprocessors; the last tile of a head, with all keys, is not
  /// shared and takes `longest`. Softmax runs beside the products, on other units: it is in the overhead, unless those
  /// units are too slow.
  private func tiled(_ operation: Operator, _ flops: Double, longest: Double, _ bytes: Double, _ vector: Double)
    -> Double
  {
    let perFLOP = self[operation.arithmetic].secondsPerAttentionFLOP
    let whole = flops * perFLOP
    let longest = longest * perFLOP * multiprocessors
    let memory = bytes * attentionSecondsPerByte
    return max((whole * whole + longest * longest + memory * memory).squareRoot() + attentionOverhead, vector)
  }

  /// The terms of which the longest is the time of attention over the cache: memory, arithmetic, softmax on slow units,
  /// and what the new tokens take of themselves alone.
  ///
  /// The first three grow by the same amount with every position in the cache, the last one not at all, which lets any
  /// number of passes be summed up. Engines split the cache over all multiprocessors and combine the parts in a second
  /// kernel (flash-decoding), so that it streams as the weights of a product do; attention's share of the peak counts only
  /// where many heads share their keys. Not fitted to measured times.
  func cacheTerms(_ operation: Operator, _ bytes: Double, _ ideal: SIMD4<Double>) -> SIMD4<Double> {
    let rate = self[operation.arithmetic]
    let work = operation.executedFLOPs.value * rate.secondsPerAttentionFLOP
    guard case .attention(let cut) = operation.kernel else {
      let isElementwise = operation.flops.value == 0
      let perByte = isElementwise ? elementwiseSecondsPerByte : rate.secondsPerByte
      let overhead = isElementwise ? elementwiseOverhead : rate.overhead
      return SIMD4(bytes * perByte + overhead, work + overhead, ideal[1], 0)
    }
    let bytes = streamedBytes(operation, cut, positions: cut.streamedPositions)
    let overhead = 2 * rate.overhead
    var own = 0.0
    if cut.ownTiles > 0 {
      let moved = streamedBytes(operation, cut, positions: cut.streamedPositions * cut.ownShare)
      own = tiled(operation, cut.ownTiles * cut.flopsPerTile, longest: cut.flopsPerTile, moved, 0)
    }
    return SIMD4(
      bytes * rate.cacheSecondsPerByte + overhead, work * cut.streamedWork + overhead, ideal[1] * cut.streamedWork, own)
  }

  /// Bytes that attention of few new tokens moves, with the keys and values of a share of all positions.
  private func streamedBytes(_ operation: Operator, _ cut: Kernel.Attention, positions: Double) -> Double {
    let moves = operation.moves
    let activations = (moves.activationsRead + moves.activationsWritten) * widths.activation
    return (activations + moves.inputsWritten * widths.productInput) * cut.streamedTokens
      + moves.cacheRead * widths.cache * positions
  }
}
