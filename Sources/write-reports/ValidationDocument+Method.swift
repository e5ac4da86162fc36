internal import RooflineKit

/// How expected times were fitted, and what the held-out figures are worth.
extension Document {
  static func method(_ held: Validation) -> [Block] {
    [
      .paragraph(
        "The expected time is the ideal one with what devices achieve of it; every term and its reason stand in "
          + "[Rates.swift](../Sources/Estimation/Rates.swift) and the files beside it. What was fitted, by "
          + "[fit_achieved.py](../Tools/fit_achieved.py): for each device and format of products three shares (of the "
          + "peak, of the bandwidth, of the clock that all multiprocessors together sustain) and an overhead, but FP8's "
          + "overhead is BF16's; for attention and for element-wise kernels two shares and an overhead. One half of the "
          + "measurements was fitted: for each device every other model, counted from the end of the alphabet (of grids "
          + "of shapes every other width or number of heads). The other half was held out."),
      .heading(level: 2, "What the held-out figures are worth"),
      .list(choices + rows(held)),
      .table(oppositeTable), .paragraph(byFormat(held)),
      .paragraph(
        "Operators: kernel times of [vidur](https://github.com/microsoft/vidur) at commit 7d47513 (MIT) in FP16, and of "
          + "[aiconfigurator](https://github.com/ai-dynamo/aiconfigurator) at commit 095f58a (Apache-2.0) in BF16 and FP8. "
          + "Errors are shares of the measured time; a bias above zero means that predictions are too long. FP8 rows "
          + "include a kernel that quantises the input. The measurements are not part of this repository: "
          + "`write-reports` writes this page anew from them."),
    ]
  }

  /// What was chosen with which measurements in view.
  private static let choices = [
    "The terms and constants that all devices share (tiles, throttling, how surely a library takes the fastest tile) "
      + "were chosen by the errors of the fitted half alone; the held-out half was judged at the end, and again after each change named below. An earlier "
      + "formula, of which the tiles and splits remain, had been chosen with both halves in view.",
    "The direction of the split is arbitrary; the opposite one, with everything fitted anew, is shown below.",
    "Products of 1 to 16 rows got narrow tiles and a matrix-vector kernel of their own because 64 rows of a tile wasted "
      + "more on 4-bit weights and consumer GPUs than published decoding takes. Of several forms with the same "
      + "physics one was taken whose errors on the fitted half were among the least; H100's held-out BF16 products lost "
      + "by it, 4.9 to 5.2 %.",
    "Element-wise constants and the waves of norms were chosen by the fitted half, too, but with the held-out medians "
      + "in sight.",
    "Of NVIDIA's consumer GPUs no power limit is assumed (`sustained` 1), unlike of all others. Base and boost clock "
      + "would say 0.91 (RTX 3090), 0.94 (RTX 4090) and 0.92 (RTX 5090); that was dropped after the RTX 4090's prefills "
      + "below were seen, which take hardly longer than their bounds, one of them less. At which clock the card ran is "
      + "not known.",
    "The gap between kernels was added after the prefills below had been seen, whose median error was 15.1 % until then. "
      + "Its length is NVIDIA's figure, not fitted; times of single operators, here and in `validate`, are without it.",
  ]

  /// What the measured rows are.
  private static func rows(_ held: Validation) -> [String] {
    [
      "FP16 figures come from one benchmark, BF16 and FP8 from another. FP16 and BF16 are equally fast in hardware; that "
        + "their figures differ shows how far two benchmarks of one device lie apart. Of an H100, on which one process measured both "
        + "within 3 % (below), the shares are one fit to both benchmarks, and only the overheads are each benchmark's: products of "
        + "either alone are predicted somewhat worse for that.",
      "Libraries choose kernels by rules that are not published, which no formula here knows: at H100, 632 x 4096 x 3072 "
        + "takes 28 us, 648 rows take 48 and 712 take 39.",
      "FP8 rows were measured with vLLM 0.14, whose kernels took 10 us and 11 ps an element to scale and quantise the "
        + "input, often longer than the product; with vLLM 0.19 the same benchmark's FP8 rows take half as long in the "
        + "median. They were fitted apart from the product, and are counted in this comparison alone: estimates assume, as "
        + "engines do, that the step before writes 8 bits.",
      "Attention was measured with different libraries: on A100 TensorRT-LLM 1.0, on H100 vLLM 0.14. What the devices' "
        + "figures differ by is in part that. All BF16 and FP8 products are vLLM 0.14's.",
      "In phi-2, whose attention and MLP run side by side, vidur times two sums as one row and torch's layer norm "
        + "([mlp_impl.py](https://github.com/microsoft/vidur/blob/7d47513/vidur/profiling/mlp/mlp_impl.py)); its rows are "
        + "predicted as that. The other models' RMS norm is that of Sarathi-Serve, which began as a fork of vLLM.",
      "`activation`, without a gate, has no row that was held out: phi-2 alone has it, which is fitted on every device.",
    ] + bounded(held)
  }

  /// Sums that are predicted as the bound, which the formula alone would fall below.
  private static func bounded(_ held: Validation) -> [String] {
    groups(held.measurements.filter { $0.kind == "add" }) { [$0.hardware] }.compactMap { key, rows in
      let bounded = rows.count { $0.expected <= $0.ideal }
      guard 4 * bounded >= rows.count else { return nil }
      return "Of the \(rows.count) held-out rows of `add` on \(key[0]), \(bounded) are predicted as the bound itself, "
        + "than which the formula is shorter there, and \(rows.count(where: \.isSuspect)) are measured faster than it: "
        + "they say little of the formula."
    }
  }

  /// Errors of products of the opposite split, as `Tools/fit_achieved.py OPERATORS.csv --swap` printed them.
  private static let opposite:
    [(hardware: String, precision: String, rows: Int, median: Double, percentile90: Double, bias: Double)] = [
      ("a100-80gb", "fp16", 1107, 0.061, 0.144, 0.032), ("a40", "fp16", 2021, 0.060, 0.181, 0.024),
      ("h100-sxm", "fp16", 1961, 0.062, 0.172, 0.006), ("a100-80gb", "bf16", 1040, 0.077, 0.212, 0.017),
      ("h100-sxm", "bf16", 611, 0.046, 0.180, 0.009), ("h100-sxm", "fp8", 600, 0.058, 0.171, -0.013),
    ]

  private static let oppositeTable = ReportTable(
    [
      .text("opposite split"), .text("precision"), .number("rows"), .number("median"), .number("90 %"), .number("bias"),
    ],
    rows: opposite.map { row in
      [row.hardware, row.precision, "\(row.rows)"]
        + [row.median.percent, row.percentile90.percent, row.bias.signedPercent]
    })

  /// Which formats miss what all products of a device are to reach, in either direction of the split.
  private static func byFormat(_ held: Validation) -> String {
    let products = held.measurements.filter { $0.kind == "matmul" }
    let here = misses(groups(products) { [$0.hardware, $0.precision] })
    let there = opposite.compactMap { row in
      misses(median: row.median, percentile90: row.percentile90, bias: row.bias)
        .map { "\(row.hardware) \(row.precision) (\($0))" }
    }
    return "All held-out products of a device together are to come within \(aims). Format by format that is missed in "
      + "the split below by \(here ?? "none"), in the opposite one by "
      + "\(there.isEmpty ? "none" : there.joined(separator: ", "))."
  }
}
