/// The entries of a mapping whose keys are known beforehand.
///
/// Unknown keys are refused at once, with the nearest known one; a required field that is missing is an error at
/// the mapping.
package struct Fields: Sendable {
  /// The mapping itself.
  package let node: Node
  private let what: String
  private let entries: [Node.Entry]

  /// The errors of keys without a value, and of what are probably other spellings of a key: whoever asks for one of
  /// them gets these, too.
  private let reported: [String: Diagnostic]

  /// Reads `node` as a mapping of the `known` keys (nil: of any), each with a value. `what` names it in errors, for example
  /// `the hardware file`.
  package init(_ node: Node, _ what: String, known: [String]?) throws(Diagnostic) {
    let findings = Findings()
    try self.init(node, what, known: known, findings)
    try findings.check()
  }

  /// The same, with wrong keys added to `findings`; throws only where `node` is no mapping.
  package init(_ node: Node, _ what: String, known: [String]?, _ findings: Findings) throws(Diagnostic) {
    self.node = node
    self.what = what
    let all = try node.entries(what)
    var reported: [String: Diagnostic] = [:]
    for entry in all {
      guard let known, !known.contains(entry.key), !findings.isFull else { continue }
      let near = nearest(to: entry.key, among: known).first
      let hint = near.map { "did you mean \"\($0)\"?" } ?? "known keys are \(known.joined(separator: ", "))"
      let error = Diagnostic(
        entry.keyPosition, "unknown key \"\(entry.key.shortened)\" in \(what); \(hint)")
      findings.add(error)
      if let near { reported[near] = error }
    }
    for entry in all where entry.value.isNull && !findings.isFull {
      let error = entry.value.error("the key \"\(entry.key)\" has no value; give one or leave the key out")
      reported[entry.key] = error
      findings.add(error)
    }
    self.reported = reported
    entries = all.filter { !$0.value.isNull }
  }

  /// The value of `key`, or nil if it is absent.
  package subscript(key: String) -> Node? {
    entries.first { $0.key == key }?.value
  }

  /// The value of `key`, which must be there.
  package func required(_ key: String) throws(Diagnostic) -> Node {
    if let value = self[key] { return value }
    throw reported[key] ?? node.error("\(what) lacks the required key \"\(key)\"")
  }
}

/// The names nearest to a misspelt one, best first: those within a third of its length in edits, or that contain it.
///
/// Of names equally near, those that begin like it come first, then shorter ones.
package func nearest(to name: String, among known: [String], limit: Int = 3) -> [String] {
  let wanted = Array(name.lowercased().prefix(100))
  let scored = known.map { candidate -> (name: String, distance: Int, beginsOtherwise: Int) in
    let lower = candidate.lowercased()
    let contains = wanted.count > 2 && (lower.contains(String(wanted)) || String(wanted).contains(lower))
    // `llava-13b` is `llava-1.5-13b` without a part.
    let parts = lower.split(separator: "-")
    let isShortened = wanted.count > 3 && String(wanted).split(separator: "-").allSatisfy(parts.contains)
    let distance = contains || isShortened ? 1 : editDistance(wanted, Array(lower))
    return (candidate, distance, lower.first == wanted.first ? 0 : 1)
  }
  let near = scored.filter { $0.distance <= max(1, wanted.count / 3) }
  return near.sorted { a, b in
    (a.distance, a.beginsOtherwise, a.name.count, a.name) < (b.distance, b.beginsOtherwise, b.name.count, b.name)
  }.prefix(limit).map(\.name)
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  var rows = [Array(0...b.count)]
  for i in 1...a.count {
    var row = [i]
    for j in 1...b.count {
      var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, rows[i - 2][j - 2] + 1) }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
