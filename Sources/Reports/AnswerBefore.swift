package import Documents
internal import Estimation
internal import Quantities
package import Questions

/// The answer to the same question that was given before, to compare with.
package struct AnswerBefore: Sendable {
  /// The file that holds it.
  package let path: String
  /// The figures of each row by what was asked.
  private let rows: [String: OutputRecord]
  /// Which rows have been found again.
  private let found = Locked((again: Set<String>(), new: 0))

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
    var rows: [String: OutputRecord] = [:]
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
      guard rows.updateValue(record, forKey: identity.joined(separator: "\u{0}")) == nil else {
        throw row.error("the row is asked for twice; expected every row of a baseline once")
      }
    }
    self.rows = rows
  }

  /// What tells rows apart.
  private static let keys = Column.all.filter(\.isAsked).map(\.key) + ["accounting", "kernels", "sample"]

  private static func text(_ node: Node) throws(Diagnostic) -> String { node.isNull ? "" : try node.text("a value") }

  /// The row of the same question.
  package func row(like figures: RowFigures) -> OutputRecord? {
    var figures = figures
    let identity = Self.keys.map { key -> String in
      switch (try? Column(named: key))?.value(of: &figures) {
      case .text(let text): text
      case .number(let number): number.shortest
      default: ""
      }
    }.joined(separator: "\u{0}")
    guard let row = rows[identity] else {
      found.withLock { $0.new += 1 }
      return nil
    }
    found.withLock { _ = $0.again.insert(identity) }
    return row
  }

  /// Rows of the answer before that nobody asked for again.
  package var missing: Int { rows.count - found.withLock { $0.again.count } }

  /// Rows that were asked for and are not in the answer before.
  package var added: Int { found.withLock { $0.new } }
}
