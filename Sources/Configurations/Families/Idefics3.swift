internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// Idefics 3 and SmolVLM: tiles of SigLIP, pixel shuffle, one product.
  static var idefics3: MultimodalFamily {
    MultimodalFamily(
      "Idefics3ForConditionalGeneration", "SmolVLMForConditionalGeneration", types: "idefics3", "smolvlm",
      read: readIdefics3)
  }

  @Sendable private static func readIdefics3(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    var text = try fields.language()
    var tower = try fields.tower(default: .ideficsSiglip)
    let encoder = tower.part.encoder
    text.part.tiedEmbeddings = try fields.isTied(default: false)
    let side = try fields.integer("scale_factor", in: 1...64, default: 2)
    let connector = Connector(
      from: encoder.block.width, [.merge(side * side), .product(text.part.block.width, bias: false)])
    // Published files scale the longest side to four tiles.
    let longest = try fields.processor.size("longest_edge") ?? 4 * encoder.imageSize
    let canvas = TileCanvas(.scaled(longest: longest), tokensPerTile: encoder.patches / (side * side))
    try tower.part.read(.canvas(canvas), of: fields, image: encoder.imageSize)
    return MultimodalModel(vision: tower, connector: connector, fields.connectorSource("Idefics3"), language: text)
  }
}
