import Documents

extension FuzzTarget {
  /// Tables of comma-separated values, and every field of them.
  static let csv = FuzzTarget("csv", words: ["a", ",", "\"", "\"\"", "\"a,b\"", "\r\n", "#", "\u{FEFF}", "é"]) {
    (bytes) throws(Diagnostic) in
    let table = try CSV(parsing: bytes, file: "fuzzed.csv")
    for row in table.rows {
      for column in -1...table.columns.count { _ = row[column] }
    }
  }
}
