import Documents
import Testing

/// The diagnostic that `body` throws, as it is printed; an expectation fails if it throws none.
func diagnostic(
  _ body: () throws -> Any, sourceLocation: SourceLocation = #_sourceLocation
) -> String? {
  #expect(throws: Diagnostic.self, sourceLocation: sourceLocation) { _ = try body() }?.description
}
