package import Documents
internal import Quantities

extension Accelerator {
  /// Reads a hardware file.
  ///
  /// - Throws: `Diagnostic` with everything that is wrong, each at its place: unknown keys, missing fields, wrong units,
  ///   figures outside of what any machine reaches, sources that are not listed, and figures that make no machine
  ///   together (`Rule`) without an exception that says why.
  package init(file node: Node) throws(Diagnostic) {
    let findings = Findings()
    let fields = try Fields(node, "the hardware file", known: Self.fileKeys, findings)
    name = findings.attempt(try fields.required("name").name("the name", limit: 200), or: "")
    title = findings.attempt(try fields.required("title").name("the title", limit: 200), or: "")
    aliases = findings.texts(fields["aliases"], "the aliases", each: "an alias", limit: 200)
    vendor = findings.attempt(try fields.required("vendor").name("the vendor", limit: 200), or: "")
    kind = findings.attempt(try fields.required("kind").choice("the kind"), or: .gpu)

    let reader = FigureReader(sources: findings.attempt(try fields.required("sources")), findings)
    sources = reader.sources
    matrixPeaks = reader.peaks(fields["matrix"], "matrix")
    halfSumPeaks = reader.peaks(fields["half_sums"], "half-sum")
    vectorPeaks = reader.vectorPeaks(findings.attempt(try fields.required("vector")))
    (bandwidth, capacity) = reader.memory(findings.attempt(try fields.required("memory")))
    lastLevelCache = reader.optional(fields["last_level_cache"], "the last-level cache", in: Bytes(1e3)...Bytes(1e12))
    interconnect = reader.optional(fields["interconnect"], "the interconnect", in: Bandwidth(1e6)...Bandwidth(1e15))
    mesh = findings.attempt(try fields["mesh"]?.integer("the devices of the mesh", in: 2...1024))
    linkLatency =
      reader.optional(fields["link_latency"], "the link latency", in: Seconds(1e-9)...Seconds(1))
      ?? Self.defaultLinkLatency
    power = reader.optional(fields["power"], "the power", in: Power(0.1)...Power(1e6))
    pricePerHour = reader.optional(
      fields["price_per_hour"], "the price per hour", in: HourlyPrice(1e-6)...HourlyPrice(1e6))
    let matrixRate = matrixPeaks[.fp16] ?? matrixPeaks[.bf16]
    let vectorRate = vectorPeaks[.fp32]?.value ?? Throughput(1)
    let advantage = matrixPeaks.isEmpty ? nil : (matrixRate?.value ?? vectorRate * 4) / vectorRate
    deviceClass =
      findings.attempt(try fields["class"]?.choice("the class"))
      ?? .typical(
        of: kind, vendor: vendor, title: title, matrixAdvantage: advantage, bandwidth: bandwidth.value.value)
    isClassKnown = fields["class"] != nil
    var typical = Achieved.typical(of: kind, matrixAdvantage: advantage)
    typical.streams = .typical(of: deviceClass)
    achieved = Achieved(file: fields["achieved"], reader, or: typical)
    exceptions = reader.exceptions(fields["exceptions"])
    notes = findings.texts(fields["notes"], "the notes", each: "a note")
    checkSense(fields, findings)
    try findings.check()
  }

  private static let fileKeys = [
    "name", "title", "aliases", "vendor", "kind", "class", "matrix", "half_sums", "vector", "memory",
    "last_level_cache",
    "interconnect", "mesh", "link_latency", "power", "price_per_hour", "achieved", "exceptions", "sources", "notes",
  ]

  /// Adds what the device's figures break the rules in, and exceptions to rules that they keep.
  private func checkSense(_ fields: Fields, _ findings: Findings) {
    let breaches = breaches
    for breach in breaches where !exceptions.contains(where: { $0.rule == breach.rule }) {
      let key = breach.rule.rawValue
      findings.add(
        fields.node(at: breach.place).error(
          "\(breach.message); check the figures and their units, or say why it is so, as in "
            + "exceptions: { \(key): { why: \"...\", source: key } }"))
    }
    guard let node = fields["exceptions"], findings.isEmpty else { return }
    for entry in (try? node.entries("the exceptions")) ?? []
    where !breaches.contains(where: { $0.rule.rawValue == entry.key }) {
      findings.add(Diagnostic(entry.keyPosition, "the figures need no exception of \"\(entry.key)\"; leave it out"))
    }
  }
}

extension FigureReader {
  /// The peaks of the general arithmetic units; FP32's must be there.
  fileprivate func vectorPeaks(_ node: Node?) -> [NumberFormat: Figure<Throughput>] {
    let peaks = peaks(node, "vector")
    if let node, peaks[.fp32] == nil {
      findings.add(node.error("the vector peaks lack fp32, which norms and softmax run in"))
    }
    return peaks
  }

  /// The bandwidth of the memory and, where it is known, its capacity.
  fileprivate func memory(_ node: Node?) -> (bandwidth: Figure<Bandwidth>, capacity: Figure<Bytes>?) {
    guard let node,
      let memory = findings.attempt(try Fields(node, "memory", known: ["bandwidth", "capacity"], findings))
    else { return (Figure(Bandwidth(.nan)), nil) }
    let bandwidth = findings.attempt(try memory.required("bandwidth")).map {
      figure($0, "the bandwidth", in: Bandwidth(1e8)...Bandwidth(1e15))
    }
    let capacity = optional(memory["capacity"], "the capacity", in: Bytes(1e8)...Bytes(1e15))
    return (bandwidth ?? Figure(Bandwidth(.nan)), capacity)
  }

  /// The rules that the device need not keep to, and why, of the form `{ cache: { why: text, source: key } }`.
  fileprivate func exceptions(_ node: Node?) -> [Accelerator.Exception] {
    let rules = Accelerator.Rule.allCases
    guard let node,
      let fields = findings.attempt(try Fields(node, "the exceptions", known: rules.map(\.rawValue), findings))
    else { return [] }
    var exceptions: [Accelerator.Exception] = []
    for rule in rules {
      guard let entry = fields[rule.rawValue],
        let fields = findings.attempt(
          try Fields(entry, "the exception of \(rule.rawValue)", known: ["why", "source"], findings))
      else { continue }
      let why = findings.attempt(try fields.required("why").name("the reason"), or: "")
      let sources = findings.attempt(try cited(fields.required("source")), or: [])
      exceptions.append(Accelerator.Exception(rule: rule, why: why, sources: sources))
    }
    return exceptions
  }
}

extension Fields {
  /// The node at the end of a path of keys, as far as it goes.
  fileprivate func node(at path: [String]) -> Node {
    var node = node
    for key in path {
      guard case .mapping(let entries) = node.content, let entry = entries.first(where: { $0.key == key }) else {
        break
      }
      node = entry.value
    }
    return node
  }
}
