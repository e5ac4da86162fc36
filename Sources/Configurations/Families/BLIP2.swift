internal import Architectures
internal import Documents
internal import Operators

extension VisionFamily {
  /// The tower of BLIP-2, EVA's ViT-g: a class token that stays, a norm of all tokens at the end.
  static var blip2: VisionFamily {
    VisionFamily(
      types: "blip_2_vision_model", "instructblip_vision_model"
    ) { (fields) throws(Diagnostic) in
      var encoder = try VisionEncoder(
        config: fields,
        VisionDefaults(
          width: 1408, feedForward: 6144, layers: 39, heads: 16, patchSize: 14, activation: .gelu),
        classToken: true, preNorm: false)
      encoder.patchBias = true
      encoder.normsAllTokens = true
      encoder.block.qkvBias = try fields.boolean("qkv_bias", default: true)
      return MultimodalModel.Vision(encoder: encoder, layersUsed: encoder.layers, droppedTokens: 0)
    }
  }
}

extension MultimodalFamily {
  /// BLIP-2: a query former and one product.
  static var blip2: MultimodalFamily {
    MultimodalFamily(
      "Blip2ForConditionalGeneration", types: "blip-2"
    ) { (fields) throws(Diagnostic) in try readBLIP2(fields, readsText: false) }
  }

  /// InstructBLIP, whose query former reads the instruction too.
  static var instructBLIP: MultimodalFamily {
    MultimodalFamily(
      "InstructBlipForConditionalGeneration", types: "instructblip"
    ) { (fields) throws(Diagnostic) in try readBLIP2(fields, readsText: true) }
  }

  private static func readBLIP2(_ fields: ConfigFields, readsText: Bool) throws(Diagnostic) -> MultimodalModel {
    let text = try fields.language(default: .opt)
    var tower = try fields.tower(default: .blip2)
    let part = try fields.part("qformer_config")
    let encoder = tower.part.encoder
    let (width, heads) = try part.dividedWidth(
      "hidden_size", default: 768, heads: "num_attention_heads", default: 12)
    let former = QueryFormer(
      queries: try fields.integer("num_query_tokens", in: Limit.queries, default: 32),
      layers: try part.integer("num_hidden_layers", in: Limit.layers, default: 12), width: width, heads: heads,
      feedForward: try part.integer("intermediate_size", in: Limit.width, default: 3072),
      crossEvery: try part.integer("cross_attention_frequency", in: Limit.layers, default: 2),
      encoderWidth: encoder.block.width,
      vocabulary: readsText ? try part.integer("vocab_size", in: Limit.vocabulary, default: 30_522) : 0,
      positions: readsText
        ? try part.integer("max_position_embeddings", in: 1...Workload.tokenLimit, default: 512) : 0)
    var connector = Connector(widths: [width, text.part.block.width])
    connector.compressor = .queryFormer(former)
    tower.part.packedTokens = former.queries
    return MultimodalModel(vision: tower, connector: connector, part.source("connector", "BLIP-2"), language: text)
  }
}
