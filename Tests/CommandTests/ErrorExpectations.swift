import Testing

/// Expects an error in the data: exit code 1, nothing on standard output, one line on standard error.
///
/// The line must begin with `place` (a file, with or without line and column) and hold `message`.
func expectDataError(
  _ run: Run, at place: String? = nil, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(run.code == 1, sourceLocation: sourceLocation)
  #expect(run.output == "", sourceLocation: sourceLocation)
  #expect(run.error.hasSuffix("\n"), sourceLocation: sourceLocation)
  #expect(run.error.split(separator: "\n").count == 1, sourceLocation: sourceLocation)
  let start = place.map { "\($0): error: " } ?? "error: "
  #expect(run.error.hasPrefix(start), sourceLocation: sourceLocation)
  #expect(run.error.contains(message), sourceLocation: sourceLocation)
}

/// Expects a wrong call: exit code 64, nothing on standard output, one error on standard error that holds `message`.
func expectWrongCall(_ run: Run, _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(run.code == 64, sourceLocation: sourceLocation)
  #expect(run.output == "", sourceLocation: sourceLocation)
  let errors = run.error.split(separator: "\n").filter { $0.lowercased().hasPrefix("error:") }
  #expect(errors.count == 1, sourceLocation: sourceLocation)
  #expect(errors.first?.contains(message) == true, "\(run.error)", sourceLocation: sourceLocation)
}
