/// What the groups of sequences of a pass add up to in one layer's attention: the only place that knows masks, windows
/// and how kernels cut scores into tiles. All counts are for one head.
///
/// `scores` is the full square that papers and torch's flop counter count, also where a causal mask hides half of it:
/// for n tokens after c cached ones n (c + n) of a sequence, under a sliding window w n min(c + n, w) in a fused
/// kernel. Eager kernels compute n scores with every key that any of the n tokens sees, min(c, w - 1) + n, and mask
/// most, which is what transformers does and torch counts.
package struct AttentionSums: Sendable, Hashable {
  /// Tokens that attend.
  package var tokens = 0.0
  /// Positions whose keys and values are read.
  package var positions = 0.0
  /// Scores of a fused kernel.
  package var scores = 0.0
  /// Scores of eager kernels.
  package var eagerScores = 0.0
  /// Scores that neither mask nor window hides.
  package var visible = 0.0
  /// Tiles of the visible scores.
  package var tiles = 0.0
  /// Tiles that some queries meet one after the other at most.
  package var longest = 0.0
  /// What of the above streams the cache.
  package var streamedTokens = 0.0, streamedPositions = 0.0, streamedVisible = 0.0
  /// Of that new tokens of sequences that have several, and the tiles of these among themselves.
  package var chunkTokens = 0.0, chunkTiles = 0.0

  /// No sequences.
  package init() {}

  /// Queries of a tile, and its keys.
  package static let tileSide = KernelConstants.attentionTile

  /// Sequences that are attended to by others' tokens: `queries` tokens of each by `keys` tokens, nothing hidden.
  package init(sequences: Double, queries: Double, keys: Double) {
    add(sequences: sequences, queries: queries, keys: keys)
  }

  /// Adds sequences that are attended to by others' tokens.
  package mutating func add(sequences: Double, queries: Double, keys: Double) {
    let all = sequences * queries * keys
    tokens += sequences * queries
    positions += sequences * keys
    scores += all
    eagerScores += all
    visible += all
    longest = max(longest, Self.blocks(keys))
    tiles += sequences * Self.blocks(queries) * Self.blocks(keys)
  }

  /// Adds sequences of so many new tokens after `context` cached ones, each seeing itself and, `causal`, those before
  /// it, at most `window` positions, or those of its own chunk of `chunk` positions. Where few tokens stream the cache, tiles
  /// count of those among themselves alone.
  ///
  /// Of chunks eager kernels make a score of every position from the first token's chunk on.
  package mutating func add(
    sequences: Double, tokens: Double, context: Double, window: Double = .infinity, chunk: Double = .infinity,
    causal: Bool = true, streams: Bool = false
  ) {
    // What they see begins with a chunk, or with the sequence.
    let context = chunk < .infinity ? context.truncatingRemainder(dividingBy: chunk) : context
    let limit = min(window, chunk)
    let all = context + tokens
    let reach = min(all, window + tokens - 1)
    let rows = sequences * tokens
    self.tokens += rows
    positions += sequences * reach
    scores += rows * min(all, limit)
    eagerScores += rows * reach
    var seen = min(all, limit) * tokens
    if chunk < .infinity {
      seen = Self.seenInChunks(all, of: chunk) - Self.seenInChunks(context, of: chunk)
    } else if causal {
      // The first tokens see one position more each, until the window is full.
      let open = max(0, min(tokens, window - context))
      seen = open * context + open * (open + 1) / 2 + (tokens > open ? (tokens - open) * window : 0)
    }
    visible += sequences * seen
    guard streams else {
      let met = Self.tiles(tokens: tokens, context: context, window: limit, causal: causal)
      tiles += sequences * met.all
      longest = max(longest, met.longest)
      return
    }
    streamedTokens += rows
    streamedPositions += sequences * reach
    streamedVisible += sequences * seen
    guard tokens > 1 else { return }
    chunkTokens += rows
    chunkTiles += sequences * Self.tiles(tokens: tokens, context: 0, window: limit, causal: causal).all
  }

  /// What the first so many tokens of a sequence see: whole chunks, and a part of one.
  private static func seenInChunks(_ tokens: Double, of chunk: Double) -> Double {
    let rest = tokens.truncatingRemainder(dividingBy: chunk)
    return (tokens - rest) * (chunk + 1) / 2 + rest * (rest + 1) / 2
  }

  /// The tiles of one sequence: all that neither mask nor window hides, but for the edges.
  private static func tiles(
    tokens: Double, context: Double, window: Double, causal: Bool
  ) -> (all: Double, longest: Double) {
    let side = blocks(tokens)
    let earlier = (context / tileSide).rounded(.up)
    let longest = min(earlier + side, blocks(window))
    guard causal else { return (side * longest, longest) }
    // So many of the first tiles of queries see all keys before them, each one tile of keys more than the last.
    let growing = max(0, min(side, longest - earlier))
    return (growing * earlier + growing * (growing + 1) / 2 + (side - growing) * longest, longest)
  }

  /// Tiles side by side that so many tokens take.
  private static func blocks(_ tokens: Double) -> Double { max(1, (tokens / tileSide).rounded(.up)) }
}

extension AttentionSums {
  /// Adds what the tokens of sequences, counted already with what they see of `window` positions (0 for none), see besides: entries of
  /// `rate` positions each, whole ones behind their last position, at most `limit` of them.
  ///
  /// Of the new tokens whole entries count, which is what torch counts of a prompt; of the context a fraction, so that
  /// nothing jumps between steps of decoding.
  package mutating func addEntries(
    sequences: Double, tokens: Double, context: Double, window: Double, rate: Double, limit: Double, streams: Bool
  ) {
    let all = context / rate + (tokens / rate).rounded(.down)
    guard all > 0 else { return }
    let rows = sequences * tokens
    let reach = min(all, limit + (tokens - 1) / rate)
    positions += sequences * reach
    scores += rows * min(all, limit)
    eagerScores += rows * all
    let seen = sequences * max(0, Self.seen(of: rate, limit, context + tokens) - Self.seen(of: rate, limit, context))
    visible += seen
    if streams {
      streamedPositions += sequences * reach
      streamedVisible += seen
    } else {
      let met = Self.blocks(min(all, limit))
      tiles += sequences * Self.blocks(tokens) * met
      let own = window > 0 ? Self.tiles(tokens: tokens, context: context, window: window, causal: true).longest : 0
      longest = max(longest, own + met)
    }
  }

  /// The entries that the first so many tokens of a sequence see, at the least: token s, counted from 1, sees
  /// floor(s / rate) >= (s - rate + 1) / rate, and at most `limit`.
  private static func seen(of rate: Double, _ limit: Double, _ tokens: Double) -> Double {
    let shifted = max(0, tokens - rate + 1)
    let open = min(shifted, limit * rate)
    return open * (open + 1) / (2 * rate) + (shifted > open ? (shifted - open) * limit : 0)
  }
}
