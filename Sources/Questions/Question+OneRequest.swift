internal import Architectures
package import Documents
package import Estimation

extension Question {
  /// Refuses several of anything but devices and visual inputs.
  ///
  /// - Throws: `Diagnostic` that says which list has several.
  package func checkOneRequest() throws(Diagnostic) {
    let lists = [
      ("model", models.count), ("precision", max(1, precisions.count)), ("batch", batches.count),
      ("text-tokens", max(1, textTokens.count)), ("generate", max(1, outputTokens.count)), ("context", contexts.count),
      ("kv-precision", max(1, cacheFormats.count)), ("tensor-parallel", max(1, tensorParallel.count)),
      ("pipeline-parallel", pipelineParallel.count), ("expert-parallel", expertParallel.count),
      ("image-size", max(1, imageSizes.count)), ("engine", max(1, engines.count)),
      ("memory-utilization", max(1, memoryUtilizations.count)), ("max-num-seqs", max(1, maxSequences.count)),
      ("max-num-batched-tokens", max(1, maxBatchTokens.count)), ("frames", max(1, frames.count)),
      ("max-pixels", max(1, maxPixels.count)), ("rank-ratio", max(1, rankRatios.count)),
      ("lora-rank", max(1, loraRanks.count)),
    ]
    for (name, count) in lists where count != 1 {
      throw Diagnostic("one estimate is shown on each device; give one --\(name), found \(count)")
    }
    guard rows == RowSelection() else {
      throw Diagnostic(
        "one estimate is shown on each device, without rows to choose from; leave out --where, --sort, --top, --pareto and "
          + "--columns")
    }
  }

  /// Those rows of a study of this question that are the one request that is asked for, one on each device: all visual
  /// tokens, unless a reducer or a number of tokens is given. With them all visual tokens, where the request has fewer to
  /// be compared with them.
  ///
  /// - Throws: `Diagnostic` where several requests are asked for.
  package func oneRequest(_ study: Study) throws(Diagnostic) -> (study: Study, baseline: VisualInput?) {
    try checkOneRequest()
    guard study.blocks == study.devices.count, let subject = study.subjects.first, !subject.inputs.isEmpty else {
      throw Diagnostic("one estimate is shown on each device; the question has \(study.blocks)")
    }
    let input = try oneInput(of: subject)
    var one = study
    one.subjects[0].inputs = [input]
    one.subjects[0].baseline = nil
    return (one, input.reduction == nil ? nil : subject.baseline.map { subject.inputs[$0] })
  }

  private func oneInput(of subject: Study.Subject) throws(Diagnostic) -> VisualInput {
    let reduced = subject.inputs.filter { $0.reduction != nil }
    let isAsked = !reducers.isEmpty || !tokens.methods.isEmpty
    let counts =
      tokens.counts.isEmpty ? [] : subject.inputs.filter { $0.reduction == nil }.suffix(tokens.counts.count)
    let wanted = (tokens.isFull ? Array(subject.inputs.prefix(1)) : []) + counts + (isAsked ? reduced : [])
    let inputs = wanted.isEmpty ? Array(subject.inputs.prefix(1)) : wanted
    guard let input = inputs.first, inputs.count == 1 || tokens.isFull && isAsked && inputs.count == 2 else {
      throw Diagnostic("one estimate is shown; give one number of --tokens, or one --reducer")
    }
    return inputs.count == 2 ? inputs[1] : input
  }

  /// Tokens that a comparison of reducers leaves where nobody says how many.
  package static let usualBudget = 144

  /// The question as a comparison of reducers: with a budget, and by the time until the first token.
  ///
  /// - Throws: `Diagnostic` if it says the number of tokens otherwise.
  package func comparison() throws(Diagnostic) -> Question {
    guard tokens.isEmpty else { throw Diagnostic("--budget says how many tokens are left; leave out --tokens") }
    var question = self
    if budget == nil { question.budget = Self.usualBudget }
    if rows.order.isEmpty { question.rows.order = ["expected_time_to_first_token_seconds"] }
    return question
  }
}
