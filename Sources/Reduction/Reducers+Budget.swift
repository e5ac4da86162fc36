public import Architectures
internal import ReductionMethods

/// What decides how a method is told to leave a number of tokens.
public struct TokenBudget: Sendable {
  /// Visual tokens that should be left, at most.
  public let tokens: Int
  /// The patches of an image.
  public let grid: VisualFeatures.Grid
  /// The encoder and the layers of it that run, if there is one.
  public let encoder: (VisionEncoder, layersUsed: Int)?
  /// Layers of the language model.
  public let languageLayers: Int

  /// At most `tokens` of a grid of patches, for methods inside the language model on average over its layers.
  public init(
    tokens: Int, grid: VisualFeatures.Grid, encoder: (VisionEncoder, layersUsed: Int)? = nil, languageLayers: Int = 32
  ) {
    self.tokens = tokens
    self.grid = grid
    self.encoder = encoder
    self.languageLayers = languageLayers
  }

  /// The patches of an image.
  var patches: Int { grid.rows * grid.columns }

  /// The first of `specifications` that leaves at most the budget inside the encoder.
  private func first(_ specifications: some Sequence<String>) -> String? {
    guard let encoder else { return nil }
    for specification in specifications {
      guard let reducer = try? Reducers.method(specification) as? any EncoderReducer,
        let plan = try? reducer.plan(for: encoder.0, layersUsed: encoder.layersUsed)
      else { return nil }
      if plan.visualTokens <= tokens { return specification }
    }
    return nil
  }

  /// The specification with which a method comes closest to the budget without exceeding it; nil if it cannot.
  public func specification(of method: Reducers.Method) -> String? {
    guard (1...patches).contains(tokens) else { return nil }
    switch method.name {
    case "prumerge": return tokens > 1 ? "prumerge:ratio=\(share(tokens - 1))" : nil
    case "prumerge+": return evenlySpread
    case "sequential", "fastervlm": return "\(method.name):\(tokens)"
    case "random": return "random:\(tokens),seed=0"
    case "spatial": return spatial
    case "pool": return pool
    case "visionzip": return visionZip
    case "divprune": return "divprune:\(Double(tokens) / Double(patches))"
    case "tome", "crossget": return first((0...patches).lazy.map { "\(method.name):r=\($0)" })
    case "evit": return first((0...99).lazy.map { "evit:keep=\(Double(100 - $0) / 100)" })
    case "ats": return "ats:" + stages.map(String.init).joined(separator: "+")
    case "fastv": return fastV
    case "sparsevlm": return [192, 128, 64].first { $0 <= tokens }.map { "sparsevlm:\($0)" }
    default: return nil
    }
  }

  /// The share of the patches of which PruMerge makes so many: a half more, so that rounding cannot lose one.
  private func share(_ count: Int) -> Double {
    let share = min(1, (Double(count) + 0.5) / Double(patches))
    let short = (share * 10_000).rounded() / 10_000
    return Int(short * Double(patches)) == count ? short : share
  }

  /// PruMerge+ of a fixed share: as many again are spread evenly, and one token is left for the rest.
  private var evenlySpread: String? {
    for leading in stride(from: tokens, to: 0, by: -1) {
      let step = Int(1 / share(leading))
      if leading + stride(from: step / 2, to: patches - 1, by: step).underestimatedCount + 1 <= tokens {
        return "prumerge+:ratio=\(share(leading))"
      }
    }
    return nil
  }

  /// The rectangle of the most tokens; of several, the one closest to a square.
  private var spatial: String? {
    let sizes = (1...grid.rows).map { rows in (rows, columns: min(grid.columns, tokens / rows)) }
    let best = sizes.max { a, b in
      (a.0 * a.columns, -abs(a.0 - a.columns)) < (b.0 * b.columns, -abs(b.0 - b.columns))
    }
    return best.flatMap { $0.columns > 0 ? "spatial:\($0.0)x\($0.columns)" : nil }
  }

  /// FastV from layer 2 on: all patches in two layers and so many in the others that the mean is the budget.
  private var fastV: String? {
    let others = languageLayers - 2
    guard others > 0 else { return nil }
    let kept = (tokens * languageLayers - 2 * patches) / others
    guard kept > 0 else { return nil }
    let share = 1 - Double(kept) / Double(patches)
    let short = (share * 10_000).rounded() / 10_000
    return "fastv:K=2,R=\(Int((Double(patches) * (1 - short)).rounded()) == kept ? short : share)"
  }

  /// The smallest squares that leave few enough.
  private var pool: String? {
    (1...max(grid.rows, grid.columns)).first {
      ((grid.rows + $0 - 1) / $0) * ((grid.columns + $0 - 1) / $0) <= tokens
    }.map { "pool:\($0)" }
  }

  /// The published proportion of 54 dominant to 10 contextual tokens.
  private var visionZip: String? {
    let contextual = max(1, Int((Double(tokens) * 10 / 64).rounded()))
    return tokens > contextual ? "visionzip:\(tokens - contextual)+\(contextual)" : nil
  }

  /// Equal shares of the tokens at each of three stages, as EViT has them.
  private var stages: [Int] {
    let share = Double(tokens) / Double(patches)
    return [cubeRoot(share), cubeRoot(share * share), share].map { Int((Double(patches) * $0).rounded()) }
  }
}
