internal import Documents
internal import Operators

/// The entries of a Hugging Face configuration, with the defaults of the class that reads it in transformers.
///
/// Keys that are not asked for do not matter: such files hold much that has no bearing on cost.
struct ConfigFields {
  /// The mapping itself.
  let node: Node
  private let entries: [String: Node]

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

  /// The value of `key`, or nil if it is absent or null.
  subscript(key: String) -> Node? { entries[key].flatMap { $0.isNull ? nil : $0 } }

  /// Whether `key` is there, with a value or an explicit null.
  func contains(_ key: String) -> Bool { entries[key] != nil }

  /// A whole number; `fallback` where the key is absent or null. Without one the key must be there.
  func integer(_ key: String, in range: ClosedRange<Int>, default fallback: Int?) throws(Diagnostic) -> Int {
    if let value = self[key] { return try value.integer("\"\(key)\"", in: range) }
    guard let fallback else { throw node.error("the configuration lacks \"\(key)\", a whole number") }
    return fallback
  }

  /// A whole number, or nil where the key is null; `fallback` where it is absent.
  func optionalInteger(
    _ key: String, in range: ClosedRange<Int>, default fallback: Int?
  ) throws(Diagnostic) -> Int? {
    if let value = self[key] { return try value.integer("\"\(key)\"", in: range) }
    return contains(key) ? nil : fallback
  }

  /// `true` or `false`; `fallback` where the key is absent or null.
  func boolean(_ key: String, default fallback: Bool) throws(Diagnostic) -> Bool {
    try self[key]?.boolean("\"\(key)\"") ?? fallback
  }

  /// The activation function of a name that transformers uses.
  func activation(_ key: String, default fallback: ActivationKind) throws(Diagnostic) -> ActivationKind {
    guard let node = self[key] else { return fallback }
    let name = try node.text("\"\(key)\"")
    guard let kind = Self.activations[name] else {
      let known = Self.activations.keys.sorted().joined(separator: ", ")
      throw node.error("expected \"\(key)\" to be one of \(known); found \(node.summary)")
    }
    return kind
  }

  private static let activations: [String: ActivationKind] = [
    "silu": .silu, "swish": .silu, "gelu": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh,
    "gelu_fast": .geluTanh, "quick_gelu": .quickGELU, "relu": .relu,
  ]

  /// Whole numbers in a list, or none where the key is absent or null.
  func integers(_ key: String, in range: ClosedRange<Int>) throws(Diagnostic) -> [Int] {
    var values: [Int] = []
    for item in try self[key]?.items("\"\(key)\"") ?? [] {
      values.append(try item.integer("an entry of \"\(key)\"", in: range))
    }
    return values
  }

  /// The part of a head that is rotated, of `rope_parameters`, `rope_scaling` or the configuration itself.
  func rotaryFraction(default fallback: Double) throws(Diagnostic) -> Double {
    let key = "partial_rotary_factor"
    for place in ["rope_parameters", "rope_scaling"] {
      guard let node = self[place], let value = try ConfigFields(node, "\"\(place)\"")[key] else { continue }
      return try value.number("\"\(key)\"", in: 0...1)
    }
    return try self[key]?.number("\"\(key)\"", in: 0...1) ?? fallback
  }

  /// The keys of a list that are absent or null, for which defaults stand in.
  func missing(_ keys: [String]) -> [String] { keys.filter { self[$0] == nil } }
}
