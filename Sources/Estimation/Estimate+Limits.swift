internal import Architectures
internal import Documents
internal import Engines
internal import Hardware
public import Quantities
internal import ReductionMethods

extension Estimate {
  /// By how much the request exceeds what the engine may take of the device's memory; zero if it fits, nil where the
  /// capacity is not known.
  public var excess: Bytes? { setting.memory.excess(footprint) }

  /// Whether the request fits into what the engine may take, and the engine runs the model there at all; nil where the
  /// device's capacity is not known.
  public var fits: Bool? { excess.map { $0 == .zero && obstacle == nil } }

  /// Why the engine does not run the model there, whatever is asked of it: its devices do not divide the model, or
  /// nothing is left for what it needs outside of its share of the memory; nil where it does.
  package var obstacle: String? { setting.obstacle }

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

  /// The largest batch that fits into the device's memory, all else equal, up to as many sequences as the engine takes
  /// into a pass and `Workload.batchLimit`; 0 if not even one sequence fits, nil where the capacity is not known.
  ///
  /// Found on the footprint itself: it fits, and a batch of one more does not.
  public var largestBatch: Int? {
    guard let limit = setting.memory.limit else { return nil }
    guard obstacle == nil else { return 0 }
    return setting.limits.withLock { memory in
      memory.batch(of: workload, visualInput.reduction?.reducer.name) { memory in
        // Weights do not grow with the batch, nor does what is set aside.
        let isSetAside = setting.memory.workspace != nil
        let growing = footprint.cache + (isSetAside ? .zero : footprint.activations)
        let guess = (limit - (footprint.total - growing)) / (growing / Double(workload.batch))
        return Self.largest(upTo: sequenceLimit ?? Workload.batchLimit, guess: guess) { batch in
          batch == 0 || fits(footprint(batch: batch, &memory))
        }
      }
    }
  }

  /// Sequences that the engine takes into a pass, of all devices that have sequences of their own; nil where that is not
  /// known.
  package var sequenceLimit: Int? {
    guard
      let limit = engine.scheduling?.sequences ?? engine.memory.largestPass?.size(on: hardware).sequences
    else { return nil }
    return Int(min(limit.value.value * Double(workload.parallelism.expert), Double(Workload.batchLimit)))
  }

  /// The longest context, in tokens that are in the cache before the request, that fits into the device's memory, all
  /// else equal, up to `Workload.positionLimit`; where any fits, as under windows alone, what the model was made for, or
  /// nil if that is not known. Nil if not even none fits, where the capacity is not known, without a language model, and
  /// under rules that know no context.
  public var longestContext: Int? {
    guard let limit = setting.memory.limit, hasLanguage, accounting.knowsEveryPass, obstacle == nil else {
      return nil
    }
    return setting.limits.withLock { memory in
      func footprint(behind context: Int) -> Footprint {
        setting.footprint(workload.behind(context), &memory)
      }
      let empty = footprint(behind: 0)
      guard fits(empty) else { return nil }
      let probe = 1 << 20
      let growth = footprint(behind: probe).total - empty.total
      // Whole blocks, of which the request's own tokens fill the last one only in part.
      let block = max(1, engine.memory.blockTokens.value.value)
      let own = Double(promptTokens + workload.decodeSteps)
      let blocks = ((limit - empty.total) / growth * Double(probe) / block).rounded(.down)
      let guess = blocks * block + (own / block).rounded(.up) * block - own
      let most = Self.largest(upTo: Workload.positionLimit, guess: guess) { fits(footprint(behind: $0)) }
      guard most == Workload.positionLimit else { return most }
      // Nothing grows with the context: the model is the limit.
      return model.language?.positions.map { max(0, $0 - promptTokens - workload.outputTokens) }
    }
  }

  private func fits(_ footprint: Footprint?) -> Bool {
    footprint.flatMap { setting.memory.excess($0) } == .zero
  }

  /// What would be resident with another batch; nil if it is out of range.
  private func footprint(batch: Int, _ memory: inout LimitMemory) -> Footprint? {
    let asked = try? visualInput.workload(
      for: model, textTokens: workload.textTokens, batch: batch, kernels: accounting.kernels ?? .fused,
      serving: serving)
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
