/// A file and its text, from which errors quote the line that they are about.
final class SourceText: Sendable {
  /// The file as the user named it.
  let file: String
  private let bytes: [UInt8]

  /// The characters of a quoted line that are shown at most.
  private static let width = 100

  /// A file; without `bytes` there is nothing to quote.
  init(file: String, _ bytes: [UInt8] = []) { (self.file, self.bytes) = (file, bytes) }

  /// A line, and below it a caret under a column (both from 1); nothing where the text has no such line.
  ///
  /// Of a long line the part around the column is shown, tabs as spaces and other control characters as in `\u{1B}`.
  func quote(line: Int, column: Int) -> [String] {
    guard let start = start(of: line), column > 0 else { return [] }
    let first = column <= Self.width ? 1 : column - Self.width / 2
    guard let begin = advance(start, by: first - 1), let end = advance(begin, by: Self.width, orToTheEnd: true) else {
      return []
    }
    let shown = String(decoding: bytes[begin..<end], as: UTF8.self).unicodeScalars.map {
      $0 == "\t" ? " " : String($0).shown()
    }
    guard !shown.isEmpty, column - first <= shown.count else { return [] }
    let before = first > 1 ? "..." : ""
    let after = isEnd(end) ? "" : "..."
    let indent = before.count + shown[..<(column - first)].reduce(0) { $0 + $1.count }
    return ["  \(before)\(shown.joined())\(after)", "  \(String(repeating: " ", count: indent))^"]
  }

  /// Where a line begins; nil where the text has fewer.
  private func start(of line: Int) -> Int? {
    var start = bytes.startIndex
    for _ in 1..<max(1, line) {
      guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      start = end + 1
    }
    return start
  }

  /// The place so many characters on; where the line ends before, nil or its end. Only these bytes are looked at: a line may
  /// be as long as the file.
  private func advance(_ place: Int, by characters: Int, orToTheEnd: Bool = false) -> Int? {
    var place = place
    for _ in 0..<characters {
      if isEnd(place) { return orToTheEnd ? place : nil }
      repeat { place += 1 } while place < bytes.count && bytes[place] & 0xC0 == 0x80
    }
    return place
  }

  /// Whether a line ends at a place.
  private func isEnd(_ place: Int) -> Bool {
    place >= bytes.count || bytes[place] == UInt8(ascii: "\n") || bytes[place] == UInt8(ascii: "\r")
  }
}
