internal import Architectures
internal import Documents
internal import Operators

/// The entries of a Hugging Face configuration, with the defaults of the class that reads it in transformers.
///
/// Keys that are not asked for do not matter: such files hold much that has no bearing on cost. Defaults that stood in
/// for absent keys are remembered, so that a reader can be told.
struct ConfigFields {
  /// The mapping itself.
  let node: Node
  private var entries: [String: Node]
  /// The file of the image processor that stands beside the configuration.
  var processorFile: Node?
  private let assumptions = Assumptions()
  /// Where errors are collected; nil to throw the first.
  var errors: ConfigErrors?

  /// The absent keys whose defaults decided a size, in the order in which they were asked for.
  private final class Assumptions {
    var keys: [String] = []
  }

  /// Reads `node` as a mapping. `what` names it in errors.
  init(_ node: Node, _ what: String) throws(Diagnostic) {
    self.node = node
    var entries: [String: Node] = [:]
    for entry in try node.entries(what) { entries[entry.key] = entry.value }
    self.entries = entries
  }

  /// A configuration without any entry, in place of a part that `node` lacks.
  init(empty node: Node) {
    self.node = node
    entries = [:]
  }

  /// The same with entries that are also found under the names which another class gives them: a key by what the file
  /// calls it.
  func renamed(_ names: KeyValuePairs<String, String>) -> ConfigFields {
    var copy = self
    for (key, name) in names where copy.entries[key] == nil { copy.entries[key] = entries[name] }
    return copy
  }

  /// The same with the value of another key, where it is there, in place of a key's own.
  func replacing(_ key: String, by other: String) -> ConfigFields {
    guard let value = self[other] else { return self }
    var copy = self
    copy.entries[key] = value
    return copy
  }

  /// The configuration of a part, without any entry where it is absent.
  func part(_ key: String) throws(Diagnostic) -> ConfigFields {
    var fields = ConfigFields(empty: node)
    if let part = self[key] {
      fields = try value(or: fields) { () throws(Diagnostic) in try ConfigFields(part, "\"\(key)\"") }
    }
    fields.errors = errors
    return fields
  }

  /// The value of `key`, or nil if it is absent or null.
  subscript(key: String) -> Node? { entries[key].flatMap { $0.isNull ? nil : $0 } }

  /// Whether `key` is there, with a value or an explicit null.
  func contains(_ key: String) -> Bool { entries[key] != nil }

  /// The absent keys whose defaults decided a size so far.
  var assumed: [String] { assumptions.keys }

  private func assume(_ key: String) {
    if !assumptions.keys.contains(key) { assumptions.keys.append(key) }
  }

  /// A whole number; `fallback` where the key is absent. Without one the key must be there. `decidesSize` says whether
  /// a reader should know of the fallback.
  func integer(
    _ key: String, in range: ClosedRange<Int>, default fallback: Int?, decidesSize: Bool = true
  ) throws(Diagnostic) -> Int {
    try value(or: fallback ?? range.lowerBound) { () throws(Diagnostic) in
      try read(key, in: range, default: fallback, decidesSize)
    }
  }

  private func read(
    _ key: String, in range: ClosedRange<Int>, default fallback: Int?, _ decidesSize: Bool
  ) throws(Diagnostic) -> Int {
    if let value = self[key] { return try value.integer("\"\(key)\"", in: range) }
    if let null = entries[key] {
      let advice = fallback.map { "give one, or leave the key out for transformers' default, \($0)" } ?? "give one"
      throw null.error("expected \"\(key)\" to be a whole number, found null; \(advice)")
    }
    guard let fallback else { throw node.error("the configuration lacks \"\(key)\", a whole number") }
    if decidesSize { assume(key) }
    return fallback
  }

  /// A whole number, or nil where the key is null; `fallback` where it is absent. `decidesSize` as above.
  func optionalInteger(
    _ key: String, in range: ClosedRange<Int>, default fallback: Int?, decidesSize: Bool = true
  ) throws(Diagnostic) -> Int? {
    if let node = self[key] {
      return try value(or: fallback) { () throws(Diagnostic) in try node.integer("\"\(key)\"", in: range) }
    }
    if contains(key) { return nil }
    if decidesSize, fallback != nil { assume(key) }
    return fallback
  }

