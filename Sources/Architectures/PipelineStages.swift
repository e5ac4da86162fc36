package import Operators
internal import Quantities

/// What must be resident on a device, in bytes: weights and the cache of its layers.
package struct Resident {
  package var weights = 0.0
  package var cache = 0.0
  /// What else is resident there.
  package var others = 0.0
  var total: Double { weights + cache + others }
}

/// What one device of those that a model is spread over holds: weights, looked through once, and the cache of a request.
package struct Residency: Sendable {
  /// The formats of weights and cache.
  package let precision: Precision
  private let own: MultimodalModel
  private let rules: CacheRules
  private let stages: Int
  /// What the stages of a pipeline hold where no request is known: all layers, as many each, or cut so that the stage of
  /// most weights has as few as it can.
  private let shares: [StageShare]
  /// Whether requests move the cuts between stages.
  private let isCutAnew: Bool
  private let language, others: Widths

  /// What a device holds of its own share of a model.
  package init(
    _ own: MultimodalModel, over parallelism: Parallelism, at precision: Precision,
    storing rules: CacheRules = CacheRules()
  ) {
    var rules = rules
    rules.stateWidth = precision.activationBits / precision.cacheBits
    (self.own, self.precision, self.rules, stages) = (own, precision, rules, parallelism.pipeline)
    (language, others) = (Widths(precision), Widths(precision.unquantized))
    if stages == 1 || own.language == nil {
      let all = StageShare(
        weights: own.weightBytes(at: precision).value, layers: 0..<(own.language?.layers ?? 0), isLast: true,
        in: own.language, storing: rules)
      (shares, isCutAnew) = ([all], false)
    } else {
      shares = own.shares(stages, at: precision, rules)
      isCutAnew = !rules.splitsEvenly
    }
  }

  /// The widths of what a stage works on.
  func widths(of stage: Stage) -> Widths { stage == .prefill || stage == .decode ? language : others }

  /// Weights and cache in bytes on the device that holds most, with what else it holds, in bytes, by whether it is in the
  /// last stage of a pipeline.
  ///
  /// Layers go to the stages of a pipeline in their order, cut so that the largest stage is as small as it can be or,
  /// where the rules say so, as many to each; the first stage has vision tower, connector and embedding, the last final
  /// norm and head.
  package func resident(_ workload: Workload, besides others: (_ isLast: Bool) -> Double = { _ in 0 }) -> Resident {
    guard let language = own.language else { return Resident(weights: shares.first?.weights ?? 0) }
    let pass = workload.lastPass(of: language)
    guard isCutAnew else {
      let all = shares.map { share in
        let elements = language.cacheElements(after: pass, in: share.layers, share.layout, storing: rules)
        return Resident(
          weights: share.weights, cache: elements * precision.cacheBits / 8, others: others(share.isLast))
      }
      return all.max { $0.total < $1.total } ?? Resident()
    }
    let (before, behind) = own.residentEnds(language, precision)
    let parts = [before] + language.layersResident(pass, precision, rules).flatMap { $0 } + [behind]
    var largest = PipelineStages(parts: parts, count: stages).largest
    largest.others = others(true)
    return largest
  }

  /// The least pool that is left for the cache on a device, and the fewest tokens that one has room for; of a pipeline
  /// these may be two devices.
  ///
  /// - Parameter room: the bytes that are left beside weights, by those and whether it is the last stage.
  package func pool(_ room: (_ weights: Double, _ isLast: Bool) -> Double) -> (bytes: Double, tokens: Int?) {
    guard own.language != nil else { return (room(shares.first?.weights ?? 0, true), nil) }
    let pools = shares.map { share in
      let bytes = room(share.weights, share.isLast)
      return (bytes: bytes, tokens: share.layout.tokens(in: bytes * 8 / precision.cacheBits))
    }
    return (pools.map(\.bytes).min() ?? 0, pools.compactMap(\.tokens).min())
  }
}

/// What one stage of a pipeline holds.
private struct StageShare: Sendable {
  /// Bytes of its weights.
  var weights: Double
  /// Its layers of the stack.
  var layers: Range<Int>
  /// Whether it has the head.
  var isLast: Bool
  /// How the cache of all of them lies in memory.
  var layout: CacheLayout

  init(weights: Double, layers: Range<Int>, isLast: Bool, in language: LanguageModel?, storing rules: CacheRules) {
    (self.weights, self.layers, self.isLast) = (weights, layers, isLast)
    layout = CacheLayout(language?.stack.runs(from: layers.lowerBound, layers: layers.count) ?? [], rules)
  }
}

