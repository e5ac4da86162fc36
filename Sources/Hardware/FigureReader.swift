package import Documents
package import Quantities

/// Reads figures of the form `{ value: 900 GB/s, source: key, note: text }`.
package struct FigureReader {
  /// The reserved word for a figure that nobody could verify.
  private static let unverified = "unverified"

  package let sources: [FigureSource]
  /// Where errors go.
  package let findings: Findings

  /// A reader of figures whose sources a mapping lists.
  package init(sources node: Node?, _ findings: Findings) {
    self.findings = findings
    var sources: [FigureSource] = []
    for entry in findings.attempt(try node?.entries("the sources")) ?? [] {
      let text = findings.attempt(try entry.value.name("the source \(entry.key)"), or: "")
      sources.append(FigureSource(key: entry.key, text: text))
    }
    self.sources = sources
  }

  /// The peaks by number format; integer formats in OP/s, the others in FLOP/s.
  func peaks(_ node: Node?, _ units: String) -> [NumberFormat: Figure<Throughput>] {
    let formats = NumberFormat.allCases
    guard let node,
      let fields = findings.attempt(
        try Fields(node, "the \(units) peaks", known: formats.map(\.rawValue), findings))
    else { return [:] }
    var peaks: [NumberFormat: Figure<Throughput>] = [:]
    for format in formats {
      guard let entry = fields[format.rawValue] else { continue }
      let what = "the \(units) peak of \(format)"
      peaks[format] = figure(entry, what, in: Throughput(1e9)...Throughput(1e18)) { text in
        // One of the two is a slip.
        guard text.uppercased().contains("FLOP") == format.isInteger else { return nil }
        return "expected \(format.isInteger ? "OP/s" : "FLOP/s") for \(format)"
      }
    }
    return peaks
  }

  /// A figure that may be missing.
  package func optional<Value>(_ node: Node?, _ what: String, in range: ClosedRange<Value>) -> Figure<Value>? {
    node.map { figure($0, what, in: range) }
  }

  /// The figure of a mapping; where it cannot be read its value is NaN, which no rule finds fault with.
  ///
  /// `objection` says what is wrong with the text of a value that can be read otherwise.
  package func figure<Value>(
    _ node: Node, _ what: String, in range: ClosedRange<Value>, objection: (String) -> String? = { _ in nil }
  ) -> Figure<Value> {
    figure(node, what) { (node) throws(Diagnostic) in try value(node, what, in: range, objection) }
  }

  /// The figure of a number without a unit.
  package func ratio(_ node: Node, _ what: String, in range: ClosedRange<Double>) -> Figure<Ratio> {
    figure(node, what) { (node) throws(Diagnostic) in
      (Ratio(try node.number(what, in: range)), try node.text(what))
    }
  }

  /// The figure of a mapping, whose value `read` makes of its node.
  private func figure<Value>(
    _ node: Node, _ what: String, _ read: (Node) throws(Diagnostic) -> (Value, stated: String)
  ) -> Figure<Value> {
    let unreadable = Figure(Value(.nan))
    guard let fields = findings.attempt(try Fields(node, what, known: ["value", "source", "note"], findings)) else {
      return unreadable
    }
    let value = findings.attempt(try read(fields.required("value")))
    let sources = findings.attempt(try cited(fields.required("source")), or: [])
    let note = findings.attempt(try fields["note"]?.text("the note"))
    guard let (amount, stated) = value else { return unreadable }
    return Figure(amount, stated: stated, sources: sources, note: note)
  }

  private func value<Value: Quantity>(
    _ node: Node, _ what: String, in range: ClosedRange<Value>, _ objection: (String) -> String?
  ) throws(Diagnostic) -> (Value, stated: String) {
    let text = try node.text(what)
    let value: Value
    do {
      value = try Value(parsing: text)
    } catch {
      throw node.error("\(what): \(error)")
    }
    guard range.contains(value) else {
      throw node.error(
        "\(what) is \(value), beyond what machines reach (\(range.lowerBound) to \(range.upperBound))")
    }
    if let objection = objection(text) { throw node.error("\(what): \(objection), found \(node.summary)") }
    return (value, text)
  }

  /// The sources that a figure names: a key, or a list of keys.
  package func cited(_ node: Node) throws(Diagnostic) -> [FigureSource] {
    var keys = [node]
    if case .sequence(let items) = node.content { keys = items }
    guard !keys.isEmpty else { throw node.error("expected a source, or \"\(Self.unverified)\"") }
    var cited: [FigureSource] = []
    for item in keys {
      let key = try item.text("a source")
      if key == Self.unverified { continue }
      guard let source = sources.first(where: { $0.key == key }) else {
        let known = sources.map(\.key) + [Self.unverified]
        throw item.error("\"\(key)\" is not listed under \"sources\"; listed are \(known.joined(separator: ", "))")
      }
      cited.append(source)
    }
    return cited
  }
}
