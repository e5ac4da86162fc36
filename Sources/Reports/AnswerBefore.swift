package import Documents
internal import Estimation
internal import Quantities
package import Questions

/// An answer that was given before, to compare with: a row with that which is alike in all that rows of the answer differ in.
package struct AnswerBefore: Sendable {
  /// The file that holds it.
  package let path: String
  /// The figures of each row by what tells it from the others.
  private let rows: [[String]: OutputRecord]
  /// The places in `keys` of what tells the rows apart, and what they have in common.
  private let (telling, common): ([Int], [String])
  /// Which rows have been found again, how many have not, and what was asked of them otherwise.
  private let found = Locked(Found())

  private struct Found {
    var again: Set<[String]> = []
    var new = 0
    var otherwise: [Int: Set<String>] = [:]
  }

  /// Larger files are refused.
  private static let fileLimit = 512 << 20

  /// Reads what `--format json` wrote of an estimate.
  ///
  /// - Throws: `Diagnostic` with line and column for a file that holds no such rows.
  package init(contentsOf path: String) throws(Diagnostic) {
    self.path = path
    InputFiles.add([path])
    let root = try JSON.parse(try Files.readText(path, limit: Self.fileLimit), file: path)
    guard let list = try root.entries("the answer").first(where: { $0.key == "rows" })?.value else {
      throw root.error("expected an answer as --format json writes it, with \"rows\"; this has none")
    }
    var rows: [[String]: OutputRecord] = [:]
    for row in try list.items("the rows") {
      let entries = Dictionary(try row.entries("a row").map { ($0.key, $0.value) }) { first, _ in first }
      guard Self.keys.contains(where: { entries[$0] != nil }) else {
        throw row.error("expected a row of an estimate, with keys such as \"model\" and \"hardware\"")
      }
      var record = OutputRecord([:])
      for key in Column.compared {
        if let value = entries[key], !value.isNull {
          record.fields.append(
            .init(key: key, value: .number(try value.number(key, in: 0...Double.greatestFiniteMagnitude))))
        }
      }
      var identity: [String] = []
      for key in Self.keys {
        identity.append(try entries[key].map { node throws(Diagnostic) in try Self.text(node) } ?? "")
      }
      if entries["image"] != nil {
        throw row.error("an answer about pictures is no baseline; ask again without --image")
      }
      guard rows.updateValue(record, forKey: identity) == nil else {
        throw row.error("the row is asked for twice; expected every row of a baseline once")
      }
    }
    let first = rows.keys.first ?? []
    let telling = first.indices.filter { place in rows.keys.contains { $0[place] != first[place] } }
    (self.telling, common) = (telling, first)
    self.rows = Dictionary(uniqueKeysWithValues: rows.map { identity, row in (telling.map { identity[$0] }, row) })
  }

  /// What tells rows apart.
  private static let keys = Column.all.filter(\.isAsked).map(\.key) + ["accounting", "kernels", "sample"]

  private static func text(_ node: Node) throws(Diagnostic) -> String { node.isNull ? "" : try node.text("a value") }

  /// The row of the answer before.
  package func row(like figures: RowFigures) -> OutputRecord? {
    var figures = figures
    let asked = Self.keys.map { key -> String in
      switch (try? Column(named: key))?.value(of: &figures) {
      case .text(let text): text
      case .number(let number): number.shortest
      default: ""
      }
    }
    let identity = telling.map { asked[$0] }
    guard let row = rows[identity] else {
      found.withLock { $0.new += 1 }
      return nil
    }
    found.withLock { found in
      found.again.insert(identity)
      for place in asked.indices where !telling.contains(place) && asked[place] != common[place] {
        found.otherwise[place, default: []].insert(asked[place])
      }
    }
    return row
  }

  /// What was the same for all of its rows and is asked otherwise now, one sentence each: `kernels: fused before, now eager`.
  package var differences: [String] {
    found.withLock(\.otherwise).sorted { $0.key < $1.key }.map { place, values in
      func text(_ value: String) -> String { value.isEmpty ? "none" : value }
      return
        "\(Self.keys[place]): \(text(common[place])) before, now \(values.sorted().prefix(4).map(text).joined(separator: ", "))"
    }
  }

  /// Rows of the answer before that nobody asked for again.
  package var missing: Int { rows.count - found.withLock { $0.again.count } }

  /// Rows that were asked for and are not in the answer before.
  package var added: Int { found.withLock { $0.new } }
}
