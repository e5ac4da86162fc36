internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// Phi-3-vision and Phi-3.5-vision: CLIP ViT-L/14 over tiles, four patches side by side, a perceptron, Phi-3.
  static var phi3Vision: MultimodalFamily {
    MultimodalFamily("Phi3VForCausalLM", types: "phi3_v", read: readPhi3Vision)
  }

  /// Source: image_embedding_phi3_v.py and processing_phi3_v.py of huggingface.co/microsoft/Phi-3.5-vision-instruct.
  @Sendable private static func readPhi3Vision(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = "Phi3VForCausalLM"
    let text = ReadPart(part: try LanguageFamily.phi3.read(fields), source: fields.source("language", architecture))
    let encoder = try VisionEncoder(clip: ConfigFields(empty: fields.node), .largeCLIP)
    var vision = MultimodalModel.Vision(encoder: encoder, layersUsed: encoder.layers - 1)
    let width = text.part.block.width
    var connector = Connector(
      from: encoder.block.width,
      [.merge(4), .product(width, bias: true), .activation(.gelu), .product(width, bias: true)])
    // Learned tokens, of four patches' width, at the ends of rows and between the tiles and the whole.
    connector.separatorElements = 2 * 4 * encoder.block.width
    connector.projectsSeparators = true
    let most = try fields.processor.integer("num_crops", in: 1...256, default: 4, decidesSize: false)
    var canvas = TileCanvas(.padded(most: most), tokensPerTile: encoder.patches / 4)
    (canvas.whole, canvas.rowsPerTile) = (.always, encoder.gridSize / 2)
    try vision.read(.canvas(canvas), of: fields, image: encoder.imageSize)
    let source = MultimodalModel.Source(
      part: "vision", text: "\(fields.node.position.file), \(architecture): the published sizes of CLIP ViT-L/14-336")
    return MultimodalModel(
      vision: ReadPart(part: vision, source: source), connector: connector, fields.connectorSource(architecture),
      language: text)
  }
}
