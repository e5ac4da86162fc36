internal import Documents
internal import Quantities

/// Reads figures of the form `{ value: 900 GB/s, source: key, note: text }`.
struct FigureReader {
  /// The reserved word for a figure that nobody could verify.
  private static let unverified = "unverified"

  let sources: [Source]

  init(sources node: Node) throws(Diagnostic) {
    var sources: [Source] = []
    for entry in try node.entries("the sources") {
      sources.append(Source(key: entry.key, text: try entry.value.text("the source \(entry.key)")))
    }
    self.sources = sources
  }

  /// The peaks by number format; integer formats in OP/s, the others in FLOP/s.
  func peaks(_ node: Node, _ units: String) throws(Diagnostic) -> [NumberFormat: Figure<Throughput>] {
    let fields = try Fields(node, "the \(units) peaks", known: NumberFormat.allCases.map(\.rawValue))
    var peaks: [NumberFormat: Figure<Throughput>] = [:]
    for format in NumberFormat.allCases {
      guard let entry = fields[format.rawValue] else { continue }
      let what = "the \(units) peak of \(format)"
      peaks[format] = try figure(entry, what, in: Throughput(1e9)...Throughput(1e18))
      try checkUnit(entry, what, of: format)
    }
    return peaks
  }

  /// Refuses OP/s for a floating-point format and FLOP/s for an integer format: one of the two is a slip.
  private func checkUnit(_ figure: Node, _ what: String, of format: NumberFormat) throws(Diagnostic) {
    for entry in try figure.entries(what) where entry.key == "value" {
      let unit = format.isInteger ? "OP/s" : "FLOP/s"
      guard try entry.value.text(what).contains("FLOP") == format.isInteger else { continue }
      throw entry.value.error("\(what): expected \(unit) for \(format), found \(entry.value.summary)")
    }
  }

  func optional<Value>(
    _ node: Node?, _ what: String, in range: ClosedRange<Value>
  ) throws(Diagnostic) -> Figure<Value>? {
    guard let node else { return nil }
    return try figure(node, what, in: range)
  }

  func figure<Value>(_ node: Node, _ what: String, in range: ClosedRange<Value>) throws(Diagnostic) -> Figure<Value> {
    let fields = try Fields(node, what, known: ["value", "source", "note"])
    let valueNode = try fields.required("value")
    let text = try valueNode.text(what)
    let value: Value
    do {
      value = try Value(parsing: text)
    } catch {
      throw valueNode.error("\(what): \(error)")
    }
    guard range.contains(value) else {
      throw valueNode.error(
        "\(what) is \(value), beyond what machines reach (\(range.lowerBound) to \(range.upperBound))")
    }
    return Figure(
      value, stated: text, sources: try cited(fields.required("source")), note: try fields["note"]?.text("the note"))
  }

  /// The sources that a figure names: a key, or a list of keys.
  func cited(_ node: Node) throws(Diagnostic) -> [Source] {
    var keys = [node]
    if case .sequence(let items) = node.content { keys = items }
    guard !keys.isEmpty else { throw node.error("expected a source, or \"\(Self.unverified)\"") }
    var cited: [Source] = []
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
