public import Documents

/// What of a planned pass decides its price.
public struct PassShape: Sendable, Hashable {
  /// A request that fills: `take` tokens after `computed`; `visual` of them are visual.
  public struct Fill: Sendable, Hashable {
    public var take, computed, visual: Int
  }

  /// Requests that decode, `take` tokens of each, after `context` in the mean.
  public struct Decodes: Sendable, Hashable {
    public var count, take, context: Int
  }

  /// Every request that fills.
  public var fills: [Fill] = []
  /// The requests that decode, by the number of their tokens.
  public var decodes: [Decodes] = []
  /// Positions whose logits are wanted.
  public var logits = 0

  /// No requests.
  public init() {}

  /// Takes all out, and keeps the storage.
  mutating func removeAll() {
    fills.removeAll(keepingCapacity: true)
    decodes.removeAll(keepingCapacity: true)
    logits = 0
  }
}

/// What passes take.
public protocol PassPricing: Sendable {
  /// Seconds of a pass.
  mutating func seconds(of pass: PassShape) throws(Diagnostic) -> Double
}

/// A price that is linear in what a pass has: for comparisons of schedulers alone.
package struct LinearPassPrice: PassPricing, Hashable {
  /// Seconds of a pass, a token, a token of context of a decode, a pair of tokens that attend in a fill, a row of logits.
  package var pass = 0.0, token = 0.0, context = 0.0, pair = 0.0, logit = 0.0

  /// A price of nothing.
  package init() {}

  /// The sum, from left to right as `Documentation/scheduler.md` has it.
  package func seconds(of shape: PassShape) -> Double {
    var (tokens, contexts, pairs) = (0, 0, 0)
    for fill in shape.fills {
      tokens += fill.take
      pairs += fill.take * (2 * fill.computed + fill.take + 1)
    }
    for group in shape.decodes {
      tokens += group.count * group.take
      contexts += group.count * group.context
    }
    let part = pass + token * Double(tokens) + context * Double(contexts)
    return part + pair * (Double(pairs) / 2) + logit * Double(shape.logits)
  }
}
