internal import RooflineKit

/// Models that no figure was fitted to and that no formula was chosen by.
extension Document {
  static func unseen(_ unseen: Validation, _ operators: Validation) -> [Block] {
    let products = products(unseen)
    return [
      .heading(level: 2, "Models that were never looked at"),
      .paragraph(
        "The operators above are a selection of what vidur measured. These are the kernels of the models that it lacks, "
          + "which nothing was fitted to or chosen by. [convert_vidur.py](../Tools/convert_vidur.py) takes them from vidur's "
          + "files at the same commit; of the models above it gives the same time for all 18000 rows. Every model runs on "
          + "1, 2, 4 and 8 devices, so that about three of four products are of a device's share, narrow ones. "
          + known(products, operators)),
      .table(Report.errors(unseen)),
      .table(beside(products, Self.products(operators.heldOut))),
      .paragraph(outcome(unseen) + farther(unseen, operators.heldOut)),
      .table(errors("products of", "model", of: groups(products) { [$0.hardware, $0.unit] })),
    ] + byRows(unseen) + sums(unseen, operators.heldOut)
  }

  /// Sums over whole layers; nothing if no layer is complete.
  private static func sums(_ unseen: Validation, _ held: Validation) -> [Block] {
    let layers = unseen.layers(.measured)
    guard !layers.measurements.isEmpty else { return [] }
    return [
      .paragraph(
        "Sums over one layer as above; here every kernel was measured at every number of tokens."
          + farther(layers, held.layers())),
      .table(layerErrors("whole layers", layers)),
      .table(layerErrors("their products alone", unseen.layers(.leftOut))),
    ]
  }

  private static func products(_ validation: Validation) -> [Measurement] {
    validation.measurements.filter { $0.kind == "matmul" }
  }

  /// The errors of all products of a device, and of those of the same device and precision that were held out.
  private static func beside(_ products: [Measurement], _ held: [Measurement]) -> ReportTable {
    func errors(_ rows: [Measurement]) -> [String] {
      let errors = ErrorSummary(ratios: rows.map(\.expectedRatio))
      return ["\(errors.count)"]
        + [errors.median.percent, errors.percentile90.percent, errors.bias.signedPercent].map { rows.isEmpty ? "" : $0 }
    }
    return ReportTable(
      [
        .text("products"), .text("precision"), .number("count"), .number("median"), .number("90 %"), .number("bias"),
        .number("held out above"), .number("median"), .number("90 %"), .number("bias"),
      ],
      rows: groups(products) { [$0.hardware, $0.precision] }.map { key, rows in
        key + errors(rows) + errors(held.filter { [$0.hardware, $0.precision] == key })
      })
  }

  /// What does not come as near as held-out rows are to come.
  private static func outcome(_ unseen: Validation) -> String {
    let products = misses(groups(products(unseen)) { [$0.hardware, "products"] })
    let others = unseen.groups.filter { $0.kind != "matmul" && isOver($0.expected.median, otherAim) }
      .map { "\($0.hardware) \($0.kind) (median \($0.expected.median.percent))" }
    let layers = groups(unseen.layers(.measured).measurements) { [$0.hardware] }.compactMap { key, rows -> String? in
      let median = ErrorSummary(ratios: rows.map(\.expectedRatio)).median
      return isOver(median, layerAim) ? "\(key[0]) layers (median \(median.percent))" : nil
    }
    let missing = (products.map { [$0] } ?? []) + others + layers
    return "Held-out products of a device are to come within \(aims), other kernels within \(whole(otherAim)) in the "
      + "median, layers within \(whole(layerAim)). "
      + (missing.isEmpty ? "All of these do." : "Of these that is missed by \(missing.joined(separator: ", ")).")
  }

  /// Where errors are half a percent or more above those of the held-out rows; empty if nowhere.
  private static func farther(_ unseen: Validation, _ held: Validation) -> String {
    func places(_ error: KeyPath<ErrorSummary, Double>) -> String? {
      let parts = unseen.groups.compactMap { group -> String? in
        let other = held.groups.first {
          [$0.hardware, $0.kind, $0.precision] == [group.hardware, group.kind, group.precision]
        }
        guard let there = other?.expected[keyPath: error] else { return nil }
        let here = group.expected[keyPath: error]
        return here < there + 0.005
          ? nil : "\(group.hardware) \(group.kind) (\(here.percent) instead of \(there.percent))"
      }
      return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
    return (places(\.median).map { " Medians above those of held-out rows: \($0)." } ?? "")
      + (places(\.percentile90).map { " 90th percentiles above theirs: \($0)." } ?? "")
  }

  /// How many of the products have widths that the device was seen with, and the errors of the others.
  private static func known(_ products: [Measurement], _ operators: Validation) -> String {
    func widths(_ row: Measurement) -> [String] {
      [row.hardware, row.precision] + row.shape.split(separator: " ").dropFirst(2).map(String.init)
    }
    let known = Set(Self.products(operators).map(widths))
    let parts = groups(products) { [$0.hardware] }.compactMap { key, rows -> String? in
      let new = rows.filter { !known.contains(widths($0)) }
      guard new.count < rows.count else { return nil }
      let share = whole(Double(rows.count - new.count) / Double(rows.count))
      let median = ErrorSummary(ratios: new.map(\.expectedRatio)).median.percent
      return "on \(key[0]) \(share)" + (new.isEmpty ? "" : " (the others' median error is \(median))")
    }
    return parts.isEmpty
      ? "No product has the widths of one of the device and precision above."
      : "Some products have the widths of other models' products of the device and precision above: "
        + parts.joined(separator: ", ") + "; on other devices none."
  }
}
