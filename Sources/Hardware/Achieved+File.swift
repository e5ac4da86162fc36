internal import Documents
internal import Quantities

extension Achieved {
  /// Reads the `achieved` section of a hardware file; what it leaves out, or all without one, is taken from `typical`.
  ///
  /// Finds fault with unknown keys, shares that are not above 0 and at most 1, overheads of more than a second, and
  /// sources that are not listed.
  init(file node: Node?, _ reader: FigureReader, or typical: Achieved) {
    self = typical
    let findings = reader.findings
    let keys = ["multiprocessors", "sustained", "products", "attention", "elementwise", "streams"]
    guard let node, let fields = findings.attempt(try Fields(node, "the achieved section", known: keys, findings))
    else { return }
    if let units = fields["multiprocessors"] {
      let figure = reader.number(units, "the multiprocessors") { (node) throws(Diagnostic) in
        Double(try node.integer("the multiprocessors", in: 1...100_000))
      }
      if let figure { (multiprocessors, multiprocessorsOrigin) = figure }
    }
    if let node = fields["sustained"] {
      let what = "the sustained share"
      let figure = reader.number(node, what) { (node) throws(Diagnostic) in
        try node.share("\(what) of the peak")
      }
      if let (share, origin) = figure {
        sustained = Sustained(share: share, origin: origin)
        for format in products.keys { products[format]?.sustained = share }
      }
    }
    if let formats = fields["products"],
      let known = findings.attempt(
        try Fields(formats, "the products", known: NumberFormat.allCases.map(\.rawValue), findings))
    {
      for format in NumberFormat.allCases {
        guard let entry = known[format.rawValue] else { continue }
        if let rate = reader.rate(entry, "products in \(format)") { products[format] = rate }
      }
    }
    if let node = fields["streams"] { streams = reader.streams(node, or: typical.streams) }
    if let node = fields["attention"], let rate = reader.rate(node, "attention") { attention = rate }
    if let node = fields["elementwise"],
      let rate = reader.rate(node, "element-wise kernels", streams: typical.elementwise.peak)
    {
      elementwise = rate
    }
  }
}

extension FigureReader {
  /// A number of the form `{ value: 80, source: key, note: text }` and where it comes from.
  fileprivate func number(
    _ node: Node, _ what: String, _ read: (Node) throws(Diagnostic) -> Double
  ) -> (Double, Achieved.Origin)? {
    guard let fields = findings.attempt(try Fields(node, what, known: ["value", "source", "note"], findings)) else {
      return nil
    }
    let value = findings.attempt(try read(fields.required("value")))
    let sources = findings.attempt(try cited(fields.required("source")), or: [])
    let note = findings.attempt(try fields["note"]?.text("the note"))
    return value.map { ($0, Achieved.Origin(sources: sources, note: note)) }
  }

  /// A rate of the form `{ peak: 0.85, bandwidth: 0.9, overhead: 4 us, source: key }`; with `streams` in place of a
  /// peak, and as given without, where `streams` is not nil. Nil for what is no mapping.
  fileprivate func rate(_ node: Node, _ what: String, streams: Double? = nil) -> Achieved.Rate? {
    let keys = ["bandwidth", "overhead", "source", "note"]
    let own = streams == nil ? ["peak", "sustained", "parts"] : ["streams"]
    guard
      let fields = findings.attempt(try Fields(node, "what \(what) achieve", known: own + keys, findings))
    else { return nil }
    func share(_ key: String, _ what: String) -> Double? {
      findings.attempt(try fields[key]?.share(what))
    }
    if streams == nil { _ = findings.attempt(try fields.required("peak")) }
    _ = findings.attempt(try fields.required("bandwidth"))
    let peak = share("peak", "the share of the peak") ?? share("streams", "the share of the streams") ?? streams ?? 1
    var rate = Achieved.Rate(
      peak: peak, bandwidth: share("bandwidth", "the share of the bandwidth") ?? 1,
      sustained: share("sustained", "the sustained share of the peak") ?? 1,
      overhead: findings.attempt(try overhead(fields.required("overhead")), or: Seconds(.nan)),
      sources: findings.attempt(try cited(fields.required("source")), or: []))
    let parts = findings.attempt(
      try fields["parts"]?.integer("the parts that rows are divided into", in: 1...100_000))
    rate.division = parts.map { RowDivision(parts: $0) }
    return rate
  }

  func overhead(_ node: Node) throws(Diagnostic) -> Seconds {
    let text = try node.text("the overhead")
    do { return try Seconds(parsing: text) } catch { throw node.error("the overhead: \(error)") }
  }
}

extension Node {
  /// A share, above 0 to 1.
  fileprivate func share(_ what: String) throws(Diagnostic) -> Double { try number(what, in: 0.001...1) }
}
