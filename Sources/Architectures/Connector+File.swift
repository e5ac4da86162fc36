internal import Documents
internal import Operators

extension Connector {
  /// Reads the connector of a model file: a perceptron, with a query former before it if there is one.
  init(file node: Node) throws(Diagnostic) {
    let fields = try Fields(node, "the connector", known: ["query_former", "widths", "activation"])
    let widthsNode = try fields.required("widths")
    var widths: [Int] = []
    for item in try widthsNode.items("the widths") { widths.append(try item.integer("a width", in: Limit.width)) }
    guard (2...16).contains(widths.count) else {
      throw widthsNode.error("expected 2 to 16 widths, from the encoder's to the language model's")
    }
    self.init(widths: widths, activation: try fields.required("activation").choice("the activation"))
    if let part = fields["query_former"] { queryFormer = try QueryFormer(file: part) }
  }
}

extension QueryFormer {
  /// Reads the query former of a connector; the encoder's width is that of the vision part.
  fileprivate init(file node: Node) throws(Diagnostic) {
    let keys = ["queries", "layers", "width", "heads", "feed_forward", "cross_attention_every"]
    let fields = try Fields(node, "the query former", known: keys + ["vocabulary", "positions"])
    func integer(_ key: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
      try fields.required(key).integer("\"\(key)\"", in: range)
    }
    width = try integer("width", in: Limit.width)
    heads = try integer("heads", in: Limit.heads)
    guard width % heads == 0 else {
      throw try fields.required("heads").error("\(heads) heads do not divide the width \(width)")
    }
    queries = try integer("queries", in: 1...65_536)
    layers = try integer("layers", in: Limit.layers)
    feedForward = try integer("feed_forward", in: Limit.width)
    crossEvery = try integer("cross_attention_every", in: Limit.layers)
    encoderWidth = width
    vocabulary = try fields["vocabulary"]?.integer("the vocabulary", in: Limit.vocabulary) ?? 0
    positions = try fields["positions"]?.integer("the positions", in: 1...1_048_576) ?? 0
  }
}
