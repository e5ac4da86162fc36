public import Architectures
public import Documents
public import Hardware
public import Operators
public import Quantities

/// How long a request takes on a device, what bounds it, what it moves and what it needs.
///
/// Of a request that generates tokens `decode` tells of their steps, `request` and `expectedRequest` of the whole.
public struct Estimate: Sendable {
  /// What runs.
  public let model: Model
  /// Where it runs.
  public let hardware: Accelerator
  /// The formats it is stored and computed in.
  public let precision: Precision
  /// The counting rules.
  public let accounting: Accounting
  /// Where its visual tokens come from.
  public private(set) var visualInput: VisualInput
  /// How many tokens, sequences and images there are.
  public let workload: Workload
  /// What is asked besides the prompt.
  public let serving: Serving
  /// The steps of decoding; nil if no token is generated but the first, which comes from the prefill.
  public let decode: DecodeEstimate?
  /// The stages up to the first token, in the order in which reports list them.
  public let stages: [StageEstimate]
  /// What is resident at the peak.
  public let footprint: Footprint

  /// The estimate of one request of `batch` sequences.
  ///
  /// - Throws: `Diagnostic` if the visual input does not fit the model, if the sizes are out of range, or if tokens are
  ///   to be generated or a context is given and the model has no language model or the rules know prefills only.
  public init(
    _ model: Model, on hardware: Accelerator, precision: Precision, visualInput: VisualInput, textTokens: Int,
    batch: Int = 1, accounting: Accounting = .exact(), serving: Serving = Serving()
  ) throws(Diagnostic) {
    self.model = model
    self.hardware = hardware
    self.precision = precision
    self.accounting = accounting
    self.visualInput = visualInput
    self.serving = serving
    try serving.parallelism.check(hardware)
    let rates = Rates(hardware, at: precision)
    let work = try RequestWork(
      model, visualInput, textTokens, batch, serving, accounting, choosingBy: rates.idealSeconds)
    workload = work.workload
    let unquantized = Rates(hardware, at: precision.unquantized)
    let launch = work.language.map { Launch(work.workload.prefill(of: $0)) }
    stages = work.stages.map { stage in
      stage.stage == .prefill
        ? StageEstimate(stage, rates, launch: launch ?? .stream) : StageEstimate(stage, unquantized)
    }
    footprint = work.footprint(at: precision)
    decode =
      if let language = work.language, let series = work.decoding {
        try DecodeEstimate(series, PriceList(language, accounting, rates))
      } else { nil }
  }

  /// The same estimate of another image that leaves as many tokens.
  public func of(image name: String) -> Estimate {
    var copy = self
    if copy.visualInput.reduction?.sample != nil { copy.visualInput.reduction?.sample = name }
    return copy
  }

  /// The stage that the headline figures speak of: the prefill or, for a vision encoder alone, its forward pass.
  public var mainStage: StageEstimate? { stages.first { $0.stage == .prefill } ?? stages.first }

  /// The ideal time of the main stage.
  public var prefillSeconds: Seconds { mainStage?.seconds ?? .zero }

  /// The expected time of the main stage.
  public var expectedPrefillSeconds: Seconds { mainStage?.expectedSeconds ?? .zero }

  /// The ideal time of all stages: that until the first token.
  public var totalSeconds: Seconds { stages.map(\.seconds).sum() }

  /// The expected time of all stages: that until the first token.
  public var expectedTotalSeconds: Seconds { stages.map(\.expectedSeconds).sum() }

  /// Whether the request fits into the device's memory; nil where its capacity is not known.
  public var fits: Bool? { hardware.capacity.map { footprint.total <= $0.value } }

  /// Tokens of one sequence that enter the language model's first layer: without visual ones where layers of their own
  /// read those.
  public var promptTokens: Int { model.language?.prompt(workload).initial ?? workload.tokens }

  /// Visual tokens of one sequence in the first layer.
  public var visualTokens: Int { workload.visualTokens.initial }
}
