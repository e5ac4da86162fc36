/// The text of a file, from which errors quote the line that they are about.
final class SourceText: Sendable {
  private let bytes: [UInt8]

  /// The characters of a quoted line that are shown at most.
  private static let width = 100

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// A line, and below it a caret under a column (both from 1); nothing where the text has no such line.
  ///
  /// Of a long line the part around the column is shown, tabs as spaces and other control characters as in `\u{1B}`.
  func quote(line: Int, column: Int) -> [String] {
    guard let text = self.line(line) else { return [] }
    let characters = text.unicodeScalars.map { $0 == "\t" ? " " : String($0).shown() }
    guard (1...characters.count + 1).contains(column) else { return [] }
    let start = column <= Self.width ? 0 : column - Self.width / 2
    let shown = characters[start...].prefix(Self.width)
    let before = start > 0 ? "..." : ""
    let after = start + shown.count < characters.count ? "..." : ""
    let indent = before.count + characters[start..<column - 1].reduce(0) { $0 + $1.count }
    return ["  \(before)\(shown.joined())\(after)", "  \(String(repeating: " ", count: indent))^"]
  }

  /// The text of a line, without its end.
  private func line(_ number: Int) -> String? {
    var start = bytes.startIndex
    for _ in 1..<max(1, number) {
      guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      start = end + 1
    }
    let line = bytes[start...].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
  }
}
