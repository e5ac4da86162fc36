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
package struct StageOperators: Sendable, Hashable {
  /// Which stage.
  package var stage: Stage
  /// Its operators in the order of the work.
  package var operators: [Operator]
  /// Kernels that a host launches for them one by one; 0 where launches are counted by layers, or not at all.
  package var launches: Double

  /// The operators of `stage`.
  package init(_ stage: Stage, _ operators: [Operator], launches: Double = 0) {
    (self.stage, self.operators, self.launches) = (stage, operators, launches)
  }
}

/// A set of counting rules: which operators a model's work consists of, and what must be resident.
public struct Accounting: Sendable {
  /// Refuses a model or a workload that the rules do not cover.
  public typealias Check = @Sendable (MultimodalModel, Workload) throws(Diagnostic) -> Void
  /// The operators of the stages before the language model.
  package typealias Before = @Sendable (MultimodalModel, Workload) -> [StageOperators]
  /// Adds the operators of one pass of a language model, or of one device's share of it, to a list.
  package typealias PassTable = @Sendable (LanguageModel, Pass, inout OperatorList) -> Void
  /// What is resident while the operators of some stages run.
  package typealias Resident = @Sendable (Residency, Workload, [StageOperators]) -> Footprint

  /// The name on the command line and in reports.
  public var name: String
  /// The kernel style, where there is a choice.
  public var kernels: Accounting.Kernels?
  /// What a precision may be called, for error messages.
  public var precisionNames: [String]
  /// The precision of a given name, or nil if there is none.
  public var precision: @Sendable (_ name: String) -> Precision?
  /// Refuses what the rules do not cover.
  public var check: Check
  /// The stages before the language model.
  package var before: Before = { _, _ in [] }
  /// The operators of a pass.
  package var pass: PassTable
  /// Whether the rules know any pass, not only prefills of an empty cache on one device.
  public var knowsEveryPass = false
  /// What is resident.
  package var footprint: Resident
  /// What the rules leave out of a multimodal model, if anything.
  public var scope: String?
  /// What a reader of any figure must know of the rules, if anything.
  public var caveat: String?

  /// Counts what is really computed and moved; FLOPs equal torch's flop counter to the last digit.
  public static func exact(kernels: Accounting.Kernels = .fused) -> Accounting {
    Accounting(
      name: "exact", kernels: kernels, precisionNames: Precision.all.map(\.name),
      precision: { name in Precision.all.first { $0.name == name.spelling } },
      check: { (model, workload) throws(Diagnostic) in try model.check(workload) },
      before: { model, workload in model.stagesBefore(workload, kernels: kernels) },
      pass: { language, pass, list in language.append(pass, kernels: kernels, to: &list) },
      knowsEveryPass: true,
      footprint: { residency, workload, stages in
        var live = Bytes.zero
        for work in stages {
          let widths = residency.widths(of: work.stage)
          for operation in work.operators { live = max(live, operation.cost(widths).liveActivations) }
        }
        let resident = residency.resident(workload)
        return Footprint(weights: Bytes(resident.weights), cache: Bytes(resident.cache), activations: live)
      })
  }

  /// The operators of every stage up to the first token, on the busiest device of those that the model is spread over.
  ///
  /// `cost` decides between ways to do the same work; see `OperatorList`.
  /// - Throws: `Diagnostic` for a model that makes no sense, or a model or workload that the rules do not cover.
  package func stages(
    _ model: MultimodalModel, _ workload: Workload, choosingBy cost: OperatorList.Cost? = nil
  ) throws(Diagnostic) -> [StageOperators] {
    try model.validate()
    try check(model, workload)
    let model = model.shard(workload.parallelism)
    return before(model, workload)
      + (model.language.map {
        [StageOperators(.prefill, operators($0, workload.prefill(of: $0), choosingBy: cost))]
      } ?? [])
  }

  /// The operators of one pass, in the order of the work.
  package func operators(
    _ language: LanguageModel, _ pass: Pass, choosingBy cost: OperatorList.Cost? = nil
  ) -> [Operator] {
    OperatorList.of(choosingBy: cost) { self.pass(language, pass, &$0) }
  }
}

