extension Diagnostic {
  /// A place in a file. Lines and columns count from 1.
  ///
  /// As small as can be, since every value of a file has one.
  public struct Position: Sendable, Hashable {
    /// The file, and its text where it is at hand, for errors to quote.
    let source: SourceText
    private let storedLine, storedColumn: UInt32

    /// The file as the user named it.
    public var file: String { source.file }
    /// The line, from 1.
    public var line: Int { Int(storedLine) }
    /// The column in characters, from 1.
    public var column: Int { Int(storedColumn) }

    /// A place in `file`.
    public init(file: String, line: Int, column: Int) {
      self.init(in: SourceText(file: file), line: line, column: column)
    }

    /// A place in a text.
    init(in source: SourceText, line: Int, column: Int) {
      (self.source, storedLine, storedColumn) = (source, UInt32(clamping: line), UInt32(clamping: column))
    }

    /// Whether both are the same place; the text does not matter.
    public static func == (a: Position, b: Position) -> Bool {
      (a.storedLine, a.storedColumn) == (b.storedLine, b.storedColumn) && a.file == b.file
    }

    /// Hashes the place without the text.
    public func hash(into hasher: inout Hasher) {
      hasher.combine(file)
      hasher.combine(storedLine)
      hasher.combine(storedColumn)
    }
  }
}

/// An error in the data that the user gave, worded for the user.
///
/// Prints as `v100.yaml:7:12: error: expected ...`, as compilers do, so that editors jump to the place.
public struct Diagnostic: Error, Hashable, CustomStringConvertible {
  /// The file, if the error is about one.
  public var file: String?
  /// The line and column in the file, where there is one.
  public var position: Diagnostic.Position?
  /// What is wrong, what was expected and what to do.
  public var message: String
  /// The other errors that were found in the same file, in the order of their places.
  public var further: [Diagnostic] = []

  /// An error at a place in a file.
  public init(_ position: Diagnostic.Position, _ message: String) {
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
  /// One line of some length whatever the data holds; see `TextMedium`.
  public var description: String {
    let place = position.map { "\($0.file):\($0.line):\($0.column): " } ?? file.map { "\($0): " } ?? ""
    return "\(place)error: \(message.shortened(to: 2000))".shown()
  }

  /// All errors, each with the line that it is about and a caret under the place, where the file's text is at hand.
  public var explanation: String {
    ([self] + further).map { error in
      ([error.description] + (error.position.map { $0.source.quote(line: $0.line, column: $0.column) } ?? []))
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

extension String {
  /// The beginning of a text that may be long, for error messages.
  var shortened: String { shortened(to: 40) }

  /// The text if it has at most so many characters, else its beginning.
  func shortened(to count: Int) -> String { dropFirst(count).isEmpty ? self : "\(prefix(count - 3))..." }
}
