public import Documents

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension VisualFeatures {
  /// How much the class token or, without one, the mean of all queries attends to each patch.
  ///
  /// One head over the full width C, as PruMerge is released: the softmax of q . k_j / sqrt(C) over the keys of the
  /// class token and of all patches. The class token's own share is left out, so the sum is less than 1; without a class
  /// token there is no such key. No other row of the attention is computed.
  /// - Throws: `Diagnostic` if the products of such large features overflow.
  public func classAttention() throws(Diagnostic) -> [Float] {
    let scale = Float(1 / Double(width).squareRoot())
    let all = keys.products(with: classQuery).map { Double($0 * scale) }
    let logits = all.dropFirst(hasClassToken ? 0 : 1)
    guard logits.allSatisfy(\.isFinite), let largest = logits.max() else {
      throw Diagnostic(file: name, "keys and cls_query are so large that their products overflow")
    }
    let exponentials = logits.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.dropFirst(hasClassToken ? 1 : 0).map { Float($0 / sum) }
  }
}
