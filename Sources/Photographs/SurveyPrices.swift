internal import Architectures
internal import Documents
internal import Estimation
internal import Questions
internal import Reduction
internal import ReductionMethods

/// Estimates of visual inputs, each made once: pictures that leave equally many tokens cost the same.
struct SurveyPrices: Sendable {
  /// What of a visual input, besides a chain, decides the estimate.
  private struct Key: Hashable {
    var chain: Int
    var tokens: TokenSchedule
    var outcome: VisualInput.Outcome?
    var plan: EncoderPlan?
    /// What the reducer left of every tile or frame.
    var parts: [VisualInput.Reduction.Part]
    /// The frames of a clip.
    var frames: Int?
    /// The size of the picture where it matters.
    var image: ImageSize?
  }

  /// More are not held; there are few distinct numbers of tokens, but many sizes of pictures.
  private static let limit = 2048
  private var estimates: [Key: [Estimate]] = [:]

  /// The rows of a picture, in the order of the study.
  mutating func rows(
    of inputs: ImageSurvey.Inputs, of path: String, _ request: ImageSurvey.Request
  ) throws(Diagnostic) -> [Study.Row] {
    var columns: [[Estimate]] = []
    for (chain, input) in inputs.visualInputs.enumerated() {
      columns.append(try self.estimates(of: input, chain, inputs.model, request).map { $0.of(image: path) })
    }
    return columns[0].indices.flatMap { block in
      columns.enumerated().map { chain, column in
        Study.Row(
          estimate: column[block], baseline: chain > 0 ? columns[0][block] : nil,
          isBaseline: chain == 0 && columns.count > 1)
      }
    }
  }

  /// The estimates of one visual input.
  private mutating func estimates(
    of input: VisualInput, _ chain: Int, _ model: MultimodalModel, _ request: ImageSurvey.Request
  ) throws(Diagnostic) -> [Estimate] {
    let key = Key(
      chain: chain, tokens: input.tokens, outcome: input.reduction?.outcome, plan: input.reduction?.encoderPlan,
      parts: input.reduction?.parts ?? [], frames: model.vision?.frames ?? model.images, image: model.vision?.image)
    if let known = estimates[key] { return known }
    var study = request.study
    study.subjects = [Study.Subject(model, [input])]
    let made = try study.rows().map(\.estimate)
    if estimates.count >= Self.limit { estimates.removeAll() }
    estimates[key] = made
    return made
  }
}
