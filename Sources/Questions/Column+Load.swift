internal import Operators
internal import Quantities
internal import Architectures
internal import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Serving
internal import Traffic

extension Column {
  /// The columns of fleets under load, in the order of CSV files; those that estimates have, too, say here what was asked of
  /// the fleet.
  public static let load: [Column] = fleet + askedOfEstimates + figures

  /// What is asked of a fleet.
  private static let fleet: [Column] =
    [
      loaded("model", "model", .text, "the name of the model", isAsked: true) { .text($0.estimate.model.name) },
      loaded("hardware", "device", .text, "the name of the device", isAsked: true) { .text($0.estimate.hardware.name) },
      loaded("engine", "engine", .text, "whose scheduler, times and memory", isAsked: true) {
        .text($0.estimate.engine.name)
      },
      loaded("precision", "precision", .text, "how weights and activations are stored", isAsked: true) {
        .text($0.estimate.precision.name)
      },
      loaded("kv_precision", "KV format", .text, "the format of the key-value cache", isAsked: true) {
        .text($0.estimate.precision.cacheFormat?.rawValue)
      },
      loaded("reducer", "reducer", .text, "the token reducer", isAsked: true) {
        .text($0.estimate.reducerName ?? "none")
      },
      loaded("visual_tokens", "visual", .number, "visual tokens of a picture, in the mean", isAsked: true) {
        .number($0.visualTokens)
      },
      loaded("text_tokens", "text", .text, "text tokens of a request", isAsked: true) { length($0.text) },
      loaded("output_tokens", "output", .text, "tokens that a request generates", isAsked: true) { length($0.output) },
      loaded("load", "load", .text, "how requests come", isAsked: true) { .text($0.loadText) },
      loaded("rate", "rate", .number, "requests a second that arrive") { .number($0.rate) },
      loaded("concurrency", "clients", .count, "clients of a closed loop") { .number($0.clients.map(Double.init)) },
      loaded("trace", "trace", .text, "the file of requests") { .text($0.trace) },
      loaded("replicas", "replicas", .count, "engines", isAsked: true) { .number($0.fleet.engines) },
      loaded("tensor_parallel", "TP", .count, "devices that share every layer", isAsked: true) {
        .number($0.estimate.serving.parallelism.tensor)
      },
      loaded("pipeline_parallel", "PP", .count, "devices that have some layers each", isAsked: true) {
        .number($0.estimate.serving.parallelism.pipeline)
      },
      loaded("expert_parallel", "EP", .count, "devices that share the experts", isAsked: true) {
        .number($0.estimate.serving.parallelism.expert)
      },
      loaded("devices", "devices", .count, "devices of all engines and towers") { .number($0.devices) },
      loaded("scheduling", "scheduling", .text, "which requests a pass takes") {
        .text($0.fleet.scheduler.policy.rawValue)
      },
      loaded("max_num_seqs", "max seqs", .count, "the most running sequences", isAsked: true) {
        .number($0.fleet.scheduler.sequences)
      },
      loaded("max_num_batched_tokens", "max tokens", .count, "the most tokens of a pass", isAsked: true) {
        .number($0.fleet.scheduler.budget)
      },
      loaded("kv_capacity_tokens", "KV tokens", .count, "tokens that the cache of an engine holds") {
        .number($0.cacheTokens)
      },
    ]

  /// All else that may be asked of an estimate, and so of the fleet that it is of: what a pass takes, the scheduler decides.
  private static let askedOfEstimates: [Column] = {
    let known = Set(fleet.map(\.key) + ["batch", "context_tokens", "max_sequences", "max_batch_tokens"])
    return all.filter { $0.isAsked && !known.contains($0.key) }
  }()

  /// What came of it.
  private static let figures: [Column] =
    ServedFigure.all.map { figure in
      loaded(figure.key, figure.heading, figure.kind, figure.about, prefersMore: figure.prefersMore) {
        figure.value($0.result, $0.figures)
      }
    }
    + [
      loaded("energy_joules", "energy", .joules, "of engines and towers at the rated power while they work") {
        .number($0.energyJoules)
      },
      loaded("cost_per_million_tokens", "cost/1M", .money, "the price of a million output tokens") {
        .number($0.costPerMillionTokens)
      },
      loaded("note", "note", .text, "what the reader must know") {
        .text($0.notes.isEmpty ? nil : $0.notes.joined(separator: "; "))
      },
    ]

  /// The columns that fleets alone have.
  static let onlyOfLoad: [Column] = {
    let others = Set(([image, rank] + all + paper + before).map(\.key))
    return load.filter { !others.contains($0.key) }
  }()

  /// The columns of fleets by key, and by what stands above them.
  private static let loadByKey = [String: Column](uniqueKeysWithValues: load.map { ($0.key, $0) })
  private static let loadByHeading = [String: Column](load.map { ($0.heading, $0) }) { first, _ in first }

  /// The column of fleets of this key or, as `TTFT` and `cost/1M` are headings of estimates, too, of this heading; nil if
  /// there is none.
  public var ofLoad: Column? { Self.loadByKey[key] ?? Self.loadByHeading[heading] }

