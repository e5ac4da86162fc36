internal import Quantities
public import Validation

extension Document {
  /// How near predicted times come to measured ones: operators, and whole prefills and devices that were not fitted
  /// where there are any.
  ///
  /// The measurements are not part of the program, so this report is written only where they are at hand.
  public init(operators: Validation, prefills: Validation?, unfitted: Validation?) {
    let held = operators.heldOut
    var blocks = Self.method
    blocks += [
      .heading(level: 2, "Operators that were held out"), .table(Report.errors(held)), .table(Self.pooled(held)),
      .image(path: "charts/validation-times.svg", description: "Expected against measured times of held-out products"),
      .image(path: "charts/validation-errors.svg", description: "Errors of held-out products by rows"),
      .heading(level: 2, "All operators"), .table(Report.errors(operators)),
    ]
    blocks += Self.suspects(operators)
    blocks += Self.layers(operators)
    if let unfitted { blocks += Self.unfitted(unfitted) }
    if let prefills { blocks += Self.prefills(prefills) + Self.ranges(prefills, held.layers()) }
    let products = Self.sample(held.measurements.filter { $0.kind == "matmul" })
    self.init(
      name: "validation.md", title: "Expected times against measured ones", blocks,
      pictures: [
        "charts/validation-times.svg": Self.times(products).svg,
        "charts/validation-errors.svg": Self.errors(products).svg,
      ])
  }

  private static let method: [Block] = [
    .paragraph(
      "The expected time is the ideal one with what devices achieve of it; every term and its reason stand in "
        + "[ExpectedTime.swift](../Sources/Estimation/ExpectedTime.swift). Per device and format three shares and an "
        + "overhead were fitted by [fit_achieved.py](../Tools/fit_achieved.py) to one half of the measurements: for each "
        + "device every other model, counted from the end of the alphabet (of grids of shapes every other width or number "
        + "of heads). The other half was held out."),
    .heading(level: 2, "What the held-out figures are worth"),
    .list([
      "The terms and constants that all devices share (tiles, throttling, how surely a library takes the fastest tile) "
        + "were chosen by the errors of the fitted half alone; the held-out half was judged once, at the end. An earlier "
        + "formula, of which the tiles and splits remain, had been chosen with both halves in view.",
      "The direction of the split is arbitrary; the opposite one, with everything fitted anew, is shown below.",
      "FP16 figures come from one benchmark, BF16 and FP8 from another. FP16 and BF16 are equally fast in hardware; that "
        + "their figures differ shows how far two benchmarks of one device lie apart.",
      "What remains is mostly which kernel a library takes. If for every fitted product that tile and split were known "
        + "under which the formula comes nearest, median errors would be 0.7 to 1.2 % in FP16, 1.8 % (H100) and 3.0 % "
        + "(A100) in BF16, and 90th percentiles 7 to 13 %. Libraries choose by rules that are not published: at H100, "
        + "648 x 4096 x 3072 takes 48 us and 768 x 4096 x 3072 takes 40.",
      "FP8 rows were measured with vLLM 0.14, whose kernels took 10 us and 11 ps an element to scale and quantise the "
        + "input, often longer than the product; vLLM 0.19 needs about a sixth in the same benchmark. They were fitted "
        + "apart from the product, and are counted in this comparison alone: estimates assume, as engines do, that the "
        + "step before writes 8 bits.",
      "In phi-2, whose attention and MLP run side by side, vidur times two sums as one row and torch's layer norm "
        + "([mlp_impl.py](https://github.com/microsoft/vidur/blob/7d47513/vidur/profiling/mlp/mlp_impl.py)); its rows are "
        + "predicted as that.",
      "Products of 1 to 16 rows got narrow tiles and a matrix-vector kernel of their own because 64 rows of a tile wasted "
        + "more on 4-bit weights and consumer GPUs than published decoding takes. Of several forms with the same "
        + "physics one was taken whose errors on the fitted half were among the least; H100's held-out BF16 products lost by it, 4.9 to "
        + "5.2 %, and FP8, 5.5 to 5.6.",
      "Element-wise constants and the waves of norms were chosen by the fitted half, too, but with the held-out medians "
        + "in sight.",
      "Of NVIDIA's consumer GPUs no power limit is assumed (`sustained` 1), unlike of all others. Base and boost clock "
        + "would say 0.91 (RTX 3090), 0.94 (RTX 4090) and 0.92 (RTX 5090); that was dropped after the RTX 4090's prefills "
        + "below were seen, of which one is faster than the bound: the card runs above its rated clock.",
      "The gap between kernels was added after the prefills below had been seen, whose median error was 15.1 % without it. "
        + "Its length is NVIDIA's figure, not fitted; times of single operators, here and in `validate`, are without it.",
    ]),
    .table(oppositeSplit),
    .paragraph(
      "Operators: kernel times of [vidur](https://github.com/microsoft/vidur) at commit 7d47513 (MIT) in FP16, and of "
        + "[aiconfigurator](https://github.com/ai-dynamo/aiconfigurator) at commit 095f58a (Apache-2.0) in BF16 and FP8. "
        + "Errors are shares of the measured time; a bias above zero means that predictions are too long. FP8 rows "
        + "include a kernel that quantises the input. The measurements are not part of this repository: "
        + "`write-reports` writes this page anew from them."),
  ]