extension MultimodalModel {
  /// What the first stage of a pipeline has before its layers, and the last one behind them.
  fileprivate func residentEnds(
    _ language: LanguageModel, _ precision: Precision
  ) -> (before: Resident, behind: Resident) {
    let ends = language.ends(tied: false)
    let before = (vision?.parameters ?? Parameters()) + (connector?.parameters ?? Parameters()) + ends.first
    return (Resident(weights: before.bytes(at: precision)), Resident(weights: ends.last.bytes(at: precision)))
  }

  /// The stages of a pipeline: with as many layers each where the rules say so; else cut so that the stage of most weights
  /// has as few as it can.
  fileprivate func shares(_ stages: Int, at precision: Precision, _ rules: CacheRules) -> [StageShare] {
    guard let language else { return [] }
    let (before, behind) = residentEnds(language, precision)
    let layers = language.layersResident(Pass([]), precision, rules).map { $0.reduce(0) { $0 + $1.weights } }
    let parts = [before] + layers.map { Resident(weights: $0) } + [behind]
    let cuts = rules.splitsEvenly ? evenCuts(language.layers, stages) : PipelineStages(parts: parts, count: stages).cuts
    return cuts.map { cut in
      // The first part is no layer, neither is the last.
      let own = max(0, cut.lowerBound - 1)..<min(language.layers, max(0, cut.upperBound - 1))
      return StageShare(
        weights: parts[cut].reduce(0) { $0 + $1.weights }, layers: own, isLast: cut.upperBound == parts.count,
        in: language, storing: rules)
    }
  }

  /// Stages of as many layers each, of the parts before, layers, behind; where they do not divide, the last stages but the
  /// very last one have one more (vLLM, `get_pp_indices`).
  private func evenCuts(_ layers: Int, _ stages: Int) -> [Range<Int>] {
    var start = 0
    let rest = layers % stages
    return (0..<stages).map { stage in
      let isLast = stage == stages - 1
      let own = layers / stages + (!isLast && stage >= stages - 1 - rest ? 1 : 0)
      defer { start += own }
      return (stage == 0 ? 0 : start + 1)..<(start + own + (isLast ? 2 : 1))
    }
  }
}

extension LanguageModel {
  /// Every layer's weights and cache behind a pass, a layer that reads images with the one that it stands before.
  fileprivate func layersResident(_ pass: Pass, _ precision: Precision, _ rules: CacheRules) -> [[Resident]] {
    var layers: [[Resident]] = []
    for run in stack.runs {
      let weights = run.block.parameters.bytes(at: precision)
      layers += [[Resident]](repeating: [Resident(weights: weights)], count: run.layers)
    }
    for layer in layers.indices {
      let elements = cacheElements(after: pass, in: layer..<(layer + 1), storing: rules, readingImages: false)
      layers[layer][0].cache = elements * precision.cacheBits / 8
    }
    guard let crossAttention else { return layers }
    // Its cache is as long as the images' tokens.
    let cross = Resident(
      weights: crossAttention.parameters.bytes(at: precision),
      cache: pass.ownShare(block.parallelism).of(crossAttention.cacheElements(after: pass)) * precision.cacheBits / 8)
    for place in crossAttention.places where layers.indices.contains(place) { layers[place].insert(cross, at: 0) }
    return layers
  }
}

/// Parts in a row, cut into so many stages that the largest is as small as it can be.
struct PipelineStages {
  let parts: [Resident]
  let count: Int

  /// The largest stage of the best cut.
  var largest: Resident { cuts.map(sum).max { $0.total < $1.total } ?? Resident() }

  /// The parts of every stage of the best cut, found by halving the range of the largest stage's size.
  var cuts: [Range<Int>] {
    var low = 0.0
    var high = parts.reduce(0) { $0 + $1.total }
    var best = cuts(within: high)
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      let cut = cuts(within: middle)
      if cut.count <= count, cut.allSatisfy({ sum($0).total <= middle }) {
        high = middle
        best = cut
      } else {
        low = middle
      }
    }
    return best
  }

  /// What some parts hold together.
  private func sum(_ cut: Range<Int>) -> Resident {
    parts[cut].reduce(into: Resident()) { sum, part in
      sum.weights += part.weights
      sum.cache += part.cache
    }
  }

  /// The stages if each takes as many parts as a limit allows, at least one.
  private func cuts(within limit: Double) -> [Range<Int>] {
    var cuts: [Range<Int>] = []
    var total = 0.0
    for (index, part) in parts.enumerated() {
      if let last = cuts.last, total + part.total <= limit {
        cuts[cuts.count - 1] = last.lowerBound..<(index + 1)
        total += part.total
      } else {
        cuts.append(index..<(index + 1))
        total = part.total
      }
    }
    return cuts
  }
}
