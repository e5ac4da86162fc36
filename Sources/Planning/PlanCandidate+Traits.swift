package import Documents
internal import Architectures
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Questions
internal import Serving

extension PlanCandidate {
  /// A quantity that tells candidates apart: a column of files and tables, and the words of it in names.
  package struct Trait: Sendable {
    /// The key in files, and what stands above it in tables for people.
    package let key, heading: String
    /// Whether it is a number.
    package var isNumber = false
    /// Whether it is of what drops visual tokens, and so not of a setting.
    var isOfInput = false
    /// Whether names have it though all candidates are alike.
    var isAlwaysNamed = false
    /// Whether tables for people have it; visual tokens stand behind what drops them.
    package var isShown = true
    /// The value, by which candidates are told apart.
    package let value: @Sendable (PlanCandidate) -> OutputValue
    /// What names say of it; nil where they say nothing, or say it in another place.
    var words: @Sendable (PlanCandidate) -> String? = { _ in nil }

    /// The cell of a table for people; empty where nothing was asked.
    package func text(_ candidate: PlanCandidate) -> String {
      switch value(candidate) {
      case .number(let number): number.shortest
      case .text(let text): text
      case .boolean, .null, .record, .records, .list: ""
      }
    }
  }

  /// All that tells the candidates of a plan apart, in the order of files, tables and names.
  package static let traits: [Trait] =
    [
      Trait(key: "hardware", heading: "device", value: { .text($0.estimate.hardware.name) }),
      Trait(
        key: "precision", heading: "precision", isAlwaysNamed: true, value: { .text($0.estimate.precision.name) },
        words: { $0.estimate.precision.name }),
      Trait(
        key: "kv_precision", heading: "KV format", value: { .text($0.estimate.precision.cacheFormat?.rawValue) },
        words: { candidate in candidate.estimate.precision.cacheFormat.map { "cache in \($0.rawValue)" } }),
      Trait(
        key: "reducer", heading: "reducer", isOfInput: true, isAlwaysNamed: true, value: { .text($0.input) },
        words: { $0.visualTokens > 0 || !$0.isUnreduced ? $0.inputText : nil }),
      Trait(
        key: "visual_tokens", heading: "visual", isNumber: true, isOfInput: true, isShown: false,
        value: { .number($0.visualTokens) }),
      Trait(
        key: "engine", heading: "engine", value: { .text($0.estimate.engine.name) },
        words: { $0.estimate.engine.name }),
      Trait(
        key: "tensor_parallel", heading: "TP", isNumber: true,
        value: { .number($0.estimate.serving.parallelism.tensor) }),
      Trait(
        key: "pipeline_parallel", heading: "PP", isNumber: true,
        value: { .number($0.estimate.serving.parallelism.pipeline) }),
      Trait(
        key: "expert_parallel", heading: "EP", isNumber: true,
        value: { .number($0.estimate.serving.parallelism.expert) }),
      Trait(key: "split", heading: "split", value: { .text($0.split.text) }),
    ] + engineTraits + modelTraits

  /// How an engine is set.
  private static let engineTraits: [Trait] = [
    Trait(
      key: "memory_utilization", heading: "utilization", isNumber: true,
      value: { .number($0.estimate.engine.settings.utilization) },
      words: { candidate in candidate.estimate.engine.settings.utilization.map { "\($0.shortest) of the memory" } }),
    Trait(
      key: "max_num_seqs", heading: "max seqs", isNumber: true, value: { .number($0.scheduler.sequences) },
      words: { "\($0.scheduler.sequences) sequences" }),
    Trait(
      key: "max_num_batched_tokens", heading: "max tokens", isNumber: true, value: { .number($0.scheduler.budget) },
      words: { "\($0.scheduler.budget) tokens a pass" }),
  ]

  /// In which form the model is stored.
  private static let modelTraits: [Trait] = [
    Trait(
      key: "rank_ratio", heading: "rank ratio", isNumber: true,
      value: { .number($0.estimate.model.factors?.rankRatio) },
      words: { candidate in candidate.estimate.model.factors?.rankRatio.map { "rank ratio \($0.shortest)" } }),
    Trait(
      key: "lora_rank", heading: "LoRA rank", isNumber: true,
      value: { .number($0.estimate.model.factors?.adapterRank ?? 0) },
      words: { candidate in
        let rank = candidate.estimate.model.factors?.adapterRank ?? 0
        return rank > 0 ? "LoRA of rank \(rank)" : "no LoRA"
      }),
  ]

  /// How the engine's scheduler is set.
  private var scheduler: SchedulerSettings { SchedulerSettings(estimate.engine, on: estimate.hardware) }

  /// The values of all traits, by which candidates are told apart.
  package var identity: [OutputValue] { Self.traits.map { $0.value(self) } }

  /// What tells it from others but for what drops visual tokens.
  var setting: Setting { Setting(values: Self.traits.filter { !$0.isOfInput }.map { $0.value(self) }) }

  /// All but what drops visual tokens.
  struct Setting: Hashable, Sendable {
    fileprivate let values: [OutputValue]
  }

  /// The traits in words, those in which the candidates of its plan differ and those that are always named.
  var traitWords: [String] {
    Self.traits.filter { $0.isAlwaysNamed || differing.contains($0.key) }.compactMap { $0.words(self) }
  }

  /// Tells every candidate of a plan in which traits they differ.
  static func findDifferences(_ candidates: inout [PlanCandidate]) {
    let differing = traits.filter { trait in
      guard let first = candidates.first.map(trait.value) else { return false }
      return candidates.contains { trait.value($0) != first }
    }
    let keys = Set(differing.map(\.key))
    for index in candidates.indices { candidates[index].differing = keys }
  }
}
