public import Architectures
public import Documents
public import Hardware
public import Operators
internal import Quantities
public import Reduction

/// Reducers on one model and device at a common number of visual tokens, ranked by the time of all stages until the first token.
public struct Comparison: Sendable {
  /// A method's estimate.
  public struct Row: Sendable {
    /// The name of the method, for example `tome`; nil for the unreduced row.
    public var method: String?
    /// The estimate.
    public var estimate: Estimate
    /// How many times faster all stages together are than unreduced.
    public var speedup: Double
  }

  /// Visual tokens that methods were told to leave, at most.
  public let budget: Int
  /// The rows, fastest first, the unreduced one among them.
  public let rows: [Row]
  /// What could not be compared, and why, one sentence each.
  public let omissions: [String]

  /// Every one of `methods` as it comes closest to the budget without exceeding it; methods inside the language model
  /// meet it on average over its layers. Those that cannot meet it, or cannot work here, are left out and said to be.
  ///
  /// - Throws: `Diagnostic` if the model has no vision encoder and language model, if the budget is not from 1 to the
  ///   encoder's tokens, or as `Estimate` does.
  public init(
    _ model: Model, on hardware: Accelerator, precision: Precision, methods: [Reducers.Method], budget: Int,
    features: VisualFeatures, textTokens: Int, batch: Int = 1, accounting: Accounting = .exact()
  ) throws(Diagnostic) {
    try self.init(
      model, on: hardware, precision: precision, methods: methods, budget: budget, textTokens: textTokens,
      batch: batch, accounting: accounting
    ) { (chain) throws(Diagnostic) in
      try .reduced(by: chain, in: model) { () throws(Diagnostic) in features }
    }
  }

  /// The same, where `input` says what a chain leaves of an image.
  ///
  /// - Throws: `Diagnostic` as above; what `input` throws is an omission.
  public init(
    _ model: Model, on hardware: Accelerator, precision: Precision, methods: [Reducers.Method], budget: Int,
    textTokens: Int, batch: Int = 1, accounting: Accounting = .exact(),
    input: (ReducerChain) throws(Diagnostic) -> VisualInput
  ) throws(Diagnostic) {
    guard let vision = model.vision, model.language != nil else {
      throw Diagnostic("\(model.name) lacks a vision encoder or a language model; reducers are compared on both")
    }
    guard (1...vision.encoder.patches).contains(budget) else {
      throw Diagnostic(
        "expected a budget from 1 to the \(vision.encoder.patches) visual tokens of \(model.name), found \(budget)")
    }
    func estimate(_ input: VisualInput) throws(Diagnostic) -> Estimate {
      try Estimate(
        model, on: hardware, precision: precision, visualInput: input, textTokens: textTokens, batch: batch,
        accounting: accounting)
    }
    let unreduced = try estimate(.tokens(vision.encoder.patches))
    let grid = VisualFeatures.Grid(rows: vision.encoder.gridSize, columns: vision.encoder.gridSize)
    let layers = model.language?.layers ?? 0
    let tokenBudget = TokenBudget(
      tokens: budget, grid: grid, encoder: (vision.encoder, vision.layersUsed), languageLayers: layers)
    var rows = [Row(method: nil, estimate: unreduced, speedup: 1)]
    var omissions: [String] = []
    for method in methods {
      guard let specification = tokenBudget.specification(of: method) ?? method.withoutSettings else {
        omissions.append("\(method.name) has no setting that leaves at most \(budget) tokens")
        continue
      }
      do {
        let chain = try ReducerChain(specification)
        let reduced = try estimate(input(chain))
        let mean = reduced.workload.visualTokens.mean(layers: layers)
        guard mean <= Double(budget) else {
          omissions.append("\(specification) leaves \(mean.fixed(0)) visual tokens on average, more than \(budget)")
          continue
        }
        rows.append(
          Row(method: method.name, estimate: reduced, speedup: unreduced.totalSeconds / reduced.totalSeconds))
      } catch {
        omissions.append("\(specification): \(error.message)")
      }
    }
    self.budget = budget
    self.rows = rows.sorted { $0.estimate.totalSeconds < $1.estimate.totalSeconds }
    self.omissions = omissions
  }
}

extension Reducers.Method {
  /// The specification of a method that cannot be set.
  fileprivate var withoutSettings: String? { usage == name ? name : nil }
}
