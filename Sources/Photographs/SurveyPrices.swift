internal import Architectures
internal import Documents
internal import Estimation
internal import Hardware
internal import Operators
internal import Reduction

/// Estimates of visual inputs, each made once: pictures that leave equally many tokens cost the same.
struct SurveyPrices: Sendable {
  /// What of a visual input, besides a chain, decides the estimate.
  private struct Key: Hashable {
    var chain: Int
    var tokens: TokenSchedule
    var outcome: VisualInput.Outcome?
    var plan: EncoderPlan?
    /// The size of the picture where it matters.
    var image: ImageSize?
  }

  /// More are not held; there are few distinct numbers of tokens, but many sizes of pictures.
  private static let limit = 2048
  private var estimates: [Key: [Estimate]] = [:]

  /// The study of a picture.
  mutating func study(
    of inputs: ImageSurvey.Inputs, of path: String, _ request: ImageSurvey.Request
  ) throws(Diagnostic) -> Study {
    var columns: [[Estimate]] = []
    for (chain, input) in inputs.visualInputs.enumerated() {
      columns.append(try self.estimates(of: input, chain, inputs.model, request).map { $0.of(image: path) })
    }
    var rows: [Study.Row] = []
    for setting in 0..<(request.devices.count * request.precisions.count) {
      for (chain, column) in columns.enumerated() {
        let baseline = chain > 0 ? columns[0][setting] : nil
        rows.append(Study.Row(estimate: column[setting], baseline: baseline))
      }
    }
    return Study(rows: rows)
  }

  /// The estimates on all devices at all precisions, the devices outermost.
  private mutating func estimates(
    of input: VisualInput, _ chain: Int, _ model: Model, _ request: ImageSurvey.Request
  ) throws(Diagnostic) -> [Estimate] {
    let key = Key(
      chain: chain, tokens: input.tokens, outcome: input.reduction?.outcome, plan: input.reduction?.encoderPlan,
      image: model.vision?.image)
    if let known = estimates[key] { return known }
    var made: [Estimate] = []
    for device in request.devices {
      for precision in request.precisions {
        made.append(
          try Estimate(
            model, on: device, precision: precision, visualInput: input, textTokens: request.textTokens,
            batch: request.batch, accounting: request.accounting, serving: request.serving))
      }
    }
    if estimates.count >= Self.limit { estimates.removeAll() }
    estimates[key] = made
    return made
  }
}
