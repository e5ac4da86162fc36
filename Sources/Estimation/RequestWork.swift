internal import Architectures
internal import Documents
internal import Operators
internal import Reduction

/// The operators of a request, not priced yet.
struct RequestWork {
  let model: Model
  let accounting: Accounting
  let workload: Workload
  /// The stages up to the first token.
  let stages: [StageOperators]
  /// The operators of a step of decoding, counted from 0; nil if nothing is generated.
  let step: ((Int) -> [Operator])?

  /// What is resident at the peak: with the whole cache, during the stage or step that needs most.
  func footprint(at precision: Precision) -> Footprint {
    let last = step.map { [StageOperators(.decode, $0(workload.outputTokens - 1))] } ?? []
    return accounting.footprint(model, workload, precision, stages + last)
  }
}

extension Estimate {
  /// The operators of a request.
  ///
  /// - Throws: `Diagnostic` as `Estimate` does.
  static func work(
    _ model: Model, _ visualInput: VisualInput, _ textTokens: Int, _ batch: Int, _ serving: Serving,
    _ accounting: Accounting
  ) throws(Diagnostic) -> RequestWork {
    try model.validate()
    try serving.parallelism.check(model)
    let workload = try visualInput.workload(
      for: model, textTokens: textTokens, batch: batch, kernels: accounting.kernels ?? .fused, serving: serving)
    let decodes = workload.outputTokens > 0
    if decodes || workload.context > 0 || serving.parallelism.devices > 1 {
      guard model.language != nil else {
        throw Diagnostic("\(model.name) has no language model: it generates nothing and keeps no context")
      }
      guard accounting.decodeStep != nil else {
        throw Diagnostic(
          "\(accounting.name) accounting counts the prefill of an empty cache on one device only; use exact "
            + "accounting to generate tokens, to add to a context or to spread a model over devices")
      }
    }
    return RequestWork(
      model: model, accounting: accounting, workload: workload, stages: try accounting.stages(model, workload),
      step: decodes
        ? accounting.decodeStep.map { decodeStep in { step in decodeStep(model, workload, step) } } : nil)
  }
}
