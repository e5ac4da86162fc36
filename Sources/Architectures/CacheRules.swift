/// How an engine stores key-value caches.
package struct CacheRules: Sendable, Hashable {
  /// Tokens of a block: what a sequence has of a layer is rounded up to whole ones.
  package var blockTokens: Int
  /// Tokens that pass the model at once at most: layers with windows hold so many behind their window while a prompt
  /// passes; 0 where they hold the window alone.
  package var passTokens: Int
  /// Whether layers of several kinds share one pool of blocks, in groups of equally many layers, all blocks of one size.
  package var groupsLayers: Bool
  /// Whether the stages of a pipeline have as many layers each; if not, they are cut so that the largest is smallest.
  package var splitsEvenly: Bool

  /// As how many elements of the cache an element of a recurrence's state counts, which has the format of activations.
  var stateWidth = 1.0

  /// Every token's bytes and no more.
  package init(blockTokens: Int = 1, passTokens: Int = 0, groupsLayers: Bool = false, splitsEvenly: Bool = false) {
    (self.blockTokens, self.passTokens) = (max(1, blockTokens), max(0, passTokens))
    (self.groupsLayers, self.splitsEvenly) = (groupsLayers, splitsEvenly)
  }
}

/// How the cache of some layers lies in memory.
///
/// Where layers of several kinds share a pool (vLLM, `kv_cache_utils.py`: `_get_kv_cache_groups_uniform_page_size`), they
/// stand in groups of as many layers as the rarest kind has, or as the most frequent one where that has less than one
/// and a half times as many; the last group of a kind is filled up. A block is of one size in all groups: of the layers
/// with fewer bytes a token it holds more tokens, and a state of a recurrence takes one whole, for which the others
/// hold as many tokens as that needs.
struct CacheLayout {
  /// Layers that store alike.
  struct Kind: Hashable {
    /// Elements that a token leaves in a layer; 0 for none.
    var tokenElements: Double
    /// Tokens that are kept; nil for all.
    var window: Int?
    /// Tokens that leave these elements together.
    var rate = 1
    /// Elements that a sequence has, however long it is, as many as of the cache.
    var stateElements = 0.0
  }

  private let rules: CacheRules
  private(set) var kinds: [(kind: Kind, layers: Int)] = []
  /// Layers of a group; 0 where every kind stores on its own.
  private var groupLayers = 0
  /// Elements of a block of one layer.
  private var blockElements = 0.0

  /// The cache of some layers.
  init(_ runs: [LayerStack.Run], _ rules: CacheRules) {
    self.rules = rules
    for run in runs {
      for kind in run.block.cacheKinds(stateWidth: rules.stateWidth) { add(kind, run.layers) }
    }
    // Layers that all keep every token are one group, whatever they keep of it.
    guard rules.groupsLayers, kinds.count > 1,
      kinds.contains(where: { $0.kind.window != nil || $0.kind.stateElements > 0 })
    else { return }
    let (least, most) = (kinds.map(\.layers).min() ?? 1, kinds.map(\.layers).max() ?? 1)
    groupLayers = Double(most) < 1.5 * Double(least) ? most : least
    let widest = kinds.map(\.kind.tokenElements).max() ?? 0
    let state = kinds.map(\.kind.stateElements).max() ?? 0
    let block = Double(rules.blockTokens)
    // As many whole blocks' tokens as a state needs.
    let tokens = widest > 0 ? max(1, (state / widest / block).rounded(.up)) * block : 0
    blockElements = max(tokens * widest, widest > 0 ? 0 : state)
  }

  private mutating func add(_ kind: Kind, _ layers: Int) {
    if let index = kinds.firstIndex(where: { $0.kind == kind }) {
      kinds[index].layers += layers
    } else {
      kinds.append((kind, layers))
    }
  }

  /// How many groups of layers there are; 1 where every kind stores on its own.
  private var groups: Int {
    groupLayers == 0 ? 1 : kinds.reduce(0) { $0 + Parallelism.share($1.layers, groupLayers) }
  }

  /// Elements that a sequence of so many tokens has in a layer of a kind; `isPassing` while its prompt passes.
  private func elements(of kind: Kind, tokens: Int, isPassing: Bool) -> Double {
    if kind.stateElements > 0 { return groupLayers > 0 ? blockElements : kind.stateElements }
    guard kind.tokenElements > 0 else { return 0 }
    let block = groupLayers > 0 ? (blockElements / kind.tokenElements).rounded(.down) : Double(rules.blockTokens)
    var kept = (Double(tokens) / Double(kind.rate)).rounded(.down)
    if let window = kind.window, window < tokens {
      // A window seldom begins where a block does.
      let more = isPassing && rules.passTokens > 0 ? Double(rules.passTokens) - 1 : 0
      kept = min(kept, Double(window) + more + (block > 1 ? block : 0))
    }
    return (kept / block).rounded(.up) * block * kind.tokenElements
  }

  /// Elements of sequences of so many tokens each, one of which is just passing the model.
  func elements(sequences: Double, tokens: Int) -> Double {
    guard sequences > 0, tokens > 0 else { return 0 }
    return kinds.reduce(0) { sum, entry in
      let layers = groupLayers > 0 ? Parallelism.share(entry.layers, groupLayers) * groupLayers : entry.layers
      let each = elements(of: entry.kind, tokens: tokens, isPassing: false)
      let passing = rules.passTokens > 0 ? elements(of: entry.kind, tokens: tokens, isPassing: true) : each
      return sum + Double(layers) * (each * (sequences - 1) + passing)
    }
  }

  /// The tokens that a pool of so many elements has room for, as vLLM prints them: as if all layers kept every token.
  /// Nil for layers without a cache that grows.
  func tokens(in elements: Double) -> Int? {
    let perToken = kinds.reduce(0) { $0 + Double($1.layers) * $1.kind.tokenElements / Double($1.kind.rate) }
    guard perToken > 0 else { return nil }
    func whole(_ number: Double) -> Int { Int(min(max(0, number), 1e15)) }
    guard groupLayers > 0 else {
      let block = Double(rules.blockTokens)
      return whole(elements / (perToken * block)) * rules.blockTokens
    }
    let widest = kinds.map(\.kind.tokenElements).max() ?? 1
    let blocks = whole(elements / (blockElements * Double(groupLayers)))
    return blocks / groups * whole(blockElements / widest)
  }
}

extension TransformerBlock {
  /// What a layer stores: keys and values, compressed entries of them, a state, or several of these.
  fileprivate func cacheKinds(stateWidth: Double) -> [CacheLayout.Kind] {
    var kinds: [CacheLayout.Kind] = []
    let tokens = cacheElementsPerToken
    if tokens > 0 { kinds.append(CacheLayout.Kind(tokenElements: tokens, window: window)) }
    var state = recurrence?.stateElements ?? 0
    if let compressed, let rate = compressed.rate {
      kinds.append(
        CacheLayout.Kind(tokenElements: compressed.entryWidth(headWidth: headWidth), window: nil, rate: rate))
      state += compressed.stateElements(headWidth: headWidth)
    }
    if state > 0 { kinds.append(CacheLayout.Kind(tokenElements: 0, window: nil, stateElements: stateWidth * state)) }
    return kinds
  }
}
