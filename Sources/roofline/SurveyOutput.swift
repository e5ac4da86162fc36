internal import RooflineKit

/// Where the rows of pictures go: to a file or standard output as they are made, or into one table at the end.
struct SurveyOutput {
  private let format: OutputFormat
  private var stream: RecordStream?
  private let file: OutputFile?

  /// Opens the file, if there is one.
  init(as format: OutputFormat?, to path: String? = nil, head: [OutputRecord.Field] = []) throws(Diagnostic) {
    self.format = format ?? path.flatMap { OutputFormat(ofFileNamed: $0) } ?? .table
    stream = RecordStream(self.format, head: head)
    file = try path.map { (path) throws(Diagnostic) in try OutputFile(at: path) }
  }

  /// Writes the rows of one picture, if they are for machines.
  mutating func add(_ records: @autoclosure () -> [OutputRecord]) throws(Diagnostic) {
    guard let bytes = stream?.next(records()) else { return }
    try write(bytes)
  }

  /// Writes what stands behind the rows, or else the report; also on standard output, if the rows went to a file.
  func finish(_ report: Report, _ tally: ImageRun.Tally, summary: [OutputRecord]) throws(Diagnostic) {
    guard let stream else {
      guard let file else { return try OutputOptions.print(report, as: format) }
      try report.check(for: format)
      try file.write(report.rendered(as: format).utf8)
      return try file.finish()
    }
    let summary = OutputRecord.Field(key: "summary", value: .records(summary))
    try write(Array(stream.end(tally.record.fields + [summary]).utf8))
    guard let file else { return }
    try file.finish()
    try OutputOptions.print(report, as: .table)
  }

  private func write(_ bytes: [UInt8]) throws(Diagnostic) {
    if let file { try file.write(bytes) } else { try Console.write(bytes) }
  }
}
