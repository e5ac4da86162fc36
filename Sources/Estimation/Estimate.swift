public import Architectures
public import Documents
public import Engines
public import Hardware
public import Operators
public import Quantities

/// How long a request takes on a device, what bounds it, what it moves and what it needs.
///
/// Of a request that generates tokens `decode` tells of their steps, `request` and `expectedRequest` of the whole.
public struct Estimate: Sendable {
  let setting: Setting
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

  init(
    _ setting: Setting, _ visualInput: VisualInput, _ workload: Workload, _ serving: Serving, decode: DecodeEstimate?,
    stages: [StageEstimate], footprint: Footprint
  ) {
    (self.setting, self.visualInput, self.workload, self.serving) = (setting, visualInput, workload, serving)
    (self.decode, self.stages, self.footprint) = (decode, stages, footprint)
  }

  /// The estimate of one request of `batch` sequences; see `Estimator` for many.
  ///
  /// - Throws: `Diagnostic` if the visual input does not fit the model, if the sizes are out of range, or if tokens are
  ///   to be generated or a context is given and the model has no language model or the rules know prefills only.
  public init(
    _ model: MultimodalModel, on hardware: Accelerator, precision: Precision, visualInput: VisualInput, textTokens: Int,
    batch: Int = 1, accounting: Accounting = .exact(), serving: Serving = Serving(), engine: Engine = .none
  ) throws(Diagnostic) {
    var estimator = try Estimator(
      model, on: hardware, at: precision, accounting: accounting, parallelism: serving.parallelism, engine: engine)
    self = try estimator.estimate(visualInput, textTokens: textTokens, batch: batch, serving: serving)
  }

  // Lent, not copied: rows of sweeps look at them dozens of times.

  /// What runs.
  public var model: MultimodalModel { _read { yield setting.model } }
  /// Where it runs.
  public var hardware: Accelerator { _read { yield setting.hardware } }
  /// Whether it has a language model.
  public var hasLanguage: Bool { setting.hasLanguage }
  /// The formats it is stored and computed in.
  public var precision: Precision { _read { yield setting.precision } }
  /// The counting rules.
  public var accounting: Accounting { _read { yield setting.accounting } }

  /// What runs it, as asked for.
  public var engine: Engine { _read { yield setting.engine } }

  /// The same estimate of another image that leaves as many tokens.
  public func of(image name: String) -> Estimate {
    var copy = self
    if copy.visualInput.reduction?.sample != nil { copy.visualInput.reduction?.sample = name }
    return copy
  }

  /// The place of the stage that the headline figures speak of: the prefill or, for a vision encoder alone, its pass.
  private var mainIndex: Int? {
    for index in stages.indices.reversed() where stages[index].stage == .prefill { return index }
    return stages.indices.first
  }

  /// The stage that the headline figures speak of: the prefill or, for a vision encoder alone, its forward pass.
  public var mainStage: StageEstimate? { mainIndex.map { stages[$0] } }

  /// The sums of the main stage; nothing without one.
  public var mainPrice: Price { mainIndex.map { stages[$0].price } ?? Price() }

  /// The ideal time of the main stage.
  public var prefillSeconds: Seconds { mainPrice.seconds }

  /// The expected time of the main stage.
  public var expectedPrefillSeconds: Seconds { mainPrice.expectedSeconds ?? .zero }

  /// The ideal time of all stages: that until the first token.
  public var totalSeconds: Seconds { stages.indices.reduce(.zero) { $0 + stages[$1].price.seconds } }

  /// The expected time of all stages: that until the first token.
  public var expectedTotalSeconds: Seconds { stages.indices.reduce(hostSeconds) { $0 + stages[$1].expectedSeconds } }

  /// What the engine's host takes for the request before its first stage.
  public var hostSeconds: Seconds { setting.hostSeconds(workload) }

  /// What the device waits for the engine's host until the first token, in all.
  public var waitingSeconds: Seconds { stages.indices.reduce(hostSeconds) { $0 + stages[$1].hostSeconds } }

  /// The ideal time until the first token that the link bounds.
  public var linkSeconds: Seconds { stages.indices.reduce(.zero) { $0 + stages[$1].price.secondsByBound[.link] } }

  /// Tokens of one sequence that enter the language model's first layer: without visual ones where layers of their own
  /// read those.
  public var promptTokens: Int { model.language?.prompt(workload).initial ?? workload.tokens }

  /// Visual tokens of one sequence in the first layer.
  public var visualTokens: Int { workload.visualTokens.initial }
}
