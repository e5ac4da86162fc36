internal import RooflineKit

extension RecordStream {
  /// Writes records to a file in the format of its name, some at a time; to standard output, as CSV, for `-`.
  static func write(_ count: Int, to path: String, _ record: (Int) -> OutputRecord) throws(Diagnostic) {
    let format = OutputFormat(ofFileNamed: path) ?? .csv
    let file = try OutputFile(at: OutputName.file(path))
    guard var stream = RecordStream(format) else {
      throw Diagnostic(file: path, "expected a name that ends in .csv, .json or .jsonl")
    }
    for start in stride(from: 0, to: count, by: 1000) {
      try file.write(stream.next((start..<min(count, start + 1000)).map(record)))
    }
    try file.write(stream.end().utf8)
    try file.finish()
  }
}
