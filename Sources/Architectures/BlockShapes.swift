internal import Operators

/// A block over the groups of a pass; the tables in the files `TransformerBlock+...` are its accounting.
///
/// In all tables `holding` lists what is alive besides the step's own operands: the residual stream (`hidden`),
/// queries and keys until attention has run, the gate until it is multiplied.
struct BlockShapes {
  let block: TransformerBlock
  let width, queryWidth, keyWidth, valueWidth: Double
  let attention: AttentionShape
  /// Rows that this device works on, and rows of all devices that share experts.
  private(set) var rows, allRows: Double
  /// Elements of the hidden state, the queries and the keys.
  private(set) var hidden: Double
  let queries, keys: Double
  /// Attention of groups that bring many tokens along, and of those that stream the cache.
  private(set) var filling = AttentionSums(), streaming = AttentionSums()
  /// Elements of a learned gate by which what attention and feed-forward block add is multiplied; 0 for none.
  var gateWidth = 0.0

  /// A block over so many rows that do not attend to anything.
  init(block: TransformerBlock, rows: Double, allRows: Double? = nil) {
    self.block = block
    self.rows = rows
    self.allRows = allRows ?? rows
    width = Double(block.width)
    queryWidth = Double(block.heads) * Double(block.headWidth)
    keyWidth = Double(block.kvHeads) * Double(block.headWidth)
    valueWidth = Double(block.heads) * Double(block.valueWidth)
    attention = AttentionShape(
      heads: Double(block.heads), kvHeads: Double(block.kvHeads), headWidth: Double(block.headWidth),
      valueWidth: Double(block.valueWidth), sharedKeyWidth: Double(block.latent?.rotaryWidth ?? 0),
      cached: block.isDecoder && block.latent == nil, masked: block.isDecoder, capped: block.capsScores)
    hidden = rows * width
    queries = rows * queryWidth
    keys = rows * keyWidth
  }

  /// A decoder's block over groups of sequences, of which this device works on a share.
  init(block: TransformerBlock, groups: [Pass.Group], own share: OwnShare, kernels: Kernels) {
    let all = groups.rows { $0.newTokens }
    self.init(block: block, rows: share.of(all), allRows: all)
    let window = block.window.map(Double.init) ?? .infinity
    for group in groups {
      let (tokens, context) = (Double(group.newTokens), Double(group.context))
      let sequences = share.of(Double(group.sequences))
      if streams(tokens: tokens, context: context, kernels) {
        streaming.stream(sequences: sequences, tokens: tokens, context: context, window: window)
      } else {
        filling.add(sequences: sequences, tokens: tokens, context: context, window: window)
      }
    }
  }

  /// An encoder's block over so many images.
  init(block: TransformerBlock, images: Double, tokens: Double) {
    self.init(block: block, rows: images * tokens)
    filling.add(
      sequences: images, tokens: tokens, context: 0, window: block.window.map(Double.init) ?? .infinity,
      causal: block.isDecoder)
  }

  /// The same block over fewer rows, of this device and of all: those that a reducer left behind attention.
  func leaving(rows: Double, allRows: Double) -> BlockShapes {
    var copy = self
    (copy.rows, copy.allRows, copy.hidden) = (rows, allRows, rows * width)
    return copy
  }

  /// What waits for the end of the layer: the residual stream and, in parallel blocks, one hidden state more.
  var waiting: Double { block.arrangement == .parallel ? 2 * hidden : hidden }

  /// Whether a group's attention streams the cache: one token, or in fused kernels a few; with latent attention tokens
  /// whose queries absorb the keys' matrix.
  private func streams(tokens: Double, context: Double, _ kernels: Kernels) -> Bool {
    if let latent = block.latent {
      return latent.isAbsorbed(tokens: tokens, context: context, headWidth: block.headWidth)
    }
    return tokens == 1 || (kernels == .fused && tokens <= Double(block.fewTokens))
  }
}

extension TransformerBlock {
  /// New tokens that share a head of keys and fit into one tile of queries: as many stream the cache in kernels for few
  /// queries (FlashInfer's and FlashAttention's split-KV decoding pack the queries of a group of heads into a tile).
  private static let streamedQueries = Int(AttentionSums.tileSide)

  /// The most new tokens of a sequence that are few: one, or as many as queries that share a head of keys fit into one
  /// tile.
  package var fewTokens: Int { max(1, Self.streamedQueries * kvHeads / heads) }
}
