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
        "interconnect", "link_latency", "power", "achieved", "sources", "notes",
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
    linkLatency =
      try reader.optional(fields["link_latency"], "the link latency", in: Seconds(1e-9)...Seconds(1))
      ?? Self.defaultLinkLatency
    power = try reader.optional(fields["power"], "the power", in: Power(0.1)...Power(1e6))
    let matrixRate = matrixPeaks[.fp16] ?? matrixPeaks[.bf16]
    let vectorRate = vectorPeaks[.fp32]?.value ?? Throughput(1)
    let advantage = matrixPeaks.isEmpty ? nil : (matrixRate?.value ?? vectorRate * 4) / vectorRate
    achieved = try Achieved(file: fields["achieved"], reader, or: .typical(of: kind, matrixAdvantage: advantage))
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
