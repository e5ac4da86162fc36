import Testing

/// Expects errors in the data: exit code 1, nothing on standard output, one line of standard error for each and, where it
/// has a place in a file, that line and a caret, both set in.
///
/// One of them must begin with `place` (a file, with or without line and column) and hold `message`.
func expectDataError(
  _ run: Run, at place: String? = nil, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(run.code == 1, sourceLocation: sourceLocation)
  #expect(run.output == "", sourceLocation: sourceLocation)
  #expect(run.error.hasSuffix("\n"), sourceLocation: sourceLocation)
  let errors = run.error.split(separator: "\n").filter { !$0.hasPrefix("  ") }
  #expect(errors.allSatisfy { $0.contains("error: ") }, "\(run.error)", sourceLocation: sourceLocation)
  let start = place.map { "\($0): error: " } ?? "error: "
  #expect(
    errors.contains { $0.hasPrefix(start) && $0.contains(message) }, "\(run.error)", sourceLocation: sourceLocation)
}

/// Expects a wrong call: exit code 64, nothing on standard output, one error on standard error that holds `message`.
func expectWrongCall(_ run: Run, _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(run.code == 64, sourceLocation: sourceLocation)
  #expect(run.output == "", sourceLocation: sourceLocation)
  let errors = run.error.split(separator: "\n").filter { $0.lowercased().hasPrefix("error:") }
  #expect(errors.count == 1, sourceLocation: sourceLocation)
  #expect(errors.first?.contains(message) == true, "\(run.error)", sourceLocation: sourceLocation)
}
