internal import Documents
internal import Hardware
internal import Quantities

extension EngineTimes {
  /// Reads the `times` section of an engine file; what it leaves out is nothing on the host, kernels as measured.
  init(file node: Node, _ reader: FigureReader) {
    self.init()
    let findings = reader.findings
    let keys = [
      "relative", "step", "layer", "request", "picture", "overhead", "formats", "work", "unpacking",
    ]
    guard let fields = findings.attempt(try Fields(node, "times", known: keys, findings)) else { return }
    func seconds(_ key: String, _ what: String) -> Figure<Seconds>? {
      reader.optional(fields[key], what, in: Seconds(0)...Seconds(10))
    }
    relative = findings.attempt(try fields["relative"]?.name("the engine whose figures these are", limit: 200))
    step = seconds("step", "the host's time of a step") ?? step
    layer = seconds("layer", "the host's time of a layer") ?? layer
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
  }
}

extension EngineTimes.Format {
  /// Bits of the form `{ weights: 4.5, head: 6.56, source: key, note: text }`.
  fileprivate init?(file node: Node, _ name: String, _ reader: FigureReader) {
    let findings = reader.findings
    let what = "the format of \(name)"
    guard
      let fields = findings.attempt(try Fields(node, what, known: ["weights", "head", "source", "note"], findings))
    else { return nil }
    let sources = findings.attempt(try reader.cited(fields.required("source")), or: [])
    let note = findings.attempt(try fields["note"]?.text("the note"))
    func bits(_ node: Node, _ what: String) -> Figure<Ratio>? {
      guard let bits = findings.attempt(try node.number(what, in: 1...64)) else { return nil }
      return Figure(Ratio(bits), stated: bits.shortest, sources: sources, note: note)
    }
    let weights = findings.attempt(try fields.required("weights")).flatMap { bits($0, "the bits of a weight") }
    guard let weights else { return nil }
    self.weights = weights
    head = fields["head"].flatMap { bits($0, "the bits of a weight of the head") }
  }
}

extension EngineTimes.Work {
  /// A factor of the form `{ class: [hbm], weight_bits: 4, value: 2.5, source: key }`.
  fileprivate init?(file node: Node, _ reader: FigureReader) {
    let findings = reader.findings
    let keys = ["class", "weight_bits", "input_bits", "value", "sums", "source", "note"]
    guard let fields = findings.attempt(try Fields(node, "the work", known: keys, findings)) else { return nil }
    var classes: [DeviceClass] = []
    if let node = fields["class"] {
      var nodes = [node]
      if case .sequence(let items) = node.content { nodes = items }
      for node in nodes {
        if let item = findings.attempt(try node.choice("the class of devices", of: DeviceClass.self)) {
          classes.append(item)
        }
      }
    }
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
    self.classes = classes
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
