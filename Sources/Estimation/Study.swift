public import Architectures
public import Documents
public import Hardware
public import Operators
internal import Quantities

/// The estimates of one model on one device over several precisions and visual inputs, side by side.
public struct Study: Sendable {
  /// An estimate and what its visual input gains over the unreduced one.
  public struct Row: Sendable {
    /// The estimate.
    public var estimate: Estimate
    /// How many times faster the prefill is than unreduced at the same precision; nil for that row, and without one.
    public var speedup: Double?
  }

  /// A row for each precision and visual input.
  public let rows: [Row]

  /// Every combination of precisions and visual inputs, the precisions outermost.
  ///
  /// - Throws: `Diagnostic` as `Estimate` does.
  public init(
    _ model: Model, on hardware: Accelerator, precisions: [Precision], visualInputs: [VisualInput], textTokens: Int,
    batch: Int = 1, accounting: Accounting = .exact()
  ) throws(Diagnostic) {
    var rows: [Row] = []
    for precision in precisions {
      var baseline: Estimate?
      for visualInput in visualInputs {
        let estimate = try Estimate(
          model, on: hardware, precision: precision, visualInput: visualInput, textTokens: textTokens, batch: batch,
          accounting: accounting)
        rows.append(Row(estimate: estimate, speedup: baseline.map { $0.prefillSeconds / estimate.prefillSeconds }))
        if baseline == nil, visualInput.reduction == nil, visualInputs.contains(where: { $0.reduction != nil }) {
          baseline = estimate
        }
      }
    }
    self.rows = rows
  }
}
