internal import Architectures
internal import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Questions
internal import Reduction
internal import ReductionMethods

/// The answer to a question in words, from its rows.
struct StudyAnswer {
  private let rows: [RowFigures]
  private let summary: AnswerSummary

  /// The answer of some rows; `summary` knows of all that there are.
  init(_ rows: [RowFigures], _ summary: AnswerSummary) { (self.rows, self.summary) = (rows, summary) }

  /// A sentence or a few: what dropping tokens buys, else the only row or the best one; and what does not fit.
  var sentences: [String] {
    let gains = self.gains
    return (gains.isEmpty ? best.map { [$0] } ?? [] : gains) + (misfit.map { [$0] } ?? [])
  }

  /// More reducers are not put into words.
  private static let limit = 3

  /// What every visual input gains over all visual tokens.
  private var gains: [String] {
    // What gains are over is among the rows, and nobody asks for another order.
    guard summary.rows == rows.count, rows.first?.rank == nil, rows.contains(where: { $0.row.baseline == nil }) else {
      return []
    }
    var names: [String] = []
    var byName: [String: [RowFigures]] = [:]
    for row in rows where row.row.baseline != nil {
      let name = row.estimate.visualTokens == 0 ? "" : row.estimate.inputName
      if byName[name] == nil { names.append(name) }
      byName[name, default: []].append(row)
    }
    guard names.count <= Self.limit else { return [] }
    return names.compactMap { name in byName[name].flatMap { gain(of: name, $0) } }
  }

  private func gain(of name: String, _ rows: [RowFigures]) -> String? {
    guard let first = rows.first, let baseline = first.row.baseline else { return nil }
    let factors = rows.compactMap(\.row.expectedTotalSpeedup)
    guard let least = factors.min(), let most = factors.max(), least.isFinite, most.isFinite else { return nil }
    let times = "\(baseline.expectedTotalSeconds) -> \(first.estimate.expectedTotalSeconds) expected"
    let example = rows.count > 1 ? "\(times), \(context(of: first))" : times
    var sentence =
      "\(name.isEmpty ? "Without visual tokens" : "With \(name)") the first token comes \(Self.sooner(least, most)) (\(example))"
    var whole: [Double] = []
    for var row in rows { if let factor = row.expectedRequestSpeedup { whole.append(factor) } }
    if let least = whole.min(), let most = whole.max() {
      sentence += ", the whole answer \(Self.sooner(least, most))"
    }
    return sentence
  }

  /// `2.7 x sooner`, `1.9 to 2.7 x sooner`, `1.1 x later`.
  private static func sooner(_ least: Double, _ most: Double) -> String {
    if most < 1 { return "\((1 / most).fixed(most > 1 / 1.1 ? 2 : 1)) x later" }
    let decimals = least < 1.1 ? 2 : 1
    let (low, high) = (least.fixed(decimals), most.fixed(decimals))
    return low == high ? "\(low) x sooner" : "\(low) to \(high) x sooner"
  }

  /// What tells a row from others, in words.
  private func context(of row: RowFigures) -> String {
    let names: [(String, (Estimate) -> String)] = [
      ("", { $0.model.name }), ("", { $0.hardware.name }), ("", { $0.serving.parallelism.summary ?? "one device" }),
      ("", { $0.precision.name }), ("KV cache in ", { $0.precision.cacheFormat?.rawValue ?? "" }),
      ("batch ", { "\($0.workload.batch)" }), ("text ", { "\($0.workload.textTokens)" }),
      ("", { $0.engine.name }), ("utilization ", { $0.engine.settings.utilization?.shortest ?? "" }),
      ("image ", { $0.model.vision?.pictures.compactMap { $0.image?.description }.joined(separator: " + ") ?? "" }),
      ("frames ", { $0.model.vision?.frames.map(String.init) ?? "" }),
      ("max pixels ", { $0.model.vision?.mostPixels.map(String.init) ?? "" }),
      ("rank ratio ", { $0.model.factors?.rankRatio?.shortest ?? "" }),
      ("LoRA rank ", { "\($0.model.factors?.adapterRank ?? 0)" }),
      ("context ", { "\($0.workload.context)" }), ("output ", { "\($0.workload.outputTokens)" }),
    ]
    let parts = names.compactMap { name, value -> String? in
      let own = value(row.estimate)
      guard !own.isEmpty, rows.contains(where: { value($0.estimate) != own }) else { return nil }
      return name + own
    }
    return parts.isEmpty ? row.estimate.precision.name : parts.joined(separator: ", ")
  }

  /// The only row, the first in an order, or the soonest.
  private var best: String? {
    guard let first = rows.first else { return nil }
    if rows.count == 1 { return "\(Self.times(first))\(Self.memory(first.estimate))" }
    let best = first.rank == 1 ? first : summary.soonest
    guard let best else { return nil }
    let place = context(of: best) + (best.estimate.visualInput.reduction.map { ", \($0.reducer.name)" } ?? "")
    let tokens = Set(rows.map(\.estimate.visualTokens)).count > 1 ? ", \(best.estimate.visualTokens) visual tokens" : ""
    return "\(first.rank == 1 ? "First" : "Soonest"): \(place)\(tokens). \(Self.times(best))"
  }

  private static func times(_ row: RowFigures) -> String {
    var row = row
    let estimate = row.estimate
    let bound = estimate.mainStage.map { ", bound by \($0.bound.rawValue)" } ?? ""
    guard estimate.model.language != nil else {
      return "A forward pass is expected to take \(estimate.expectedTotalSeconds)\(bound)"
    }
    let first = "The first token is expected after \(estimate.expectedTotalSeconds)\(bound)"
    guard let request = row.expectedRequest else { return first }
    let rate = request.tokensPerSecond.map { ", \($0.fixed($0 < 100 ? 1 : 0)) tokens/s" } ?? ""
    return "\(first); the whole answer after \(request.request)\(rate)"
  }

  private static func memory(_ estimate: Estimate) -> String {
    guard let limit = estimate.memoryLimit else { return "; it needs \(estimate.footprint.total)" }
    return "; it needs \(estimate.footprint.total) of \(limit)"
  }

  /// What does not fit, if anything.
  private var misfit: String? {
    guard summary.misfits > 0 else { return nil }
    if summary.misfits == summary.rows {
      return summary.rows == 1 ? "It does NOT fit into memory" : "NONE of these fits into memory"
    }
    return "\(summary.misfits) of \(summary.rows) rows do not fit into memory"
  }
}
