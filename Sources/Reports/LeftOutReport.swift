internal import Documents
internal import Estimation
internal import Hardware
internal import Quantities
package import Validation

extension Report {
  /// The errors of engines' times whose sources were left out of the fits that predict them.
  package init(_ study: LeftOutSources) {
    self.init(
      headings: ["Sources left out of the fits that predict them: \(study.judged.file)"],
      tables: [Self.errors(study.judged), Self.ranges(study), Self.figures(study)],
      notes: [
        "fitted to all: \(Self.sum(study.fitted))", "every source left out: \(Self.sum(study.leftOut))",
        "left out where the class has another source, as in the table: \(Self.sum(study.judged))",
        "\(study.covered.inside) of \(study.covered.rows) times lie in ranges that had no part of their source, widened by "
          + "\(study.widening.fixed(2))",
      ], records: study.figures.map { OutputRecord(["figure": .text($0.name), "value": .number($0.value)]) })
  }

  /// The ranges of classes.
  package static func ranges(_ study: LeftOutSources) -> ReportTable {
    ReportTable(
      [
        .text("devices"), .text("engines"), .text("phase"), .number("bits"), .number("from"), .number("to"),
        .number("rows"), .number("sources"),
      ], caption: "Measured over expected times, four of five",
      rows: study.ranges.map { range in
        let kind = range.engineClass
        return [
          kind.devices.rawValue, kind.kind.rawValue, kind.phase.rawValue, "\(kind.bits)",
          range.share.lowerBound.fixed(2), range.share.upperBound.fixed(2), "\(range.rows)", "\(range.sources)",
        ]
      })
  }

  private static func figures(_ study: LeftOutSources) -> ReportTable {
    ReportTable(
      [.text("figure"), .number("value")], caption: "The fit to all",
      rows: study.figures.map { [$0.name, $0.value < 0.01 ? "\(($0.value * 1e6).fixed(1)) us" : $0.value.fixed(3)] })
  }
}
