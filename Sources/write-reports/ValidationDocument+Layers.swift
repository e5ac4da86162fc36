internal import RooflineKit

extension Document {
  /// Sums over whole layers, held out and all; nothing if no layer is complete.
  static func layers(_ operators: Validation) -> [Block] {
    let layers = operators.layers()
    guard !layers.measurements.isEmpty else { return [] }
    let held = operators.heldOut
    let complete = operators.layers(.measured).measurements.count
    return [
      .heading(level: 2, "Whole layers"),
      .paragraph(
        "Kernel times summed up over one layer at 64 to 4096 tokens, on one device or on one of several that share it. A "
          + "layer is what vidur runs as one "
          + "([mlp_impl.py](https://github.com/microsoft/vidur/blob/7d47513/vidur/profiling/mlp/mlp_impl.py)): the product "
          + "into queries, keys and values, the one out of attention, gate and up-projection in one, the "
          + "down-projection, rotation, activation, two norms and two sums; of phi-2 one norm and one row of both sums. The "
          + "attention core is not in it, which vidur times apart and which is not among these rows. Which kernels belong "
          + "together is read off their sizes; each counts as often as it runs. All products were measured at the same "
          + "number of tokens. Of the element-wise kernels, in the median "
          + "\((share(of: layers, in: operators) * 100).fixed(0)) % of a sum, the table has few rows: \(complete) \(complete == 1 ? "layer has" : "layers have") all of them at "
          + "its number of tokens. Elsewhere their times lie in proportion between those at the next smaller and the next "
          + "larger number that was measured, the predicted ones likewise. The products alone are shown as well."),
    ]
      + [
        ("held-out layers", held.layers()), ("their products alone", held.layers(.leftOut)), ("all layers", layers),
      ].filter { !$1.measurements.isEmpty }.map { .table(layerErrors($0, $1)) }
  }

  /// The median share that other kernels than products have of the measured times.
  private static func share(of layers: Validation, in operators: Validation) -> Double {
    func key(_ row: Measurement) -> [String] { [row.hardware, row.source, row.precision, row.shape] }
    let sums = operators.layers(.leftOut).measurements.map { (key($0), $0.measured) }
    let products = Dictionary(sums) { first, _ in first }
    let shares = layers.measurements.compactMap { row in products[key(row)].map { 1 - $0 / row.measured } }
    return shares.sorted().quantile(0.5) ?? 0
  }

  /// The errors of some rows by device and, of several devices, of all together.
  static func layerErrors(_ title: String, _ layers: Validation) -> ReportTable {
    let rows = layers.measurements
    var groups = groups(rows) { [$0.hardware] }
    if groups.count > 1 { groups.append((["together"], rows)) }
    return ReportTable(
      [
        .text(title), .number("sums"), .number("ideal median"), .number("90 %"), .number("bias"),
        .number("expected median"), .number("90 %"), .number("bias"),
      ],
      rows: groups.map { name, rows in
        let ideal = ErrorSummary(ratios: rows.map(\.idealRatio))
        let expected = ErrorSummary(ratios: rows.map(\.expectedRatio))
        return name + ["\(rows.count)"]
          + [ideal, expected].flatMap { [$0.median.percent, $0.percentile90.percent, $0.bias.signedPercent] }
      })
  }
}
