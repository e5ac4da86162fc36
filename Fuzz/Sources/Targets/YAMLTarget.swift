import Documents

extension FuzzTarget {
  /// YAML, whatever it says.
  static let yaml = FuzzTarget(
    "yaml",
    words: [
      "a", "key", "\"text\"", "'text'", "{a: 1}", "[1, 2]", "- ", "? ", "&a ", "*a", "!t ", "|", ">", "---", "...", "#",
      "\t", "%YAML 1.1", "<<",
    ]
  ) { (bytes) throws(Diagnostic) in
    _ = try YAML.parse(bytes, file: "fuzzed.yaml")
  }
}
