/// A place in a file. Lines and columns count from 1.
public struct Position: Sendable, Hashable {
  /// The file as the user named it.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column in characters, from 1.
  public var column: Int
  /// The text of the file, where it is at hand, for errors to quote.
  var source: SourceText?

  /// A place in `file`.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// A place in a text that is at hand.
  init(file: String, line: Int, column: Int, in source: SourceText) {
    self.init(file: file, line: line, column: column)
    self.source = source
  }

  /// Whether both are the same place; the text does not matter.
  public static func == (a: Position, b: Position) -> Bool {
    (a.file, a.line, a.column) == (b.file, b.line, b.column)
  }

  /// Hashes the place without the text.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(file)
    hasher.combine(line)
    hasher.combine(column)
  }
}

/// An error in the data that the user gave, worded for the user.
///
/// Prints as `v100.yaml:7:12: error: expected ...`, as compilers do, so that editors jump to the place.
public struct Diagnostic: Error, Hashable, CustomStringConvertible {
  /// The file, if the error is about one.
  public var file: String?
  /// The line and column in the file, where there is one.
  public var position: Position?
  /// What is wrong, what was expected and what to do.
  public var message: String
  /// The other errors that were found in the same file, in the order of their places.
  public var further: [Diagnostic] = []

  /// An error at a place in a file.
  public init(_ position: Position, _ message: String) {
    self.file = position.file
    self.position = position
    self.message = message
  }

  /// An error about a file as a whole, or (without `file`) about the input.
  public init(file: String? = nil, _ message: String) {
    self.file = file
    self.message = message
  }

  /// `file:line:column: error: message`, as far as the place is known, of the first error.
  ///
  /// One line whatever the data holds; see `TextMedium`.
  public var description: String {
    let place = position.map { "\($0.file):\($0.line):\($0.column): " } ?? file.map { "\($0): " } ?? ""
    return "\(place)error: \(message)".shown()
  }

  /// All errors, each with the line that it is about and a caret under the place, where the file's text is at hand.
  public var explanation: String {
    ([self] + further).map { error in
      ([error.description] + (error.position.flatMap { $0.source?.quote(line: $0.line, column: $0.column) } ?? []))
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

extension String {
  /// The beginning of a text that may be long, for error messages.
  var shortened: String { dropFirst(40).isEmpty ? self : "\(prefix(37))..." }
}
