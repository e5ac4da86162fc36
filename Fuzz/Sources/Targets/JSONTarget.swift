import Documents

extension FuzzTarget {
  /// JSON, strictly and as Python writes it.
  static let json = FuzzTarget(
    "json",
    words: [
      "{", "}", "[", "]", ":", ",", "\"a\"", "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\ud800\"", "Infinity",
      "-Infinity", "NaN", "1e5", "-0",
    ]
  ) { (bytes) throws(Diagnostic) in
    let strict = Result { () throws(Diagnostic) in try JSON.parse(bytes, file: "fuzzed.json") }
    _ = try JSON.parse(bytes, file: "fuzzed.json", asPython: true)
    _ = try strict.get()
  }
}
