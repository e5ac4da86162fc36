internal import Architectures
internal import Documents
internal import Hardware
public import Quantities
internal import ReductionMethods

extension Estimate {
  /// By how much the request exceeds what the engine may take of the device's memory; zero if it fits, nil where the
  /// capacity is not known.
  public var excess: Bytes? { setting.memory.excess(footprint) }

  /// Whether the request fits into what the engine may take; nil where the device's capacity is not known.
  public var fits: Bool? { excess.map { $0 == .zero } }

  /// Whether it fits with less than 3 % of that to spare, which the next version of anything may need.
  public var isTight: Bool {
    guard fits == true, let limit = setting.memory.limit else { return false }
    return footprint.total > 0.97 * limit
  }

  /// What the engine may take of the device's memory; nil where the capacity is not known.
  public var memoryLimit: Bytes? { setting.memory.limit }

  /// What is left for the caches of all requests on one device, that with room for the fewest tokens; nil where the
  /// capacity is not known, and without a language model.
  public var cacheCapacity: Bytes? { setting.pool(footprint.activations)?.bytes }

  /// The tokens that this has room for, as if every layer kept all of them; nil as `cacheCapacity`, and where no layer has
  /// a cache that grows.
  public var cacheTokens: Int? { setting.pool(footprint.activations)?.tokens }

  /// The largest batch that fits into the device's memory, all else equal, up to `Workload.batchLimit`; 0 if not even
  /// one sequence fits, nil where the capacity is not known.
  ///
  /// Found on the footprint itself: it fits, and a batch of one more does not.
  public var largestBatch: Int? {
    guard let limit = setting.memory.limit else { return nil }
    return setting.limits.withLock { memory in
      memory.batch(of: workload, visualInput.reduction?.reducer.name) { memory in
        // Weights do not grow with the batch, nor does what is set aside.
        let isSetAside = setting.memory.workspace != nil
        let growing = footprint.cache + (isSetAside ? .zero : footprint.activations)
        let guess = (limit - (footprint.total - growing)) / (growing / Double(workload.batch))
        return Self.largest(upTo: Workload.batchLimit, guess: guess) { batch in
          batch == 0
            || fits(footprint(batch: batch, context: workload.context, &memory))
        }
      }
    }
  }

  /// The longest context, in tokens that are in the cache before the request, that fits into the device's memory, all
  /// else equal, up to `Workload.positionLimit`; nil if not even none fits, where the capacity is not known, without a
  /// language model, and under rules that know no context.
  public var longestContext: Int? {
    guard let limit = setting.memory.limit, model.language != nil, accounting.knowsEveryPass else { return nil }
    return setting.limits.withLock { memory in
      let empty = footprint(batch: workload.batch, context: 0, &memory)
      guard fits(empty), let without = empty?.total else { return nil }
      let probe = 1 << 20
      guard let with = footprint(batch: workload.batch, context: probe, &memory)?.total else { return nil }
      let guess = (limit - without) / (with - without) * Double(probe)
      return Self.largest(upTo: Workload.positionLimit, guess: guess) { context in
        fits(footprint(batch: workload.batch, context: context, &memory))
      }
    }
  }

  private func fits(_ footprint: Footprint?) -> Bool {
    footprint.flatMap { setting.memory.excess($0) } == .zero
  }

  /// What would be resident with another batch or context; nil if they are out of range.
  private func footprint(batch: Int, context: Int, _ memory: inout LimitMemory) -> Footprint? {
    var other = serving
    other.context = context
    let asked = try? visualInput.workload(
      for: model, textTokens: workload.textTokens, batch: batch, kernels: accounting.kernels ?? .fused, serving: other)
    guard let asked, (try? setting.check(asked)) != nil else { return nil }
    return setting.footprint(asked, &memory)
  }

  /// The largest number up to a limit that fits, if 0 does and all numbers below one that fits do.
  ///
  /// Searched from the guess outwards in doubling steps, then by halving: two probes if the guess is right.
  private static func largest(upTo limit: Int, guess: Double, where fits: (Int) -> Bool) -> Int {
    var low = 0
    var high = limit + 1
    var at = guess > 0 ? Int(min(guess, Double(limit))) : 0
    var step = 1
    while high - low > 1 {
      at = min(max(at, low + 1), high - 1)
      if fits(at) {
        low = at
        at = high > limit ? at + step : (low + high) / 2
      } else {
        high = at
        at = low == 0 ? at - step : (low + high) / 2
      }
      step = step > limit ? step : 2 * step
    }
    return low
  }
}
