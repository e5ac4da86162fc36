internal import RooflineKit

extension Document {
  /// Every device and model of a catalog with the source of every figure.
  init(devices: [Accelerator], models: [MultimodalModel]) {
    self.init(
      name: "catalog.md", title: "The catalog",
      [
        .paragraph(
          "\(devices.count) devices and \(models.count) models, with the source of every figure. *Unverified* figures "
            + "are from memory: no document was at hand to check them against."),
        .heading(level: 2, "Devices"),
        .table(Report.list(devices).tables[0]),
        .heading(level: 2, "Models"),
        .table(Report.list(models).tables[0]),
      ] + devices.flatMap { Self.blocks(.show($0)) } + models.flatMap { Self.blocks(.show($0)) })
  }

  /// A report as a section of its own.
  private static func blocks(_ report: Report) -> [Block] {
    let (title, rest) = (report.headings.first ?? "", report.headings.dropFirst())
    return [.heading(level: 3, title)] + rest.map { .paragraph($0) } + report.tables.map { .table($0) }
      + (report.notes.isEmpty ? [] : [.list(report.notes)])
  }
}
