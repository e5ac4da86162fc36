public import Architectures
public import Documents
public import Hardware
public import Operators
internal import Quantities

/// The estimates of one model on some devices over several precisions and visual inputs, side by side.
public struct Study: Sendable {
  /// An estimate and what its visual input gains over the unreduced one.
  public struct Row: Sendable {
    /// The estimate.
    public var estimate: Estimate
    /// The unreduced estimate on the same device at the same precision; nil for that row, and without one.
    public var baseline: Estimate?

    /// A row of a study.
    public init(estimate: Estimate, baseline: Estimate?) {
      self.estimate = estimate
      self.baseline = baseline
    }

    /// How many times faster the prefill is than unreduced.
    public var speedup: Double? { baseline.map { $0.prefillSeconds / estimate.prefillSeconds } }
    /// How many times faster all stages together are than unreduced.
    public var totalSpeedup: Double? { baseline.map { $0.totalSeconds / estimate.totalSeconds } }
  }

  /// A row for each device, precision and visual input.
  public let rows: [Row]

  /// A study of estimates that are at hand.
  public init(rows: [Row]) { self.rows = rows }

  /// Every combination of devices, precisions and visual inputs, the devices outermost, the inputs innermost.
  ///
  /// - Throws: `Diagnostic` as `Estimate` does.
  public init(
    _ model: Model, on hardware: [Accelerator], precisions: [Precision] = [.fp16, .int4], visualInputs: [VisualInput],
    textTokens: Int = 40, batch: Int = 1, accounting: Accounting = .exact(),
    serving: Serving = Serving()
  ) throws(Diagnostic) {
    let hasReducers = visualInputs.contains { $0.reduction != nil }
    var rows: [Row] = []
    for device in hardware {
      for precision in precisions {
        var baseline: Estimate?
        for visualInput in visualInputs {
          let estimate = try Estimate(
            model, on: device, precision: precision, visualInput: visualInput, textTokens: textTokens, batch: batch,
            accounting: accounting, serving: serving)
          rows.append(Row(estimate: estimate, baseline: baseline))
          if hasReducers, baseline == nil, visualInput.reduction == nil { baseline = estimate }
        }
      }
    }
    self.rows = rows
  }

  /// The study of one device.
  ///
  /// - Throws: `Diagnostic` as `Estimate` does.
  public init(
    _ model: Model, on hardware: Accelerator, precisions: [Precision] = [.fp16, .int4], visualInputs: [VisualInput],
    textTokens: Int = 40, batch: Int = 1, accounting: Accounting = .exact(),
    serving: Serving = Serving()
  ) throws(Diagnostic) {
    try self.init(
      model, on: [hardware], precisions: precisions, visualInputs: visualInputs, textTokens: textTokens, batch: batch,
      accounting: accounting, serving: serving)
  }
}
