internal import Architectures
internal import Documents
internal import Hardware
public import Quantities
internal import ReductionMethods

extension Estimate {
  /// By how much the request exceeds the device's memory; zero if it fits, nil where the capacity is not known.
  public var excess: Bytes? { hardware.capacity.map { max(.zero, footprint.total - $0.value) } }

  /// The largest batch that fits into the device's memory, all else equal, up to `Workload.batchLimit`; 0 if not even
  /// one sequence fits, nil where the capacity is not known.
  ///
  /// Found on the footprint itself: it fits, and a batch of one more does not.
  public var largestBatch: Int? {
    guard let capacity = hardware.capacity?.value else { return nil }
    return setting.limits.withLock { memory in
      memory.batch(of: workload, visualInput.reduction?.reducer.name) { memory in
        // All but the weights grows with the batch.
        let perSequence = (footprint.cache + footprint.activations) / Double(workload.batch)
        let guess = (capacity - footprint.weights) / perSequence
        return Self.largest(upTo: Workload.batchLimit, guess: guess) { batch in
          batch == 0
            || footprint(batch: batch, context: workload.context, &memory).map { $0.total <= capacity } ?? false
        }
      }
    }
  }

  /// The longest context, in tokens that are in the cache before the request, that fits into the device's memory, all
  /// else equal, up to `Workload.positionLimit`; nil if not even none fits, where the capacity is not known, without a
  /// language model, and under rules that know no context.
  public var longestContext: Int? {
    guard let capacity = hardware.capacity?.value, model.language != nil, accounting.knowsEveryPass else { return nil }
    return setting.limits.withLock { memory in
      guard let without = footprint(batch: workload.batch, context: 0, &memory)?.total, without <= capacity else {
        return nil
      }
      let probe = 1 << 20
      guard let with = footprint(batch: workload.batch, context: probe, &memory)?.total else { return nil }
      let guess = (capacity - without) / (with - without) * Double(probe)
      return Self.largest(upTo: Workload.positionLimit, guess: guess) { context in
        footprint(batch: workload.batch, context: context, &memory).map { $0.total <= capacity } ?? false
      }
    }
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
