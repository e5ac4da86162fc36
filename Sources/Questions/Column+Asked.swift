internal import Architectures
internal import Documents
public import Estimation
internal import Hardware
internal import Operators
public import Quantities
internal import Reduction
internal import ReductionMethods

extension Column {
  /// The columns that every row has, in the order of CSV files.
  public static let all: [Column] = prefill + request + stages + speedups

  /// The place in an order; of answers that rank.
  public static let rank = Column("rank", "rank", .count, "the place of the row, from 1") {
    .number($0.rank.map(Double.init))
  }

  /// The file of a picture; of answers about pictures.
  public static let image = Column("image", "picture", .text, "the file of the picture", isAsked: true) {
    .text($0.image)
  }

  static func asked(
    _ key: String, _ heading: String, _ kind: Kind, _ about: String,
    value: @escaping @Sendable (inout RowFigures) -> OutputValue
  ) -> Column {
    Column(key, heading, kind, about, isAsked: true, value: value)
  }

  /// What is asked, and the stage that the headline figures speak of.
  private static let prefill: [Column] = [
    asked("model", "model", .text, "the name of the model") { .text($0.estimate.model.name) },
    asked("hardware", "device", .text, "the name of the device") { .text($0.estimate.hardware.name) },
    asked("precision", "precision", .text, "how weights and activations are stored") {
      .text($0.estimate.precision.name)
    },
    Column("accounting", "accounting", .text, "the rules of counting") { .text($0.estimate.accounting.name) },
    Column("kernels", "kernels", .text, "fused or eager; of the exact rules") {
      .text($0.estimate.accounting.kernels?.rawValue)
    },
    asked("reducer", "reducer", .text, "what made the visual tokens fewer, or none") {
      .text($0.estimate.reducerName ?? "none")
    },
    Column("sample", "sample", .text, "the features that the reducer ran on") {
      .text($0.estimate.visualInput.reduction?.sample)
    },
    asked("visual_tokens", "visual", .count, "visual tokens of a sequence, in the first layer") {
      .number($0.estimate.visualTokens)
    },
    asked("text_tokens", "text", .count, "text tokens of a sequence") { .number($0.estimate.workload.textTokens) },
    Column("tokens", "tokens", .count, "tokens of a sequence, in the first layer") { .number($0.estimate.tokens) },
    asked("batch", "batch", .count, "sequences at once") { .number($0.estimate.workload.batch) },
    Column("parameters", "parameters", .number, "parameters of all parts of the model") {
      .number($0.estimate.model.parameterCount)
    },
    Column("flops", "work", .flops, "FLOPs of matrix products in the prefill, attention's full square") {
      .number($0.main?.flops.value)
    },
    Column("executed_flops", "executed", .flops, "those of them that a kernel must execute") {
      .number($0.main?.executedFLOPs.value)
    },
    Column("vector_flops", "vector work", .flops, "all other FLOPs of the prefill") {
      .number($0.main?.vectorFLOPs.value)
    },
    Column("traffic_bytes", "traffic", .bytes, "bytes that the prefill moves; nothing under rules that count none") {
      .number($0.traffic.total == .zero ? nil : $0.traffic.total.value)
    },
    Column("weight_bytes", "weights", .bytes, "bytes of all weights, resident") {
      .number($0.estimate.footprint.weights.value)
    },
    Column("activation_read_bytes", "act. read", .bytes, "activations that the prefill reads") {
      .number($0.traffic.activationsRead.value)
    },
    Column("activation_written_bytes", "act. written", .bytes, "activations that the prefill writes") {
      .number($0.traffic.activationsWritten.value)
    },
    Column("kv_cache_bytes", "KV cache", .bytes, "the key-value cache at the end of the request, resident") {
      .number($0.estimate.footprint.cache.value)
    },
    Column("footprint_bytes", "memory", .bytes, "bytes resident at the peak") {
      .number($0.estimate.footprint.total.value)
    },
    Column("capacity_bytes", "capacity", .bytes, "the memory of the device, as its driver reports it") {
      .number($0.estimate.hardware.capacity?.value.value)
    },
    Column("fits", "fits", .boolean, "whether what the engine may take holds it; unknown where that is not known") {
      .boolean($0.estimate.fits)
    },
    Column("prefill_seconds", "ideal prefill", .seconds, "the prefill, or a tower's forward pass, at best") {
      .number($0.estimate.prefillSeconds.value)
    },
    Column("expected_prefill_seconds", "prefill", .seconds, "the same as real kernels take it") {
      .number($0.estimate.expectedPrefillSeconds.value)
    },
    Column("bound", "bound by", .text, "what most of the ideal prefill is spent on: compute, vector, memory or link") {
      .text($0.main?.bound.rawValue)
    },
    Column(
      "speedup", "ideal prefill speed-up", .factor, "how many times the ideal prefill is faster than with all tokens",
      prefersMore: true
    ) { .number($0.row.speedup) },
    Column("note", "note", .text, "what a reader must know to read the row rightly") { .text($0.noteForMachines) },
    Column("intensity", "intensity", .intensity, "FLOPs of the prefill per byte") {
      .number($0.main?.intensity.value)
    },
    Column("ridge_point", "ridge point", .intensity, "the intensity from which on arithmetic bounds its products") {
      .number($0.estimate.ridgePoint.value)
    },
    Column("expected_low_seconds", "prefill from", .seconds, "four of five prefills take at least so long") {
      .number($0.estimate.expectedPrefillRange?.lowerBound.value)
    },
    Column("expected_high_seconds", "prefill to", .seconds, "four of five prefills take at most so long") {
      .number($0.estimate.expectedPrefillRange?.upperBound.value)
    },
    Column("expected_basis", "basis", .text, "whether kernels were measured on the device or estimated from its class")
    {
      .text($0.estimate.expectedBasis.rawValue)
    },
    Column("mean_visual_tokens", "mean visual", .number, "visual tokens on average over the layers") {
      .number($0.estimate.workload.visualTokens.mean(layers: $0.estimate.model.language?.layers ?? 0))
    },
  ]
}

extension RowFigures {
  /// The sums of the main stage; nil without stages.
  fileprivate var main: Price? { estimate.stages.isEmpty ? nil : estimate.mainPrice }
  fileprivate var traffic: Traffic { estimate.mainPrice.traffic }
}

extension Estimate {
  /// The name of the reducer that ran, or nil without one.
  public var reducerName: String? { visualInput.reduction?.reducer.name }

  /// Tokens of one sequence in the first layer of the main stage.
  public var tokens: Int { model.language == nil ? model.vision?.encoder.tokens ?? 0 : promptTokens }

  /// The ridge point of the precision's own products on the device.
  public var ridgePoint: Intensity { mainStage?.ridgePoint ?? hardware.ridgePoint(precision.format) }
}
