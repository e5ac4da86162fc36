internal import Documents
internal import Quantities

extension Achieved {
  /// Reads the `achieved` section of a hardware file; what it leaves out, or all without one, is taken from `typical`.
  ///
  /// - Throws: `Diagnostic` at the place of an unknown key, a share that is not above 0 and at most 1, an overhead of
  ///   more than a second, or a source that is not listed.
  init(file node: Node?, _ reader: FigureReader, or typical: Achieved) throws(Diagnostic) {
    self = typical
    guard let node else { return }
    let fields = try Fields(
      node, "the achieved section", known: ["multiprocessors", "sustained", "products", "attention", "elementwise"])
    if let units = fields["multiprocessors"] {
      let figure = try Fields(units, "the multiprocessors", known: ["value", "source", "note"])
      multiprocessors = Double(try figure.required("value").integer("the multiprocessors", in: 1...100_000))
      multiprocessorsOrigin = try reader.origin(figure)
    }
    if let node = fields["sustained"] {
      let figure = try Fields(node, "the sustained share", known: ["value", "source", "note"])
      let share = try reader.share(figure.required("value"), "the sustained share of the peak")
      sustained = Sustained(share: share, origin: try reader.origin(figure))
      for format in products.keys { products[format]?.sustained = share }
    }
    if let formats = fields["products"] {
      let known = try Fields(formats, "the products", known: NumberFormat.allCases.map(\.rawValue))
      for format in NumberFormat.allCases {
        guard let entry = known[format.rawValue] else { continue }
        products[format] = try reader.rate(entry, "products in \(format)")
      }
    }
    if let node = fields["attention"] { attention = try reader.rate(node, "attention") }
    if let node = fields["elementwise"] {
      elementwise = try reader.rate(node, "element-wise kernels", streams: typical.elementwise.peak)
    }
  }
}

extension FigureReader {
  /// The sources and the note of a number.
  fileprivate func origin(_ figure: Fields) throws(Diagnostic) -> Achieved.Origin {
    try Achieved.Origin(sources: cited(figure.required("source")), note: figure["note"]?.text("the note"))
  }

  /// A rate of the form `{ peak: 0.85, bandwidth: 0.9, overhead: 4 us, source: key }`; with `streams` in place of a
  /// peak, and as given without, where `streams` is not nil.
  fileprivate func rate(_ node: Node, _ what: String, streams: Double? = nil) throws(Diagnostic) -> Achieved.Rate {
    let keys = ["bandwidth", "overhead", "source", "note"]
    let own = streams == nil ? ["peak", "sustained", "parts"] : ["streams"]
    let fields = try Fields(node, "what \(what) achieve", known: own + keys)
    let peak =
      if let streams {
        try fields["streams"].map { node throws(Diagnostic) in try share(node, "the share of the streams") } ?? streams
      } else { try share(fields.required("peak"), "the share of the peak") }
    let bandwidth = try share(fields.required("bandwidth"), "the share of the bandwidth")
    let sustained = try fields["sustained"].map { node throws(Diagnostic) in
      try share(node, "the sustained share of the peak")
    }
    let overheadNode = try fields.required("overhead")
    let text = try overheadNode.text("the overhead")
    let overhead: Seconds
    do {
      overhead = try Seconds(parsing: text)
    } catch {
      throw overheadNode.error("the overhead: \(error)")
    }
    guard overhead <= Seconds(1) else { throw overheadNode.error("the overhead is \(overhead), more than a second") }
    let sources = try cited(fields.required("source"))
    var rate = Achieved.Rate(
      peak: peak, bandwidth: bandwidth, sustained: sustained ?? 1, overhead: overhead, sources: sources)
    rate.division = try fields["parts"].map { node throws(Diagnostic) in
      RowDivision(parts: try node.integer("the parts that rows are divided into", in: 1...100_000))
    }
    return rate
  }

  fileprivate func share(_ node: Node, _ what: String) throws(Diagnostic) -> Double {
    try node.number(what, in: 0.001...1)
  }
}
