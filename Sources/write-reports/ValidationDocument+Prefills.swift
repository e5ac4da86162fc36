internal import RooflineKit

/// Whole prefills, and the ranges that they support.
extension Document {
  static func prefills(_ validation: Validation) -> [Block] {
    let sane = validation.measurements.filter { !$0.isSuspect }
    let summary = ErrorSummary(ratios: sane.map(\.expectedRatio))
    return [
      .heading(level: 2, "Whole prefills"),
      .paragraph(
        "Published times until the first token (of vision transformers: of the forward pass) by TensorRT-LLM (the RTX 4090's "
          + "as TinyChat's authors timed it), TinyChat and FasterTransformer, on one device or, of TensorRT-LLM, on several "
          + "that share every layer. "
          + "[select_prefills.py](../Tools/select_prefills.py) chose the rows and states the rules; the models that are not "
          + "built in are in [Benchmarks/catalog](../Benchmarks/catalog/models). Of the \(summary.count) rows that are not "
          + "faster than the bound, the median error is \(summary.median.percent)\(Self.apart(sane)). Engines add "
          + "what kernels' times lack: expected times are mostly too short, most on H100 in FP8. FasterTransformer's "
          + "attention is taken as eager above 384 tokens, which its fused kernels do not serve; that rule was made with "
          + "these rows in view.\(faster(validation))"),
      .table(Report.errors(validation)),
      .table(Report.rows(validation.measurements, caption: "Every row")),
    ]
  }

  /// The rows that are faster than the bound.
  private static func faster(_ validation: Validation) -> String {
    guard !validation.suspects.isEmpty else { return "" }
    let rows = validation.suspects.map { "\($0.hardware) \($0.measured) (bound \($0.ideal))" }
    return " Faster than the bound: \(rows.joined(separator: ", ")); the tables count it, the median above does not. "
      + "Whether the clock was above the rated one, or the source counts otherwise, is not known."
  }

  /// The errors of prefills on one device and on several, where there are both.
  private static func apart(_ rows: [Measurement]) -> String {
    let (several, one) = (rows.filter { $0.devices > 1 }, rows.filter { $0.devices == 1 })
    guard !several.isEmpty, !one.isEmpty else { return "" }
    func median(_ rows: [Measurement]) -> String { ErrorSummary(ratios: rows.map(\.expectedRatio)).median.percent }
    return " (\(median(one)) of the \(one.count) on one device, \(median(several)) of the \(several.count) on several)"
  }

  /// The spread of measured over expected times, from which the ranges of expected prefill times are taken
  /// (`Estimate.expectedPrefillRange`).
  static func ranges(_ prefills: Validation, _ layers: Validation) -> [Block] {
    let rows = prefills.measurements
    let measured = rows.filter { !$0.isEstimated }
    let groups = [
      ("held-out whole layers", layers.measurements),
      ("prefills, kernels measured on the device, 16 bits", measured.filter { $0.precision != "fp8" }),
      ("prefills, kernels measured on the device, FP8", measured.filter { $0.precision == "fp8" }),
      ("prefills, kernels estimated from the class", rows.filter(\.isEstimated)),
    ].filter { !$1.isEmpty }
    return [
      .heading(level: 2, "Ranges"),
      .paragraph(
        "Measured over expected time, from the 10th to the 90th percentile. The range beside an expected prefill time is "
          + "taken from these: of a device whose kernels were not measured the last line; of the others from the layers' "
          + "lower end, since few prefills were published, to the prefills' upper end, which holds what engines add. "
          + "Four of five of these rows lie within by construction; of devices, engines and models that are not "
          + "here nothing is known."),
      .table(
        ReportTable(
          [.text("rows"), .number("count"), .number("10 %"), .number("median"), .number("90 %")],
          rows: groups.map { title, rows in
            let ratios = rows.map { 1 / $0.expectedRatio }.sorted()
            return [title, "\(rows.count)"] + [0.1, 0.5, 0.9].map { (ratios.quantile($0) ?? 0).fixed(2) }
          })),
    ]
  }
}
