internal import Documents

extension Diagnostic {
  /// The error as a JSON object: the command's words, the place it is about, and what to do, where the words say it behind a
  /// semicolon.
  var record: OutputRecord {
    var record = OutputRecord([
      "message": .text(message), "file": .text(file), "line": .number(position.map { Double($0.line) }),
      "column": .number(position.map { Double($0.column) }), "advice": .text(advice),
    ])
    if !further.isEmpty { record.fields.append(.init(key: "further", value: .records(further.map(\.record)))) }
    return record
  }

  private var advice: String? {
    let parts = message.split(separator: "; ", maxSplits: 1)
    return parts.count == 2 ? String(parts[1]) : nil
  }
}