extension Stage {
  /// The precision of a stage's work: vision tower, connector and reducer are not quantised.
  public func precision(_ precision: Precision) -> Precision {
    self == .prefill || self == .decode ? precision : precision.unquantized
  }
}

extension MultimodalModel {
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

  /// The operators of every stage before the language model that the model has.
  fileprivate func stagesBefore(_ workload: Workload, kernels: Accounting.Kernels) -> [StageOperators] {
    var stages: [StageOperators] = []
    // Pictures that are treated alike pass together.
    var pictures: [(vision: Vision, count: Int)] = []
    for picture in vision?.pictures ?? [] {
      if let index = pictures.firstIndex(where: { $0.vision.isTreated(as: picture) }) {
        pictures[index].count += 1
      } else {
        pictures.append((picture, 1))
      }
    }
    if !pictures.isEmpty {
      var operators: [Operator] = []
      for (vision, count) in pictures {
        let images = count * workload.images * workload.ownBatch * vision.sequencesPerImage
        operators += vision.encoder.forward(
          images: images, layersUsed: vision.layersUsed, kernels: kernels, schedule: workload.encoderTokens)
      }
      stages.append(StageOperators(.vision, operators))
    }
    if let connector {
      var operators: [Operator] = []
      for (vision, count) in pictures {
        operators += connectorOperators(
          connector, of: vision, images: count * workload.images, isAlone: pictures.count == 1, workload, kernels)
      }
      stages.append(StageOperators(.connector, operators))
    }
    let reduction = workload.reduction
    if !reduction.operators.isEmpty {
      stages.append(StageOperators(.reduction, reduction.operators, launches: reduction.launches))
    }
    return stages
  }

  /// The connector over the tokens that it gets of some equal pictures: all those of tiles or for queries, else, of pictures
  /// that are alone, those that a reducer left.
  private func connectorOperators(
    _ connector: Connector, of vision: Vision, images count: Int, isAlone: Bool, _ workload: Workload,
    _ kernels: Accounting.Kernels
  ) -> [Operator] {
    let batch = workload.ownBatch
    let visualTokens = isAlone ? workload.visualTokens.initial : count * vision.tokensPerImage
    var list = OperatorList()
    if let compressor = connector.compressor {
      let images = Double(count * vision.sequencesPerImage) * Double(batch)
      let tokens = Double(vision.tokensPerTile)
      if compressor.isLast { connector.append(rows: images * tokens, to: &list) }
      if !connector.entry.isEmpty {
        list.scope = "entry"
        connector.entrance.append(rows: images * tokens, to: &list)
        list.scope = nil
      }
      compressor.append(
        images: images, tokens: tokens, grid: vision.encoder.patchGrid, text: Double(workload.textTokens),
        kernels: kernels, to: &list)
      if !compressor.isLast {
        let sets = images / Double(compressor.imagesTogether)
        connector.append(rows: sets * Double(compressor.tokens(of: vision)), to: &list)
      }
    } else if vision.tiles > 1 {
      let width = Double(connector.widths.last ?? 0)
      // Padding is dropped and newlines are put in: what is left is copied to its place.
      let packed = Double(visualTokens * batch) * width
      let separators = connector.projectsSeparators ? vision.separators : 0
      let rows = vision.tiles * vision.cellsPerTile(merging: connector.merged) + separators
      let all = Double(count * batch) * Double(rows)
      connector.append(rows: workload.connectorTokens.map { Double($0 * batch) } ?? all, to: &list)
      list.add(
        Operator("pack", moving: Moves(tableWeights: width, activationsRead: packed, activationsWritten: packed)))
    } else {
      // Ends of rows are no patches.
      let patches = workload.connectorTokens ?? max(0, visualTokens - vision.separators * count)
      connector.append(rows: Double(patches * batch), to: &list)
    }
    return list.operators
  }
}

extension MultimodalModel.Vision {
  /// Whether another picture is cut and encoded as this one, whatever their sizes.
  fileprivate func isTreated(as other: MultimodalModel.Vision) -> Bool {
    encoder == other.encoder && tiles == other.tiles && tokensPerImage == other.tokensPerImage
      && separators == other.separators
  }
}
