/// Notes that differ by numbers only, as one with the least and the greatest of each number.
struct FoldedNote {
  /// What is said.
  let text: String
  /// The notes that it stands for.
  let parts: [String]

  /// So few notes are said one by one.
  private static let few = 3

  /// Notes with those folded that are many of a kind, in the order of the first of each kind.
  static func folded(_ notes: [String]) -> [FoldedNote] {
    var patterns: [String] = []
    var parts: [String: [String]] = [:]
    for note in notes {
      let pattern = note.numbers.pattern
      if parts[pattern] == nil { patterns.append(pattern) }
      parts[pattern, default: []].append(note)
    }
    return patterns.flatMap { pattern -> [FoldedNote] in
      let parts = parts[pattern] ?? []
      guard parts.count > few else { return parts.map { FoldedNote(text: $0, parts: [$0]) } }
      return [FoldedNote(text: text(pattern, parts.map(\.numbers.numbers)), parts: parts)]
    }
  }

  /// A pattern with ranges in its places.
  private static func text(_ pattern: String, _ rows: [[Substring]]) -> String {
    let pieces = pattern.split(separator: "\u{0}", omittingEmptySubsequences: false)
    return pieces.enumerated().map { index, text in
      guard index > 0 else { return String(text) }
      let values = rows.map { $0[index - 1] }.sorted { (Double($0) ?? 0) < (Double($1) ?? 0) }
      guard let least = values.first, let most = values.last else { return String(text) }
      return (least == most ? "\(least)" : "\(least) to \(most)") + text
    }.joined()
  }
}

extension String {
  /// The text with a mark in place of every number that begins a word, and the numbers.
  fileprivate var numbers: (pattern: String, numbers: [Substring]) {
    var pattern = ""
    var numbers: [Substring] = []
    var rest = self[...]
    var previous: Character = " "
    while let character = rest.first {
      if character.isNumber, previous == " " {
        var number = rest.prefix { $0.isNumber || $0 == "." }
        if number.last == "." { number = number.dropLast() }
        numbers.append(number)
        pattern += "\u{0}"
        rest = rest.dropFirst(number.count)
        previous = "0"
      } else {
        pattern.append(character)
        rest = rest.dropFirst()
        previous = character
      }
    }
    return (pattern, numbers)
  }
}
