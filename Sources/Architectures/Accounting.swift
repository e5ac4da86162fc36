public import Documents
public import Operators
internal import Quantities

/// A part of a request that is timed on its own.
public enum Stage: String, Sendable, Hashable, CaseIterable {
  /// The vision encoder.
  case vision
  /// The projection of visual tokens to the language model's width.
  case connector
  /// Dropping and merging visual tokens, which happens before the connector.
  case reduction
  /// The language model over the whole prompt.
  case prefill
  /// The language model over one generated token after another.
  case decode
}

/// The operators of one stage.
public struct StageOperators: Sendable, Hashable {
  /// Which stage.
  public var stage: Stage
  /// Its operators in the order of the work.
  public var operators: [Operator]

  /// The operators of `stage`.
  public init(_ stage: Stage, _ operators: [Operator]) {
    self.stage = stage
    self.operators = operators
  }
}

/// A set of counting rules: which operators a model's work consists of, and what must be resident.
public struct Accounting: Sendable {
  /// The operators of every stage of a model's work.
  public typealias Stages = @Sendable (Model, Workload) throws(Diagnostic) -> [StageOperators]
  /// The operators of one step of decoding, counted from 0; none for a model without a language model.
  public typealias DecodeStep = @Sendable (Model, Workload, Int) -> [Operator]
  /// What is resident while those operators run.
  public typealias Resident = @Sendable (Model, Workload, Precision, [StageOperators]) -> Footprint

  /// The name on the command line and in reports.
  public var name: String
  /// The kernel style, where there is a choice.
  public var kernels: Kernels?
  /// What a precision may be called, for error messages.
  public var precisionNames: [String]
  /// The precision of a given name, or nil if there is none.
  public var precision: @Sendable (_ name: String) -> Precision?
  /// The operators of every stage; throws for a model that makes no sense or that the rules do not cover.
  public private(set) var stages: Stages
  /// The operators of one step of decoding; nil where the rules know prefills only.
  public var decodeStep: DecodeStep?
  /// What is resident.
  public var footprint: Resident
  /// What the rules leave out of a multimodal model, if anything.
  public var scope: String?
  /// What a reader of any figure must know of the rules, if anything.
  public var caveat: String?

  /// A set of counting rules from its parts.
  public init(
    name: String, kernels: Kernels?, precisionNames: [String],
    precision: @escaping @Sendable (_ name: String) -> Precision?, stages: @escaping Stages,
    decodeStep: DecodeStep? = nil, footprint: @escaping Resident, scope: String? = nil, caveat: String? = nil
  ) {
    self.name = name
    self.kernels = kernels
    self.precisionNames = precisionNames
    self.precision = precision
    self.stages = { (model, workload) throws(Diagnostic) in
      try model.validate()
      return try stages(model, workload)
    }
    self.decodeStep = decodeStep
    self.footprint = footprint
    self.scope = scope
    self.caveat = caveat
  }

  /// Counts what is really computed and moved; FLOPs equal torch's flop counter to the last digit.
  public static func exact(kernels: Kernels = .fused) -> Accounting {
    Accounting(
      name: "exact", kernels: kernels, precisionNames: Precision.all.map(\.name),
      precision: { name in Precision.all.first { $0.name == name.spelling } },
      stages: { (model, workload) throws(Diagnostic) in
        try model.check(workload)
        return model.shard(workload.parallelism).stages(workload, kernels: kernels)
      },
      decodeStep: { model, workload, step in
        model.shard(workload.parallelism).language?.decodeStep(step, of: workload, kernels: kernels) ?? []
      },
      footprint: { model, workload, precision, stages in
        let live = stages.flatMap { work in
          work.operators.map { $0.cost(at: work.stage.precision(precision)).liveActivations }
        }
        let resident = model.resident(workload, at: precision)
        return Footprint(
          weights: Bytes(resident.weights), cache: Bytes(resident.cache), activations: live.max() ?? .zero)
      })
  }
}

extension Stage {
  /// The precision of a stage's work: vision tower, connector and reducer are not quantised.
  public func precision(_ precision: Precision) -> Precision {
    self == .prefill || self == .decode ? precision : precision.unquantized
  }
}

extension Model {
  /// Refuses what the model cannot read: no text where images stand beside it, more text than there are positions.
  fileprivate func check(_ workload: Workload) throws(Diagnostic) {
    if language?.crossAttention != nil, workload.textTokens == 0 {
      throw Diagnostic("\(name) reads images beside its text and needs at least one text token; see --text-tokens")
    }
    if case .queryFormer(let former) = connector?.compressor, former.readsText, workload.textTokens > former.positions {
      throw Diagnostic(
        "\(name)'s Q-Former reads the text too and has \(former.positions) positions; \(workload.textTokens) text "
          + "tokens are more")
    }
  }

  /// The operators of every stage that the model has.
  fileprivate func stages(_ workload: Workload, kernels: Kernels) -> [StageOperators] {
    var stages: [StageOperators] = []
    if let vision {
      let images = workload.images * workload.ownBatch * vision.tiles
      stages.append(
        StageOperators(
          .vision,
          vision.encoder.forward(
            images: images, layersUsed: vision.layersUsed, kernels: kernels, schedule: workload.encoderTokens)))
    }
    if let connector {
      stages.append(StageOperators(.connector, connectorOperators(connector, workload, kernels)))
    }
    if !workload.reduction.isEmpty { stages.append(StageOperators(.reduction, workload.reduction)) }
    if let language { stages.append(StageOperators(.prefill, language.prefill(workload, kernels: kernels))) }
    return stages
  }

  /// The connector over the tokens that it gets: all those of tiles or for queries, else those that a reducer left.
  private func connectorOperators(
    _ connector: Connector, _ workload: Workload, _ kernels: Kernels
  ) -> [Operator] {
    let batch = workload.ownBatch
    if let compressor = connector.compressor, let vision {
      let images = Double(workload.images) * Double(batch)
      let tokens = Double(vision.tokensPerTile)
      let steps = compressor.operators(
        images: images, tokens: tokens, grid: vision.encoder.patchGrid, text: Double(workload.textTokens),
        kernels: kernels)
      return compressor.isLast
        ? connector.operators(rows: images * tokens) + steps
        : steps + connector.operators(rows: images * Double(compressor.tokens(of: vision.encoder)))
    }
    guard let vision, vision.tiles > 1 else {
      return connector.operators(tokens: workload.visualTokens.initial * batch)
    }
    let rows = Double(workload.images * batch * vision.tiles) * Double(vision.tokensPerTile)
    let width = Double(connector.widths.last ?? 0)
    // Padding is dropped and newlines are put in: what is left is copied to its place.
    let packed = Double(workload.visualTokens.initial * batch) * width
    return connector.operators(rows: rows)
      + [.gather("pack", reading: [.reads(packed), .weights(width)], writing: packed)]
  }
}
