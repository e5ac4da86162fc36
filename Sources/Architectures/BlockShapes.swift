internal import Operators

/// A block over the groups of a pass; the tables in the files `TransformerBlock+...` are its accounting.
///
/// In all tables `holding` lists what is alive besides the step's own operands: the residual stream (`hidden`),
/// queries and keys until attention has run, the gate until it is multiplied.
struct BlockShapes {
  let block: TransformerBlock
  let width, queryWidth, keyWidth: Double
  /// Elements of what attention leaves of a token, and of its values of all heads of keys.
  let valueWidth, keyValueWidth: Double
  let attention: AttentionShape
  /// Rows that this device works on, and rows of all devices that share experts.
  private(set) var rows, allRows: Double
  /// Elements of the hidden state, the queries and the keys.
  private(set) var hidden: Double
  let queries, keys: Double
  /// What attends to keys and values of every head; latent attention chooses its own form.
  private(set) var sums = AttentionSums()
  /// Scores of an indexer, which works on all positions, or on all entries of them.
  private(set) var indexed = AttentionSums()
  /// Sequences of this device, whose states a recurrence keeps.
  private(set) var sequences = 0.0
  /// Tokens of them that wait for the end of an entry, of those that a pass brings at most an entry's.
  private(set) var waitingTokens = 0.0

  /// A block over so many rows that do not attend to anything.
  init(block: TransformerBlock, rows: Double, allRows: Double? = nil) {
    self.block = block
    self.rows = rows
    self.allRows = allRows ?? rows
    width = Double(block.width)
    queryWidth = Double(block.heads) * Double(block.headWidth)
    keyWidth = Double(block.kvHeads) * Double(block.headWidth)
    valueWidth = Double(block.heads) * Double(block.valueWidth)
    keyValueWidth = Double(block.kvHeads) * Double(block.valueWidth)
    var attention = AttentionShape(
      heads: Double(block.heads), kvHeads: Double(block.kvHeads), headWidth: Double(block.headWidth),
      valueWidth: Double(block.valueWidth), sharedKeyWidth: Double(block.latent?.rotaryWidth ?? 0),
      cached: block.isDecoder && block.latent == nil, masked: block.isDecoder, capped: block.capsScores)
    attention.hasSinks = block.hasSinks
    attention.sharesValues = block.compressed != nil
    self.attention = attention
    hidden = rows * width
    queries = rows * queryWidth
    keys = rows * keyWidth
  }

  /// A decoder's block over groups of sequences, of which this device works on a share.
  init(block: TransformerBlock, groups: [Pass.Group], own share: OwnShare, kernels: Accounting.Kernels) {
    let all = groups.rows { $0.newTokens }
    self.init(block: block, rows: share.of(all), allRows: all)
    if block.recurrence != nil { sequences = share.of(groups.rows { _ in 1 }) }
    guard block.hasAttention else { return }
    if block.indexer != nil {
      for group in groups { indexed.add(group, own: share) }
    }
    guard block.latent == nil else { return }
    let few = kernels == .fused ? Pass.fewTokens : 1
    for group in groups { sums.add(group, own: share, in: block, streams: group.newTokens <= few) }
    guard let compressed = block.compressed, let rate = compressed.rate else { return }
    waitingTokens = share.of(groups.rows { min($0.newTokens, rate) })
    let picked = compressed.indexer.map { Double($0.positions) } ?? .infinity
    for group in groups {
      sums.addEntries(
        group, own: share, window: block.window, rate: rate, limit: picked, streams: group.newTokens <= few)
      // An indexer scores entries alone.
      indexed.addEntries(group, own: share, window: 0, rate: rate, limit: .infinity, streams: false)
    }
  }

  /// An encoder's block over so many images.
  init(block: TransformerBlock, images: Double, tokens: Double) {
    self.init(block: block, rows: images * tokens)
    sums.add(
      sequences: images, tokens: tokens, context: 0, window: block.window.map(Double.init) ?? .infinity,
      causal: block.isDecoder)
  }

  /// An encoder's block over so many images, whose tokens attend within windows.
  init(block: TransformerBlock, images: Double, windows: [(tokens: Int, count: Int)]) {
    self.init(block: block, rows: images * Double(windows.reduce(0) { $0 + $1.tokens * $1.count }))
    for window in windows {
      sums.add(
        sequences: images * Double(window.count), tokens: Double(window.tokens), context: 0, causal: block.isDecoder)
    }
  }

  /// The same block over fewer rows, of this device and of all: those that a reducer left behind attention.
  func leaving(rows: Double, allRows: Double) -> BlockShapes {
    var copy = self
    (copy.rows, copy.allRows, copy.hidden) = (rows, allRows, rows * width)
    return copy
  }

  /// What waits for the end of the layer: the residual stream, or all streams, and in parallel blocks one hidden state more.
  var waiting: Double {
    if let streams = block.streams { return Double(streams.count) * hidden }
    return block.arrangement.isParallel ? 2 * hidden : hidden
  }
  /// Elements of the block's gate.
  var gateWidth: Double { Double(block.gateWidth) }
}

extension AttentionSums {
  /// Adds one device's share of a group that sees all positions.
  mutating func add(_ group: Pass.Group, own share: OwnShare) {
    add(
      sequences: share.of(Double(group.sequences)), tokens: Double(group.newTokens), context: Double(group.context))
  }

  /// Adds what one device's share of a group, counted already, sees of compressed entries.
  mutating func addEntries(
    _ group: Pass.Group, own share: OwnShare, window: Int?, rate: Int, limit: Double, streams: Bool
  ) {
    addEntries(
      sequences: share.of(Double(group.sequences)), tokens: Double(group.newTokens), context: Double(group.context),
      window: window.map(Double.init) ?? .infinity, rate: Double(rate), limit: limit, streams: streams)
  }

  /// Adds one device's share of a group that sees what a block lets it see: all, a window, its chunk, or as many positions
  /// as an indexer leaves, which a window of their number would leave, too.
  @inline(__always)
  mutating func add(_ group: Pass.Group, own share: OwnShare, in block: TransformerBlock, streams: Bool) {
    let reach = block.reach.map(Double.init) ?? .infinity
    add(
      sequences: share.of(Double(group.sequences)), tokens: Double(group.newTokens), context: Double(group.context),
      window: block.isChunked ? .infinity : reach, chunk: block.isChunked ? reach : .infinity, streams: streams)
  }
}