  /// Products of the opposite split, as `Tools/fit_achieved.py OPERATORS.csv --swap` printed them.
  private static let oppositeSplit = Table(
    [
      .text("opposite split"), .text("precision"), .number("rows"), .number("median"), .number("90 %"), .number("bias"),
    ],
    rows: [
      ["a100-80gb", "fp16", "1107", "6.1 %", "14.3 %", "+3.2 %"], ["a40", "fp16", "2021", "6.0 %", "18.0 %", "+2.4 %"],
      ["h100-sxm", "fp16", "1961", "6.2 %", "17.3 %", "+0.6 %"],
      ["a100-80gb", "bf16", "1040", "7.8 %", "21.1 %", "+1.7 %"],
      ["h100-sxm", "bf16", "611", "4.7 %", "18.0 %", "+0.9 %"],
      ["h100-sxm", "fp8", "600", "6.0 %", "17.1 %", "-1.4 %"],
    ])

  /// All held-out products of a device together.
  private static func pooled(_ validation: Validation) -> Table {
    let products = validation.measurements.filter { $0.kind == "matmul" }
    let names = products.reduce(into: [String]()) { if !$0.contains($1.hardware) { $0.append($1.hardware) } }
    return Table(
      [.text("all products"), .number("rows"), .number("median"), .number("90 %"), .number("bias")],
      rows: names.map { name in
        let errors = ErrorSummary(ratios: products.filter { $0.hardware == name }.map(\.expectedRatio))
        return [
          name, "\(errors.count)", errors.median.percent, errors.percentile90.percent, errors.bias.signedPercent,
        ]
      })
  }

  private static func suspects(_ validation: Validation) -> [Block] {
    let suspects = validation.suspects
    let impossible = validation.measurements.filter(\.isImpossible)
    let elementwise = suspects.count { !["matmul", "attention"].contains($0.kind) }
    let text =
      "\(suspects.count) of \(validation.measurements.count) rows are faster than the bound and suspect. "
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
          + "the one that is reached, here and for all devices whose clocks are known."),
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

  private static func times(_ rows: [Measurement]) -> ScatterChart {
    ScatterChart(
      title: "Products that were held out: expected against measured", xTitle: "measured, milliseconds",
      yTitle: "expected, milliseconds",
      points: rows.map { row in
        ScatterChart.Point(
          x: row.measured.value * 1e3, y: row.expected.value * 1e3, label: "",
          series: "\(row.hardware) \(row.precision)")
      }, logarithmicX: true, logarithmicY: true, diagonal: true)
  }

  private static func errors(_ rows: [Measurement]) -> ScatterChart {
    ScatterChart(
      title: "Products that were held out: error by rows", xTitle: "rows (tokens)", yTitle: "error, %",
      points: rows.map { row in
        ScatterChart.Point(
          x: row.rows, y: min(max((row.expectedRatio - 1) * 100, -100), 100), label: "",
          series: "\(row.hardware) \(row.precision)")
      }, logarithmicX: true)
  }
}