  /// `true` or `false`; `fallback` where the key is absent or null.
  func boolean(_ key: String, default fallback: Bool) throws(Diagnostic) -> Bool {
    try value(or: fallback) { () throws(Diagnostic) in try self[key]?.boolean("\"\(key)\"") ?? fallback }
  }

  /// The activation function of a name that transformers uses.
  func activation(_ key: String, default fallback: ActivationKind) throws(Diagnostic) -> ActivationKind {
    guard let node = self[key] else { return fallback }
    return try value(or: fallback) { () throws(Diagnostic) in
      let name = try node.text("\"\(key)\"")
      guard let kind = Self.activations[name] else {
        let known = Self.activations.keys.sorted().joined(separator: ", ")
        throw node.error("expected \"\(key)\" to be one of \(known); found \(node.summary)")
      }
      return kind
    }
  }

  private static let activations: [String: ActivationKind] = [
    "silu": .silu, "swish": .silu, "gelu": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh,
    "gelu_fast": .geluTanh, "gelu_pytorch": .gelu, "quick_gelu": .quickGELU, "relu": .relu, "relu2": .squaredReLU,
  ]

  /// Whole numbers in a list, or none where the key is absent or null.
  func integers(_ key: String, in range: ClosedRange<Int>) throws(Diagnostic) -> [Int] {
    let items = try value(or: []) { () throws(Diagnostic) in try self[key]?.items("\"\(key)\"") ?? [] }
    var values: [Int] = []
    for item in items {
      values.append(
        try value(or: range.lowerBound) { () throws(Diagnostic) in
          try item.integer("an entry of \"\(key)\"", in: range)
        })
    }
    return values
  }

  /// Heads, and the width that they must divide, by their keys.
  func dividedWidth(
    _ widthKey: String, default width: Int, heads headsKey: String, default heads: Int
  ) throws(Diagnostic) -> (width: Int, heads: Int) {
    let width = try integer(widthKey, in: Limit.width, default: width)
    let heads = try integer(headsKey, in: Limit.heads, default: heads)
    return try comparison(or: (1, 1)) { () throws(Diagnostic) in
      try (self[headsKey] ?? self[widthKey] ?? node).check(heads: heads, divide: width)
      return (width, heads)
    }
  }

  /// The positions that rotations are tabulated for, where a linear scaling makes them more than the model's.
  ///
  /// Engines stretch the table by the factor (vLLM, `LinearScalingRotaryEmbedding`); other kinds end at the model's.
  func rotatedPositions(_ positions: Int?) throws(Diagnostic) -> Int? {
    for place in ["rope_parameters", "rope_scaling"] {
      guard let node = self[place], case .mapping = node.content else { continue }
      let scaling = try ConfigFields(node, "\"\(place)\"")
      guard let type = try (scaling["rope_type"] ?? scaling["type"])?.text("the kind of scaling"), type == "linear",
        let factor = try scaling["factor"]?.number("\"factor\"", in: 1...10_000)
      else { continue }
      return positions.map { Int(Double($0) * factor) }
    }
    return nil
  }

  /// The part of a head that is rotated, of `rope_parameters`, `rope_scaling` or the configuration itself.
  func rotaryFraction(default fallback: Double) throws(Diagnostic) -> Double {
    try value(or: fallback) { () throws(Diagnostic) in try readRotaryFraction(default: fallback) }
  }

  private func readRotaryFraction(default fallback: Double) throws(Diagnostic) -> Double {
    let key = "partial_rotary_factor"
    for place in ["rope_parameters", "rope_scaling"] {
      guard let node = self[place], let value = try ConfigFields(node, "\"\(place)\"")[key] else { continue }
      return try value.number("\"\(key)\"", in: 0...1)
    }
    return try self[key]?.number("\"\(key)\"", in: 0...1) ?? fallback
  }
}
