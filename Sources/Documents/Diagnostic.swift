/// A place in a file. Lines and columns count from 1.
public struct Position: Sendable, Hashable {
  /// The file as the user named it.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column in characters, from 1.
  public var column: Int

  /// A place in `file`.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
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

  /// `file:line:column: error: message`, as far as the place is known.
  ///
  /// One line whatever the data holds; see `TextMedium`.
  public var description: String {
    let place = position.map { "\($0.file):\($0.line):\($0.column): " } ?? file.map { "\($0): " } ?? ""
    return "\(place)error: \(message)".shown()
  }
}

extension String {
  /// The beginning of a text that may be long, for error messages.
  var shortened: String { dropFirst(40).isEmpty ? self : "\(prefix(37))..." }
}
