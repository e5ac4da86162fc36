internal import Operators
package import Quantities

/// A measured time beside the predicted ones.
package struct Measurement: Sendable {
  /// The device, by its catalog name.
  package var hardware: String
  /// The kind of operator, or `prefill` or `layer`.
  package var kind: String
  /// The name of the precision.
  package var precision: String
  /// What unites the rows of one layer or one series: the source.
  package var source: String
  /// Rows of a product or of an element-wise kernel, or tokens.
  package var rows: Double
  /// The devices that share every layer of a prefill, or a layer; 1 of an operator.
  package var devices = 1
  /// The sequences of a prefill; nil of an operator or a layer.
  package var batch: Int?
  /// The sizes of an operator; all 0 of a prefill or a layer.
  var sizes = MeasuredSizes()
  /// The model and the sizes, for people, of a prefill or a layer.
  var model: (name: String, shape: String)?
  /// Whether what kernels achieve on the device was not measured but taken from its class.
  package var isEstimated: Bool
  /// The line of the file.
  package var line: Int
  /// The measured time.
  package var measured: Seconds
  /// The bound.
  package var ideal: Seconds
  /// The bound if the last-level cache still held as much of the operands as fits into it, as it does where the step
  /// before wrote them.
  package var cachedIdeal: Seconds
  /// The expected time.
  package var expected: Seconds

  /// The sizes, for people.
  package var shape: String { model?.shape ?? MeasuredKind(rawValue: kind).map { sizes.description($0) } ?? "" }
  /// What is fitted or held out as a whole: a model or, of a grid of shapes, an inner width or the heads.
  package var unit: String {
    model?.name ?? MeasuredKind(rawValue: kind).map { sizes.unit($0, source: source) } ?? ""
  }
  /// Whether it is shorter than the bound.
  package var isSuspect: Bool { measured < ideal }
  /// Whether no cache explains that, nor a clock of whole microseconds.
  package var isImpossible: Bool { measured + Seconds(0.5e-6) < cachedIdeal }
  /// The expected time over the measured one.
  package var expectedRatio: Double { expected / measured }
  /// The ideal time over the measured one.
  package var idealRatio: Double { ideal / measured }
}

/// The kinds of operators that a file of measurements may hold.
enum MeasuredKind: String, CaseIterable {
  case matmul, attention, norm, activation, rope, add
  case gatedActivation = "gated_activation"
}

extension MeasuredKind {
  /// The operator of a row: its sizes, as the columns of the file name them.
  ///
  /// Attention is causal, over whole prompts. `kind` is the norm that a row of norms timed.
  func operation(_ sizes: MeasuredSizes, norm kind: NormKind = .rms) -> Operator {
    let elements = sizes.rows * sizes.columns
    switch self {
    case .matmul: return .matmul("matmul", rows: sizes.rows, inner: sizes.inner, columns: sizes.columns)
    case .attention:
      let shape = AttentionShape(
        heads: sizes.heads, kvHeads: sizes.kvHeads, headWidth: sizes.headWidth, masked: true)
      var sums = AttentionSums()
      sums.add(sequences: sizes.batch, tokens: sizes.tokens, context: 0)
      return .fusedAttention("attention", shape, sums)
    case .norm: return .normalization("norm", kind, rows: sizes.rows, width: sizes.columns)
    case .activation: return .activation("activation", .gelu, elements: elements)
    case .gatedActivation: return .gatedActivation("gated_activation", .silu, elements: elements)
    case .rope:
      return Operator(
        "rope", vectorFLOPs: VectorWork.rotary * elements, kernel: .rotation, reading: elements, writing: elements)
    case .add: return .sum("add", elements: elements)
    }
  }

  /// The columns that such a row needs.
  var columns: [String] {
    switch self {
    case .matmul: ["rows", "inner", "columns"]
    case .attention: ["batch", "tokens", "heads", "kv_heads", "head_width"]
    case .norm, .activation, .rope, .add, .gatedActivation: ["rows", "columns"]
    }
  }
}

/// The sizes of a row; 0 where a kind of operator has no such size.
struct MeasuredSizes {
  var rows = 0.0
  var inner = 0.0
  var columns = 0.0
  var batch = 0.0
  var tokens = 0.0
  var heads = 0.0
  var kvHeads = 0.0
  var headWidth = 0.0

  /// The columns that hold them.
  static let names = ["rows", "inner", "columns", "batch", "tokens", "heads", "kv_heads", "head_width"]

  /// Sets the size of a column of `names`.
  mutating func set(_ name: Int, to value: Double) {
    switch name {
    case 0: rows = value
    case 1: inner = value
    case 2: columns = value
    case 3: batch = value
    case 4: tokens = value
    case 5: heads = value
    case 6: kvHeads = value
    default: headWidth = value
    }
  }

  /// The sizes as text that sorts as they do, if `source` names no model; else the model.
  func unit(_ kind: MeasuredKind, source: String) -> String {
    if let model = source.split(separator: ":").last, model.contains("/") { return String(model) }
    func padded(_ value: Double) -> String {
      let text = value.fixed(0)
      return String(repeating: "0", count: max(0, 12 - text.count)) + text
    }
    return (kind == .attention ? [heads, kvHeads, headWidth] : [inner]).map(padded).joined(separator: " ")
  }

  /// The sizes for people, as in `616 x 4096 x 12288`.
  func description(_ kind: MeasuredKind) -> String {
    func whole(_ value: Double) -> String { value.fixed(0) }
    switch kind {
    case .matmul: return [rows, inner, columns].map(whole).joined(separator: " x ")
    case .attention:
      return "\(whole(batch)) x \(whole(tokens)) tokens, \(whole(heads))/\(whole(kvHeads)) heads of \(whole(headWidth))"
    case .norm, .activation, .rope, .add, .gatedActivation: return [rows, columns].map(whole).joined(separator: " x ")
    }
  }
}