  /// Refuses a column that estimates or, of a load, fleets do not have; the place of a row is one of both.
  func check(ofLoad isLoad: Bool) throws(Diagnostic) {
    guard self != Self.rank else { return }
    guard isLoad || !Self.onlyOfLoad.contains(self) else {
      throw Diagnostic("\(key) is known of fleets under load; ask roofline simulate")
    }
    guard !isLoad || ofLoad != nil else {
      let near = nearest(to: key, among: Self.load.map(\.key))
      throw Diagnostic(
        "\(key) is known of single requests, not of fleets under load"
          + (near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"))
    }
  }

  private static func loaded(
    _ key: String, _ heading: String, _ kind: Kind, _ about: String, isAsked: Bool = false, prefersMore: Bool = false,
    value: @escaping @Sendable (LoadStudy.Row) -> OutputValue
  ) -> Column {
    Column(key, heading, kind, about, isAsked: isAsked, prefersMore: prefersMore) { $0.load.map(value) ?? .null }
  }

  private static func length(_ length: LengthDistribution?) -> OutputValue {
    guard let length else { return .null }
    return length.constant.map { .number($0) } ?? .text(length.text)
  }
}

/// A figure of a run: its column, and its value of what happened and of what users feel of it.
struct ServedFigure: Sendable {
  let key, heading: String
  let kind: Column.Kind
  let about: String
  var prefersMore = false
  let value: @Sendable (SimulationResult, ServingFigures) -> OutputValue

  /// All, in the order of files; the figures of a scenario are these alone.
  static let all: [ServedFigure] =
    [
      ServedFigure(key: "requests", heading: "requests", kind: .count, about: "requests that the figures are of") {
        .number($1.requests)
      },
      ServedFigure(key: "refused", heading: "refused", kind: .count, about: "requests that were refused") { run, _ in
        .number(run.refused)
      },
      ServedFigure(
        key: "interrupted", heading: "interrupted", kind: .boolean, about: "whether somebody stopped the run"
      ) {
        run, _ in .boolean(run.isInterrupted)
      },
    ]
    + times("ttft", "TTFT", "to the first token, from the arrival") { $0.ttft }
    + times("tpot", "TPOT", "between tokens, of a request") { $0.tpot }
    + times("e2e", "request", "to the last token, from the arrival") { $0.endToEnd } + [
      rate("output_tokens_per_second", "tokens/s", "output tokens a second") { $0.outputTokensPerSecond },
      rate("requests_per_second", "requests/s", "requests that end in a second") { $0.requestsPerSecond },
      rate("goodput_requests_per_second", "good/s", "requests within the targets a second") { $0.goodputPerSecond },
      ServedFigure(key: "queue_mean", heading: "queue", kind: .number, about: "requests that wait, in the mean") {
        run, _ in .number(run.meanWaiting)
      },
      ServedFigure(key: "running_mean", heading: "running", kind: .number, about: "requests that run, in the mean") {
        run, _ in .number(run.meanRunning)
      },
      ServedFigure(
        key: "kv_used_share", heading: "KV use", kind: .portion, about: "of the cache, over the time of passes"
      ) { run, _ in .number(run.usedShare) },
      ServedFigure(
        key: "busy_share", heading: "busy", kind: .portion, about: "of the time, in which engines run passes"
      ) { run, _ in .number(run.busyShare) },
      ServedFigure(key: "preemptions", heading: "preempted", kind: .count, about: "how often a request lost its blocks")
      {
        run, _ in .number(run.preemptions)
      },
      ServedFigure(key: "passes", heading: "passes", kind: .count, about: "passes of all engines") { run, _ in
        .number(run.passes)
      },
      ServedFigure(
        key: "duration_seconds", heading: "duration", kind: .seconds, about: "from the first arrival to the last token"
      ) { .number($1.seconds) },
    ]

  private static func times(
    _ name: String, _ heading: String, _ about: String,
    _ of: @escaping @Sendable (ServingFigures) -> ServingFigures.Times
  ) -> [ServedFigure] {
    let parts: [(String, String, @Sendable (ServingFigures.Times) -> Double)] = [
      ("mean", "", { $0.mean }), ("p50", " p50", { $0.p50 }), ("p90", " p90", { $0.p90 }), ("p95", " p95", { $0.p95 }),
      ("p99", " p99", { $0.p99 }),
    ]
    return parts.map { part, suffix, value in
      ServedFigure(
        key: "\(name)_\(part)_seconds", heading: heading + suffix, kind: .seconds,
        about: "seconds \(about): \(part == "mean" ? "the mean" : "percentile \(part.dropFirst())")"
      ) { .number(value(of($1))) }
    }
  }

  private static func rate(
    _ key: String, _ heading: String, _ about: String, _ value: @escaping @Sendable (ServingFigures) -> Double
  ) -> ServedFigure {
    ServedFigure(key: key, heading: heading, kind: .number, about: about, prefersMore: true) { .number(value($1)) }
  }
}
