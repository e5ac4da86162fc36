internal import RooflineKit

/// Tables of errors of predicted times by what rows have in common.
extension Document {
  /// Rows by what `key` says of them, in the order in which they come.
  static func groups(
    _ rows: [Measurement], by key: (Measurement) -> [String]
  ) -> [(key: [String], rows: [Measurement])] {
    var order: [[String]] = []
    var groups: [[String]: [Measurement]] = [:]
    for row in rows {
      let key = key(row)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(row)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  /// The errors of the expected times of groups, whose keys stand below `titles`.
  static func errors(_ titles: String..., of groups: [(key: [String], rows: [Measurement])]) -> ReportTable {
    ReportTable(
      titles.map { .text($0) } + [.number("count"), .number("median"), .number("90 %"), .number("bias")],
      rows: groups.map { key, rows in
        let errors = ErrorSummary(ratios: rows.map(\.expectedRatio))
        return key + [
          "\(errors.count)", errors.median.percent, errors.percentile90.percent, errors.bias.signedPercent,
        ]
      })
  }

  /// The errors of products by their number of rows, for every device and precision, and where they are biased.
  static func byRows(_ validation: Validation) -> [Block] {
    let limits = [1.0, 16, 64, 256, 1024, .infinity]
    let names = ["1", "2 to 16", "17 to 64", "65 to 256", "257 to 1024", "more"]
    let products = validation.measurements.filter { $0.kind == "matmul" }
    let groups = groups(products) { [$0.hardware, $0.precision] }.flatMap { key, rows in
      limits.indices.map { index in
        let low = index == 0 ? 0 : limits[index - 1]
        return (key: key + [names[index]], rows: rows.filter { $0.rows > low && $0.rows <= limits[index] })
      }
    }.filter { !$0.rows.isEmpty }
    let biased = groups.compactMap { key, rows -> String? in
      let bias = ErrorSummary(ratios: rows.map(\.expectedRatio)).bias
      return abs(bias) > 0.1 ? "\(key[0]) \(key[1]) at \(key[2]) (\(bias.signedPercent))" : nil
    }
    let table = Block.table(errors("products", "precision", "rows", of: groups))
    guard !biased.isEmpty else { return [table] }
    return [
      table, .paragraph("Too long or too short by more than a tenth in the mean: \(biased.joined(separator: ", "))."),
    ]
  }

  /// How near held-out products of a device are to come: the median and the 90th percentile of the errors, and the bias.
  static let aim = (median: 0.06, percentile90: 0.18, bias: 0.03)
  /// The median that other kernels are to reach.
  static let otherAim = 0.15
  /// The median that whole layers are to reach.
  static let layerAim = 0.05

  /// As in `6 % in the median, 18 % in nine of ten cases and 3 % of bias`.
  static var aims: String {
    "\(whole(aim.median)) in the median, \(whole(aim.percentile90)) in nine of ten cases and \(whole(aim.bias)) of bias"
  }

  /// As in `6 %`.
  static func whole(_ share: Double) -> String { "\((share * 100).fixed(0)) %" }

  /// Whether an error is above an aim, both as they are printed.
  static func isOver(_ error: Double, _ aim: Double) -> Bool {
    (abs(error) * 1000).rounded() > (aim * 1000).rounded()
  }

  /// The errors that miss the aim, as in `median 6.3 %, 90 % 19.4 %`; nil if none does.
  static func misses(median: Double, percentile90: Double, bias: Double) -> String? {
    let misses = [
      isOver(median, aim.median) ? "median \(median.percent)" : nil,
      isOver(percentile90, aim.percentile90) ? "90 % \(percentile90.percent)" : nil,
      isOver(bias, aim.bias) ? "bias \(bias.signedPercent)" : nil,
    ].compactMap { $0 }
    return misses.isEmpty ? nil : misses.joined(separator: ", ")
  }

  /// The groups that miss the aim, with how; nil if none does.
  static func misses(_ groups: [(key: [String], rows: [Measurement])]) -> String? {
    let missing = groups.compactMap { key, rows in
      let errors = ErrorSummary(ratios: rows.map(\.expectedRatio))
      return misses(median: errors.median, percentile90: errors.percentile90, bias: errors.bias)
        .map { "\(key.joined(separator: " ")) (\($0))" }
    }
    return missing.isEmpty ? nil : missing.joined(separator: ", ")
  }
}
