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
  /// What attends to keys and values of every head; latent attention chooses its own form.
  private(set) var sums = AttentionSums()
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
    guard block.latent == nil else { return }
    let few = kernels == .fused ? Pass.fewTokens : 1
    for group in groups { sums.add(group, own: share, window: block.window, streams: group.newTokens <= few) }
  }

  /// An encoder's block over so many images.
  init(block: TransformerBlock, images: Double, tokens: Double) {
    self.init(block: block, rows: images * tokens)
    sums.add(
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
}

extension AttentionSums {
  /// Adds one device's share of a group.
  @inline(__always)
  mutating func add(_ group: Pass.Group, own share: OwnShare, window: Int?, streams: Bool) {
    add(
      sequences: share.of(Double(group.sequences)), tokens: Double(group.newTokens), context: Double(group.context),
      window: window.map(Double.init) ?? .infinity, streams: streams)
  }
}
