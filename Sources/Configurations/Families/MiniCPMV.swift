internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// MiniCPM-V 2.6: slices of SigLIP, 64 queries over each, Qwen2.
  static var miniCPMV: MultimodalFamily {
    MultimodalFamily("MiniCPMV", types: "minicpmv", read: readMiniCPMV)
  }

  /// Source: modeling_minicpmv.py, resampler.py and image_processing_minicpmv.py of huggingface.co/openbmb/MiniCPM-V-2_6.
  @Sendable private static func readMiniCPMV(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = "MiniCPMV"
    let text = ReadPart(part: try LanguageFamily.qwen2.read(fields), source: fields.source("language", architecture))
    let part = try fields.part("vision_config")
    var sizes = VisionDefaults.so400m
    sizes.imageSize = 980
    var encoder = try VisionEncoder(siglip: part, sizes)
    encoder.poolingHead = false
    // Positions of the largest image are stored; a slice has 448 x 448 pixels.
    encoder.storedPositions = encoder.patches
    let slices = try fields.part("slice_config")
    encoder.imageSize = try slices.integer("scale_resolution", in: Limit.imageSize, default: 448, decidesSize: false)
    try encoder.checkPatches(slices["scale_resolution"] ?? fields.node)
    let width = text.part.block.width
    let queries = try fields.integer("query_num", in: Limit.queries, default: 64)
    var resampler = Resampler(
      queries: queries, width: width, heads: max(1, width / 128), encoderWidth: encoder.block.width)
    resampler.storesPositions = false
    var connector = Connector(widths: [width, width], bias: false)
    connector.compressor = .resampler(resampler)
    var vision = MultimodalModel.Vision(encoder)
    let most = try slices.integer("max_slice_nums", in: 1...1024, default: 9, decidesSize: false)
    var canvas = TileCanvas(.filled(most: most), tokensPerTile: queries)
    canvas.whole = .always
    try vision.read(.canvas(canvas), of: fields, image: encoder.imageSize)
    return MultimodalModel(
      vision: ReadPart(part: vision, source: part.source("vision", architecture)), connector: connector,
      fields.connectorSource(architecture), language: text)
  }
}
