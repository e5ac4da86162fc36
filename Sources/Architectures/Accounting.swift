public import Operators

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
}

/// The operators of one stage.
public struct StageOperators: Sendable, Hashable {
  public var stage: Stage
  public var operators: [Operator]

  /// The operators of `stage`.
  public init(_ stage: Stage, _ operators: [Operator]) {
    self.stage = stage
    self.operators = operators
  }
}

/// A set of counting rules: which operators a model's work consists of.
public struct Accounting: Sendable {
  /// The name on the command line and in reports.
  public var name: String
  /// The name of the kernel style, where there is a choice.
  public var kernels: Kernels?
  /// The precision of a given name, or nil if there is none.
  public var precision: @Sendable (_ name: String) -> Precision?
  /// What a precision may be called, for error messages.
  public var precisionNames: [String]
  /// The operators of every stage of a model's work.
  public var stages: @Sendable (Model, Workload) -> [StageOperators]

  /// A set of counting rules from its parts.
  public init(
    name: String, kernels: Kernels?, precisionNames: [String],
    precision: @escaping @Sendable (_ name: String) -> Precision?,
    stages: @escaping @Sendable (Model, Workload) -> [StageOperators]
  ) {
    self.name = name
    self.kernels = kernels
    self.precisionNames = precisionNames
    self.precision = precision
    self.stages = stages
  }

  /// Counts what is really computed and moved, equal to torch's flop counter to the last digit.
  public static func exact(kernels: Kernels = .fused) -> Accounting {
    Accounting(
      name: "exact", kernels: kernels, precisionNames: Precision.all.map(\.name),
      precision: { name in Precision.all.first { $0.name == name } },
      stages: { model, workload in
        var stages: [StageOperators] = []
        let visualTokens = workload.visualTokens.initial
        if let vision = model.vision {
          let images = workload.images * workload.batch
          stages.append(
            StageOperators(
              .vision, vision.encoder.forward(images: images, layersUsed: vision.layersUsed, kernels: kernels)))
        }
        if let connector = model.connector {
          stages.append(StageOperators(.connector, connector.operators(tokens: visualTokens * workload.batch)))
        }
        if !workload.reduction.isEmpty { stages.append(StageOperators(.reduction, workload.reduction)) }
        if let language = model.language {
          stages.append(StageOperators(.prefill, language.prefill(workload, kernels: kernels)))
        }
        return stages
      })
  }
}
