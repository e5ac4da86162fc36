internal import Estimation
internal import Hardware
internal import Operators
internal import Questions

/// Which rows of a study a note is about, in as few words as say it: one pass over the rows, and one over those of a note.
struct RowSubjects {
  private let count: Int
  /// More names are not listed.
  private static let limit = 6
  /// What rows can be called, way by way: the name of every row, and how many rows have it.
  private let ways: [(names: [String], counts: [String: Int])]

  init(_ estimates: [Estimate]) {
    count = estimates.count
    let names: [(Estimate) -> String] = [
      { $0.precision.name }, { $0.inputName }, { "\($0.precision.name) with \($0.inputName)" },
      { $0.hardware.name }, { "\($0.precision.name) on \($0.hardware.name)" },
      { "\($0.precision.name) with \($0.inputName) on \($0.hardware.name)" },
    ]
    ways = names.map { name in
      let all = estimates.map(name)
      return (all, all.reduce(into: [:]) { $0[$1, default: 0] += 1 })
    }
  }

  /// Which rows a note is about, by their places: nothing if all, precisions or visual inputs if all of theirs, else the
  /// rows.
  func subject(of rows: [Int]) -> String {
    if rows.count == count { return "" }
    // The shortest way to say exactly these rows.
    let subjects = ways.compactMap { way -> String? in
      let about = Set(rows.map { way.names[$0] })
      guard about.reduce(0, { $0 + (way.counts[$1] ?? 0) }) == rows.count else { return nil }
      return about.count > Self.limit ? nil : about.sorted().joined(separator: ", ")
    }
    return subjects.min { $0.count < $1.count } ?? "\(rows.count) of \(count) rows"
  }

  /// The notes of every row, each once, with the rows that it is about where it is not about all. Many that differ by
  /// numbers only are one.
  func notes(_ notes: [[String]]) -> [String] {
    var texts: [String] = []
    var rows: [String: [Int]] = [:]
    for (row, notes) in notes.enumerated() {
      for text in notes where rows[text]?.last != row {
        if rows[text] == nil { texts.append(text) }
        rows[text, default: []].append(row)
      }
    }
    return FoldedNote.folded(texts).map { note in
      let subject = subject(of: Set(note.parts.flatMap { rows[$0] ?? [] }).sorted())
      return subject.isEmpty ? note.text : "\(subject): \(note.text)"
    }
  }
}
