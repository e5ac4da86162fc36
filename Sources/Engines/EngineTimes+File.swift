internal import Documents
internal import Hardware
internal import Quantities

extension EngineTimes {
  /// Reads the `times` section of an engine file; what it leaves out is nothing on the host, kernels as measured.
  init(file node: Node, _ reader: FigureReader) {
    self.init()
    let findings = reader.findings
    let keys = [
      "relative", "step", "layer", "launches", "request", "picture", "overhead", "formats", "work", "unpacking",
      "streams",
    ]
    guard let fields = findings.attempt(try Fields(node, "times", known: keys, findings)) else { return }
    func seconds(_ key: String, _ what: String) -> Figure<Seconds>? {
      reader.optional(fields[key], what, in: Seconds(0)...Seconds(10))
    }
    relative = findings.attempt(try fields["relative"]?.name("the engine whose figures these are", limit: 200))
    step = seconds("step", "the host's time of a step") ?? step
    layer = seconds("layer", "the host's time of a layer") ?? layer
    if let node = fields["launches"] { launches = reader.ratio(node, "the kernels of a layer", in: 1...10_000) }
    request = seconds("request", "the host's time of a request") ?? request
    picture = seconds("picture", "the host's time of a picture") ?? picture
    if let node = fields["overhead"] { overhead = reader.ratio(node, "the share of the overhead", in: 0.01...10) }
    if let node = fields["unpacking"] { unpacking = reader.ratio(node, "the share of the bandwidth", in: 0.001...1) }
    for entry in findings.attempt(try fields["formats"]?.entries("the formats")) ?? [] {
      formats[entry.key] = Format(file: entry.value, entry.key, reader)
    }
    for item in findings.attempt(try fields["work"]?.items("the work")) ?? [] {
      if let item = Work(file: item, reader) { work.append(item) }
    }
    for item in findings.attempt(try fields["streams"]?.items("the streams")) ?? [] {
      if let item = StreamShares(file: item, reader) { streams.append(item) }
    }
  }
}

extension EngineTimes.Format {
  /// A format of the form `{ weights: 4.5, head: 6.56, cache: fp8, source: key, note: text }`, of which one is enough.
  fileprivate init?(file node: Node, _ name: String, _ reader: FigureReader) {
    let findings = reader.findings
    let keys = ["weights", "head", "cache", "source", "note"]
    guard let fields = findings.attempt(try Fields(node, "the format of \(name)", known: keys, findings)) else {
      return nil
    }
    let sources = findings.attempt(try reader.cited(fields.required("source")), or: [])
    let note = findings.attempt(try fields["note"]?.text("the note"))
    func bits(_ key: String, _ what: String) -> Figure<Ratio>? {
      guard let bits = findings.attempt(try fields[key]?.number(what, in: 1...64)) else { return nil }
      return Figure(Ratio(bits), stated: bits.shortest, sources: sources, note: note)
    }
    weights = bits("weights", "the bits of a weight")
    head = bits("head", "the bits of a weight of the head")
    cache = findings.attempt(try fields["cache"]?.choice("the format of the cache", of: NumberFormat.self)).map {
      EngineTimes.Cache(format: $0, sources: sources, note: note)
    }
    guard ["weights", "head", "cache"].contains(where: { fields[$0] != nil }) else {
      findings.add(node.error("the format of \(name) says nothing: expected weights, head or cache"))
      return nil
    }
  }
}

extension EngineTimes.StreamShares {
  /// Shares of the form `{ class: hbm, eight_bits: 0.85, cache: 0.85, source: key, note: text }`.
  fileprivate init?(file node: Node, _ reader: FigureReader) {
    let findings = reader.findings
    let keys = ["class", "weights", "eight_bits", "four_bits", "cache", "source", "note"]
    guard let fields = findings.attempt(try Fields(node, "the streams", known: keys, findings)) else { return nil }
    classes = reader.classes(fields["class"])
    let sources = findings.attempt(try reader.cited(fields.required("source")), or: [])
    let note = findings.attempt(try fields["note"]?.text("the note"))
    func share(_ key: String, _ what: String) -> Figure<Ratio>? {
      let number = findings.attempt(try fields[key]?.number("the share of the bandwidth of \(what)", in: 0.001...1))
      return number.map { Figure(Ratio($0), stated: $0.shortest, sources: sources, note: note) }
    }
    weights = share("weights", "weights")
    eightBits = share("eight_bits", "weights of 8 bits")
    fourBits = share("four_bits", "weights of 4 bits")
    cache = share("cache", "the cache")
    guard ["weights", "eight_bits", "four_bits", "cache"].contains(where: { fields[$0] != nil }) else {
      findings.add(node.error("the streams say nothing: expected weights, eight_bits, four_bits or cache"))
      return nil
    }
  }
}

extension FigureReader {
  /// Classes of devices, one or a list; none where nothing stands there.
  fileprivate func classes(_ node: Node?) -> [DeviceClass] {
    guard let node else { return [] }
    var nodes = [node]
    if case .sequence(let items) = node.content { nodes = items }
    var classes: [DeviceClass] = []
    for node in nodes {
      if let item = findings.attempt(try node.choice("the class of devices", of: DeviceClass.self)) {
        classes.append(item)
      }
    }
    return classes
  }
}

extension EngineTimes.Work {
  /// A factor of the form `{ class: [hbm], weight_bits: 4, value: 2.5, source: key }`.
  fileprivate init?(file node: Node, _ reader: FigureReader) {
    let findings = reader.findings
    let keys = ["class", "weight_bits", "input_bits", "value", "sums", "source", "note"]
    guard let fields = findings.attempt(try Fields(node, "the work", known: keys, findings)) else { return nil }
    func bits(_ key: String, _ known: [Int]) -> Int? {
      guard let node = fields[key], let number = findings.attempt(try node.integer("the bits", in: 1...64)) else {
        return nil
      }
      guard known.contains(number) else {
        findings.add(node.error("expected \(known.map(String.init).joined(separator: ", ")) bits, found \(number)"))
        return nil
      }
      return number
    }
    classes = reader.classes(fields["class"])
    weightBits = bits("weight_bits", [4, 8, 16])
    inputBits = bits("input_bits", [8, 16])
    let sums = findings.attempt(try fields["sums"]?.text("the format of sums"))
    if let sums, sums != "fp16", sums != "fp32", let node = fields["sums"] {
      findings.add(node.error("expected sums in fp16 or fp32, found \"\(sums)\""))
    }
    sumsInHalf = sums == "fp16"
    let sources = findings.attempt(try reader.cited(fields.required("source")), or: [])
    let note = findings.attempt(try fields["note"]?.text("the note"))
    guard
      let value = findings.attempt(
        try fields.required("value").number("how many times as long it takes", in: 0.1...100))
    else { return nil }
    factor = Figure(Ratio(value), stated: value.shortest, sources: sources, note: note)
  }
}
