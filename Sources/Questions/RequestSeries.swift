internal import Architectures
package import Catalog
package import Documents
package import Estimation
internal import Engines
internal import Hardware
internal import Operators
package import ReductionMethods

/// Requests of one model on one device at one precision, estimated one by one: the lengths are said with each.
///
/// After the first an estimate takes some microseconds. A value; each thread has its own.
package struct RequestSeries: Sendable {
  /// How long a request is.
  package struct Lengths: Sendable, Hashable {
    /// Visual tokens of a sequence; nil for what the question says.
    package var visualTokens: Int?
    /// Text tokens of a sequence, sequences, tokens to generate, tokens in the cache before.
    package var textTokens, batch, outputTokens, context: Int

    /// A prefill of some text beside an image, unless stated otherwise.
    package init(
      visualTokens: Int? = nil, textTokens: Int = 40, batch: Int = 1, outputTokens: Int = 0, context: Int = 0
    ) {
      (self.visualTokens, self.textTokens, self.batch) = (visualTokens, textTokens, batch)
      (self.outputTokens, self.context) = (outputTokens, context)
    }
  }

  /// The lengths that the question says.
  package let lengths: Lengths
  /// The model that reads.
  package var model: String { study.subjects[0].model.name }
  private let study: Study
  private let input: VisualInput
  private let baseline: VisualInput?
  private var serving: Serving
  private var estimator: Estimator

  /// The requests of a question about one model on one device.
  ///
  /// - Throws: `Diagnostic` for what is not known, makes no sense together, or is not one.
  package init(_ question: Question, in catalog: Catalog) throws(Diagnostic) {
    let one = try question.oneRequest(try question.study(in: catalog, precisions: ["fp16"]))
    guard one.study.count == 1 else {
      throw Diagnostic("one estimate is made; give one --gpu, found \(one.study.devices.count)")
    }
    (study, baseline) = (one.study, one.baseline)
    input = study.subjects[0].inputs[0]
    let place = study.place(ofBlock: 0)
    serving = study.serving(at: place)
    lengths = Lengths(
      textTokens: study.textTokens[0], batch: study.batches[0], outputTokens: study.outputTokens[0],
      context: study.contexts[0])
    estimator = try Estimator(
      study.subjects[0].model, on: study.devices[0], at: (study.subjects[0].precisions ?? study.precisions)[0],
      accounting: study.accounting, parallelism: serving.parallelism, engine: study.engines[0][0])
  }

  /// The row of a request.
  ///
  /// - Throws: `Diagnostic` if lengths are out of range, or do not suit the model.
  package mutating func row(_ lengths: Lengths) throws(Diagnostic) -> Study.Row {
    guard let tokens = lengths.visualTokens else { return try row(input, comparedWith: baseline, lengths) }
    guard tokens >= 0 else { throw Diagnostic("expected visual tokens from 0, found \(tokens)") }
    return try row(.tokens(tokens), comparedWith: nil, lengths)
  }

  /// The row of a request whose visual tokens a method of the caller's made fewer, beside all of them.
  ///
  /// - Parameters:
  ///   - reducer: the method, with what it costs.
  ///   - outcome: what it leaves of an image.
  /// - Throws: `Diagnostic` as the other, or if the model cannot do with fewer visual tokens.
  package mutating func row(
    _ lengths: Lengths, after reducer: any FeatureReducer, leaving outcome: VisualInput.Outcome
  ) throws(Diagnostic) -> Study.Row {
    let model = study.subjects[0].model
    guard let before = model.visualTokens else {
      throw Diagnostic("\(model.name) has no vision encoder whose tokens a reducer would make fewer")
    }
    guard (0...outcome.count).contains(outcome.kept), (1...before).contains(outcome.count) else {
      throw Diagnostic(
        "expected from 1 to \(before) tokens of an image, and no more patches kept, found \(outcome.count) and "
          + "\(outcome.kept)")
    }
    let reduced = VisualInput(
      tokens: TokenSchedule(outcome.count),
      reduction: VisualInput.Reduction(
        reducer: ReducerChain(reducer), outcome: outcome, width: model.vision?.encoder.block.width,
        tokensBefore: before))
    try reduced.check(in: model)
    return try row(reduced, comparedWith: .tokens(before), lengths)
  }

  private mutating func row(
    _ input: VisualInput, comparedWith baseline: VisualInput?, _ lengths: Lengths
  ) throws(Diagnostic) -> Study.Row {
    (serving.outputTokens, serving.context) = (lengths.outputTokens, lengths.context)
    let estimate = try estimator.estimate(
      input, textTokens: lengths.textTokens, batch: lengths.batch, serving: serving)
    guard let baseline else { return Study.Row(estimate: estimate, baseline: nil) }
    let all = try? estimator.estimate(
      baseline, textTokens: lengths.textTokens, batch: lengths.batch, serving: serving)
    return Study.Row(estimate: estimate, baseline: all)
  }
}
