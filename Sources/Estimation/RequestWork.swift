internal import Architectures
internal import Documents
internal import Operators
internal import Reduction

/// The operators of a request up to the first token, not priced yet, and its steps of decoding.
struct RequestWork {
  let model: Model
  let accounting: Accounting
  let workload: Workload
  /// The stages up to the first token.
  let stages: [StageOperators]
  /// One device's share of the language model.
  let language: LanguageModel?
  private let cost: OperatorList.Cost

  /// The work of a request.
  ///
  /// - Throws: `Diagnostic` as `Estimate` does.
  init(
    _ model: Model, _ visualInput: VisualInput, _ textTokens: Int, _ batch: Int, _ serving: Serving,
    _ accounting: Accounting, choosingBy cost: @escaping OperatorList.Cost
  ) throws(Diagnostic) {
    try model.validate()
    try serving.parallelism.check(model)
    workload = try visualInput.workload(
      for: model, textTokens: textTokens, batch: batch, kernels: accounting.kernels ?? .fused, serving: serving)
    if workload.outputTokens > 0 || workload.context > 0 || serving.parallelism.devices > 1 {
      guard model.language != nil else {
        throw Diagnostic("\(model.name) has no language model: it generates nothing and keeps no context")
      }
      guard accounting.knowsEveryPass else { throw Diagnostic(accounting.obstacle) }
    }
    self.model = model
    self.accounting = accounting
    stages = try accounting.stages(model, workload, choosingBy: cost)
    self.cost = cost
    language = model.shard(serving.parallelism).language
  }

  /// The steps of decoding; nil where there are none.
  var decoding: PassSeries? {
    guard let language, workload.decodeSteps > 0 else { return nil }
    return PassSeries(workload.decodeStep(0, of: language), count: workload.decodeSteps)
  }

  /// What is resident at the peak: with the whole cache, during the stage or step that needs most.
  func footprint(at precision: Precision) -> Footprint {
    let last = decoding.flatMap { series in
      language.map { [StageOperators(.decode, accounting.operators($0, series.last, choosingBy: cost))] }
    }
    return accounting.footprint(model, workload, precision, stages + (last ?? []))
  }
}
