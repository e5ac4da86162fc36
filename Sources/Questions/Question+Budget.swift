public import Architectures
public import Documents
public import Estimation
internal import Quantities
internal import Reduction
public import ReductionMethods

extension Question {
  /// All visual tokens of a model, and what every method leaves that is set to come as close to the budget as it can
  /// without exceeding it; methods inside the language model meet it on average over its layers. Those that cannot meet
  /// it, or cannot work here, are left out and said to be.
  ///
  /// - Throws: `Diagnostic` if the model has no vision encoder and language model, or if the budget is not from 1 to the
  ///   encoder's tokens.
  func subject(
    _ model: MultimodalModel, within budget: Int, _ features: () throws(Diagnostic) -> VisualFeatures
  ) throws(Diagnostic) -> Study.Subject {
    try subject(model, within: budget) { (chain) throws(Diagnostic) in
      try .reduced(by: chain, in: model, features: features)
    }
  }

  /// The same, where `input` says what a chain leaves of an image.
  public func subject(
    _ model: MultimodalModel, within budget: Int, input: (ReducerChain) throws(Diagnostic) -> VisualInput
  ) throws(Diagnostic) -> Study.Subject {
    guard let vision = model.vision, let language = model.language else {
      throw Diagnostic("\(model.name) lacks a vision encoder or a language model; reducers are compared on both")
    }
    guard (1...vision.encoder.patches).contains(budget) else {
      throw Diagnostic(
        "expected a budget from 1 to the \(vision.encoder.patches) visual tokens of \(model.name), found \(budget)")
    }
    let grid = VisualFeatures.Grid(rows: vision.encoder.gridSize, columns: vision.encoder.gridSize)
    let settings = TokenBudget(
      tokens: budget, grid: grid, encoder: (vision.encoder, vision.layersUsed), languageLayers: language.layers)
    var inputs: [VisualInput] = [.tokens(vision.encoder.patches)]
    var omissions: [String] = []
    for method in try methods() {
      guard let specification = settings.specification(of: method) else {
        omissions.append("\(method.name) has no setting that leaves at most \(budget) tokens")
        continue
      }
      do {
        let reduced = try input(ReducerChain(specification))
        let mean = reduced.tokens.mean(layers: language.layers)
        guard mean <= Double(budget) else {
          omissions.append("\(specification) leaves \(mean.fixed(0)) visual tokens on average, more than \(budget)")
          continue
        }
        inputs.append(reduced)
      } catch {
        omissions.append("\(specification): \(error.message)")
      }
    }
    var subject = Study.Subject(model, inputs)
    subject.baseline = 0
    subject.omissions = omissions
    return subject
  }

  /// The methods that reducers name, each once.
  func methods() throws(Diagnostic) -> [Reducers.Method] {
    var methods: [Reducers.Method] = []
    for name in reducers.isEmpty ? ["all"] : reducers {
      let named = name.spelling == "all" ? Reducers.published : [try Reducers.entry(name)]
      for method in named where !methods.contains(where: { $0.name == method.name }) { methods.append(method) }
    }
    return methods
  }
}
