internal import RooflineKit

extension Document {
  /// How near predicted times come to measured ones: operators, and whole prefills, devices that were not fitted, models
  /// that `operators` lacks (`unseen`), times of engines and their pools of memory where there are any, and a device that was measured with this repository's scripts.
  ///
  /// The measurements are not part of the program, so this report is written only where they are at hand.
  ///
  /// - Throws: `Diagnostic` of a time of an engine that cannot be predicted.
  init(
    operators: Validation, prefills: Validation?, unfitted: Validation?, unseen: Validation? = nil,
    engines: EngineValidation? = nil, memory: MemoryValidation? = nil, here: MeasuredHere? = nil
  ) throws(Diagnostic) {
    let held = operators.heldOut
    var blocks = Self.method(held)
    blocks += [
      .heading(level: 2, "Operators that were held out"), .table(Report.errors(held)), .table(Self.pooled(held)),
    ]
    blocks += Self.byRows(held)
    blocks += [
      .image(path: "charts/validation-times.svg", description: "Expected against measured times of held-out products"),
      .image(path: "charts/validation-errors.svg", description: "Errors of held-out products by rows"),
      .heading(level: 2, "All operators"), .table(Report.errors(operators)),
    ]
    blocks += Self.suspects(operators)
    blocks += Self.layers(operators)
    if let unseen { blocks += Self.unseen(unseen, operators) }
    if let unfitted { blocks += Self.unfitted(unfitted) }
    if let prefills { blocks += Self.prefills(prefills) + Self.ranges(prefills, held.layers()) }
    if let engines { blocks += Self.engines(engines, try LeftOutSources(engines)) }
    if let here { blocks += Self.here(here) }
    if let memory { blocks += Self.memory(memory) }
    let products = Self.sample(held.measurements.filter { $0.kind == "matmul" })
    self.init(
      name: "validation.md", title: "Expected times against measured ones", blocks,
      pictures: [
        "charts/validation-times.svg": SVGRenderer.document([Self.times(products)]),
        "charts/validation-errors.svg": SVGRenderer.document([Self.errors(products)]),
      ])
  }

  /// All held-out products of a device together.
  private static func pooled(_ validation: Validation) -> ReportTable {
    let products = validation.measurements.filter { $0.kind == "matmul" }
    return errors("all products", of: groups(products) { [$0.hardware] })
  }

  private static func suspects(_ validation: Validation) -> [Block] {
    let suspects = validation.suspects
    let impossible = validation.measurements.filter(\.isImpossible)
    let elementwise = suspects.count { !["matmul", "attention"].contains($0.kind) }
    let text =
      "\(suspects.count) of \(validation.measurements.count) rows are faster than the bound and suspect; they count in the errors of all tables. "
      + "\(elementwise) of them are element-wise kernels, the others products of little work. The bound takes every operand "
      + "from memory; these benchmarks run a kernel on what it, or the one before, has just touched, so that as many "
      + "bytes as the last-level cache holds need not come from memory. With that many left out, and half a microsecond "
      + "for the clock of whole ones, "
    guard !impossible.isEmpty else { return [.paragraph(text + "no row is faster than physics allows.")] }
    return [
      .paragraph(text + "\(impossible.count) rows remain that no cache explains:"),
      .table(Report.rows(impossible, caption: "Impossible")),
    ]
  }

  private static func unfitted(_ validation: Validation) -> [Block] {
    [
      .heading(level: 2, "Devices that were not fitted"),
      .paragraph(
        "Datasheet and class default alone (`a100-80gb` was fitted, but to other measurements). Products of "
          + "[LLMCompass](https://github.com/PrincetonUniversity/LLMCompass) at commit 2e015fd (A100, MI210) and "
          + "[DeepBench](https://github.com/baidu-research/DeepBench) at commit da81ba7 (V100, T4), as "
          + "[select_unfitted.py](../Tools/select_unfitted.py) selects them. Two things were "
          + "changed with these rows in view: narrower tiles for products on vector units, and what a power limit leaves "
          + "of the clock. The T4 warrants 585 of its 1590 MHz at its 70 W, and NVIDIA says that it throttles under "
          + "continuous products (forums.developer.nvidia.com/t/264462); the geometric mean of both clocks stands in for "
          + "the one that is reached, here and for all devices whose clocks are known. The 90th percentiles of A100 and "
          + "MI210 are those of the smallest products, 8192 rows by widths of 32 to 256: LLMCompass's times of them are 30 "
          + "to 49 us and hardly grow with the width, so that they likely hold the launch from the host, too, which kernel "
          + "times leave out."),
      .table(Report.errors(validation.keeping { !usesOtherUnits($0) })),
      .paragraph(
        "INT8 on the T4 apart: those rows did not run on the units that the estimate is of, and are no measure of it. None "
          + "exceeds 24.2 TOP/s, three quarters of 32.4, the rate of four-fold dot products on the vector units (4 x 8.1), "
          + "and a fifth of the matrix units' 130. FP16 is faster there, 46.5 TFLOP/s."),
      .table(Report.errors(validation.keeping(usesOtherUnits))),
    ]
  }

  /// Whether a row timed other units than those that the estimate is of: cuBLAS 10.1 multiplied INT8 on the T4's vector
  /// units.
  private static func usesOtherUnits(_ row: Measurement) -> Bool {
    row.hardware == "t4" && row.precision == "int8" && row.source == "deepbench"
  }

  /// Every so many of the rows, so that a chart has at most 900 points.
  private static func sample(_ rows: [Measurement]) -> [Measurement] {
    let step = max(1, (rows.count + 899) / 900)
    return stride(from: 0, to: rows.count, by: step).map { rows[$0] }
  }

  private static func times(_ rows: [Measurement]) -> Chart {
    let points = rows.map { ChartPoint($0.measured.value, $0.expected.value) }
    let values = points.flatMap { [$0.x, $0.y] }.filter { $0 > 0 }
    let (low, high) = (values.min() ?? 1, values.max() ?? 1)
    let title = "Products that were held out: expected against measured"
    return Chart(
      title: title, summary: "\(title) times of \(rows.count) products, with a line where both are equal.",
      x: Axis("measured", .seconds, .logarithmic), y: Axis("expected", .seconds, .logarithmic),
      marks: [Mark(.line([ChartPoint(low, low), ChartPoint(high, high)]), style: .reference)] + marks(rows, points),
      keys: [Chart.Key(.reference, "equal")])
  }

  private static func errors(_ rows: [Measurement]) -> Chart {
    let points = rows.map { ChartPoint($0.rows, min(max(($0.expectedRatio - 1) * 100, -100), 100)) }
    let title = "Products that were held out: error by rows"
    return Chart(
      title: title, summary: "\(title), of \(rows.count) products; errors beyond 100 % are drawn there.",
      x: Axis("rows (tokens)", .none, .logarithmic), y: Axis("error, %"), marks: marks(rows, points))
  }

  /// Small points, a series for each device and precision.
  private static func marks(_ rows: [Measurement], _ points: [ChartPoint]) -> [Mark] {
    zip(rows, points).map { row, point in
      Mark(.point(point, radius: 2), series: "\(row.hardware) \(row.precision)", style: .faint)
    }
  }
}
