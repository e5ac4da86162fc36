extension Validation {
  /// What sums over layers have of the kernels that are no products: norms, sums, rotation and activation.
  package enum Elementwise: Sendable, Hashable {
    /// None of them.
    case leftOut
    /// All of them, measured at the same number of tokens.
    case measured
    /// All of them, measured at that number of tokens or between the next smaller and the next larger one in proportion,
    /// if that is at most twice the smaller; the predicted times likewise.
    case interpolated
  }

  /// Sums over the kernels of whole layers, as measurements of the kind `layer`, one for each layer and number of tokens.
  ///
  /// The kernels of a layer are rows of one device, source and precision. What a layer is the sizes of its kernels say:
  /// a product into queries, keys and values and one out of attention, two of the feed-forward block (gate and
  /// up-projection are one), rotation and activation, and two norms and two sums, of vidur's phi-2 one row of each; all
  /// for one number of tensor-parallel devices. The attention core is not part of it. All products were measured at that
  /// number of tokens. Of equal rows their mean counts. A sum's `line` is that of the first row of its series.
  package func layers(_ elementwise: Elementwise = .interpolated, tokens: ClosedRange<Double> = 64...4096) -> Validation
  {
    let series = measurements.grouped { [$0.hardware, $0.source, $0.precision] }
    return replacing(series.flatMap { KernelSeries($0)?.layers(rows: tokens, elementwise) ?? [] })
  }
}
