public import Documents
internal import Quantities

extension Accelerator {
  /// Reads a hardware file.
  ///
  /// - Throws: `Diagnostic` at the place of an unknown key, a missing field, a wrong unit, a figure outside of what
  ///   any machine reaches, a source that is not listed, or a ridge point beyond 1 to 2000 FLOP/byte.
  public init(file node: Node) throws(Diagnostic) {
    let fields = try Fields(
      node, "the hardware file",
      known: [
        "name", "title", "aliases", "vendor", "kind", "matrix", "vector", "memory", "last_level_cache",
        "interconnect", "power", "sources", "notes",
      ])
    name = try fields.required("name").text("the name")
    title = try fields.required("title").text("the title")
    aliases = []
    for alias in try fields["aliases"]?.items("the aliases") ?? [] { aliases.append(try alias.text("an alias")) }
    vendor = try fields.required("vendor").text("the vendor")
    kind = try fields.required("kind").choice("the kind")

    let reader = try FigureReader(sources: fields.required("sources"))
    sources = reader.sources
    matrixPeaks = try fields["matrix"].map { node throws(Diagnostic) in try reader.peaks(node, "matrix") } ?? [:]
    vectorPeaks = try reader.peaks(fields.required("vector"), "vector")
    guard vectorPeaks[.fp32] != nil else {
      throw try fields.required("vector").error("the vector peaks lack fp32, which norms and softmax run in")
    }
    let memory = try Fields(fields.required("memory"), "memory", known: ["bandwidth", "capacity"])
    bandwidth = try reader.figure(memory.required("bandwidth"), "the bandwidth", in: Bandwidth(1e8)...Bandwidth(1e15))
    capacity = try reader.optional(memory["capacity"], "the capacity", in: Bytes(1e8)...Bytes(1e15))
    lastLevelCache = try reader.optional(
      fields["last_level_cache"], "the last-level cache", in: Bytes(1e3)...Bytes(1e12))
    interconnect = try reader.optional(
      fields["interconnect"], "the interconnect", in: Bandwidth(1e6)...Bandwidth(1e15))
    power = try reader.optional(fields["power"], "the power", in: Power(0.1)...Power(1e6))
    notes = []
    for note in try fields["notes"]?.items("the notes") ?? [] { notes.append(try note.text("a note")) }
    try checkPhysics(fields)
  }

  /// Refuses figures that are each possible but make no machine together.
  private func checkPhysics(_ fields: Fields) throws(Diagnostic) {
    for (units, peaks) in [("matrix", matrixPeaks), ("vector", vectorPeaks)] {
      for (format, figure) in peaks.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        let ridge = figure.value / bandwidth.value
        // Many devices have a token FP64 unit, far slower than their memory.
        if format == .fp64 || (Intensity(1)...Intensity(2000)).contains(ridge) { continue }
        throw try fields.required(units).error(
          "the \(units) peak of \(format), \(figure.stated), is \(ridge.value.fixed(ridge.value < 10 ? 3 : 0)) FLOP per byte of bandwidth; "
            + "machines lie within 1 to 2000: check the units")
      }
    }
    guard let node = fields["matrix"] else { return }
    let ordered = [NumberFormat.fp32, .fp16, .fp8].compactMap { format in
      matrixPeaks[format].map { (format, $0.value) }
    }
    for (wide, narrow) in zip(ordered, ordered.dropFirst()) where narrow.1 < wide.1 {
      throw node.error("\(narrow.0) at \(narrow.1) is slower than \(wide.0) at \(wide.1); check the figures")
    }
  }
}

/// Reads figures of the form `{ value: 900 GB/s, source: key, note: text }`.
private struct FigureReader {
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
  private func cited(_ node: Node) throws(Diagnostic) -> [Source] {
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
