public import Operators
internal import Quantities

/// What must be resident on a device: weights and the cache of its layers.
struct Resident {
  var weights = 0.0
  var cache = 0.0
  var total: Double { weights + cache }
}

/// What one device of those that a model is spread over holds: weights, looked through once, and the cache of a request.
public struct Residency: Sendable {
  /// The formats of weights and cache.
  public let precision: Precision
  private let own: Model
  private let stages: Int
  private let weights: Double
  private let language, others: Widths

  /// What a device holds of its own share of a model.
  package init(_ own: Model, over parallelism: Parallelism, at precision: Precision) {
    (self.own, self.precision, stages) = (own, precision, parallelism.pipeline)
    weights = own.weightBytes(at: precision).value
    (language, others) = (Widths(precision), Widths(precision.unquantized))
  }

  /// The widths of what a stage works on.
  func widths(of stage: Stage) -> Widths { stage == .prefill || stage == .decode ? language : others }

  /// Weights and cache in bytes on the device that holds most.
  ///
  /// Layers go to the stages of a pipeline in their order, cut so that the largest stage is as small as it can be; the
  /// first stage has vision tower, connector and embedding, the last final norm and head.
  func resident(_ workload: Workload) -> Resident {
    guard let language = own.language else { return Resident(weights: weights) }
    let pass = workload.lastPass(of: language)
    guard stages > 1 else {
      return Resident(weights: weights, cache: language.cacheElements(after: pass) * precision.cacheBits / 8)
    }
    let ends = language.ends(tied: false)
    let before = (own.vision?.parameters ?? Parameters()) + (own.connector?.parameters ?? Parameters()) + ends.first
    let parts =
      [Resident(weights: before.bytes(at: precision))] + language.layersResident(pass, precision)
      + [Resident(weights: ends.last.bytes(at: precision))]
    return PipelineStages(parts: parts, count: stages).largest
  }
}

extension LanguageModel {
  /// Every layer's weights and cache behind a pass.
  fileprivate func layersResident(_ pass: Pass, _ precision: Precision) -> [Resident] {
    let share = pass.ownShare(block.parallelism)
    var layers: [Resident] = []
    for stretch in pass.stretches(layers: stack.layers) {
      for run in stack.runs(from: layers.count, layers: stretch.layers) {
        let cache = share.of(run.block.cacheElements(after: stretch.groups)) * precision.cacheBits / 8
        let layer = Resident(weights: run.block.parameters.bytes(at: precision), cache: cache)
        layers += [Resident](repeating: layer, count: run.layers)
      }
    }
    guard let crossAttention else { return layers }
    // A layer that reads images stands before every so many of them, its cache as long as the images' tokens.
    let cross = Resident(
      weights: crossAttention.parameters.bytes(at: precision),
      cache: share.of(crossAttention.cacheElements(after: pass)) * precision.cacheBits / 8)
    return layers.enumerated().flatMap { index, layer in
      [Resident](repeating: cross, count: crossAttention.places.count { $0 == index }) + [layer]
    }
  }
}

/// Parts in a row, cut into so many stages that the largest is as small as it can be.
struct PipelineStages {
  let parts: [Resident]
  let count: Int

  /// The largest stage of the best cut, found by halving the range of its size.
  var largest: Resident {
    var low = 0.0
    var high = parts.reduce(0) { $0 + $1.total }
    var best = stages(within: high)
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      let cut = stages(within: middle)
      if cut.count <= count, cut.allSatisfy({ $0.total <= middle }) {
        high = middle
        best = cut
      } else {
        low = middle
      }
    }
    return best.max { $0.total < $1.total } ?? Resident()
  }

  /// The stages if each takes as many parts as a limit allows, at least one.
  private func stages(within limit: Double) -> [Resident] {
    var stages: [Resident] = []
    for part in parts {
      if let last = stages.last, last.total + part.total <= limit {
        stages[stages.count - 1].weights += part.weights
        stages[stages.count - 1].cache += part.cache
      } else {
        stages.append(part)
      }
    }
    return stages
  }
}
