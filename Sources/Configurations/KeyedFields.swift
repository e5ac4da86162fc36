internal import Documents

/// Keys with values in a model file whose errors are collected: a part of it, or a mapping within one.
protocol KeyedFields {
  /// Where errors go.
  var findings: Findings { get }
  /// The value of a key, or nil if it is absent.
  subscript(key: String) -> Node? { get }
  /// The value of a key, which must be there.
  func required(_ key: String) throws(Diagnostic) -> Node
}

extension KeyedFields {
  /// A whole number; the least in `range`, and an error among the findings, where there is none.
  func integer(_ key: String, in range: ClosedRange<Int>) -> Int {
    findings.attempt(try required(key).integer("\"\(key)\"", in: range), or: range.lowerBound)
  }

  /// A whole number, nil where the key is absent or, with an error among the findings, is given none.
  func optionalInteger(_ key: String, in range: ClosedRange<Int>) -> Int? {
    findings.attempt(try self[key]?.integer("\"\(key)\"", in: range))
  }

  /// `true` or `false`.
  func boolean(_ key: String, default fallback: Bool) -> Bool {
    findings.attempt(try self[key]?.boolean("\"\(key)\"")) ?? fallback
  }

  /// One of some names, nil where the key is absent or says `none`.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, of type: Choice.Type = Choice.self
  ) -> Choice? where Choice.RawValue == String {
    guard let node = self[key], !node.saysNone else { return nil }
    return findings.attempt(try node.choice("\"\(key)\"", of: type))
  }

  /// A mapping of known keys, nil where the key is absent or says `none`.
  func mapping(_ key: String, _ known: [String]) -> MappingFields? {
    guard let node = self[key], !node.saysNone else { return nil }
    return findings.attempt(try MappingFields(node, "\"\(key)\"", known: known, findings))
  }
}

/// The keys of a mapping within a part of a model file.
struct MappingFields: KeyedFields {
  let findings: Findings
  private let fields: Fields

  /// Reads a mapping of known keys; `what` names it in errors.
  init(_ node: Node, _ what: String, known: [String], _ findings: Findings) throws(Diagnostic) {
    self.findings = findings
    fields = try Fields(node, what, known: known, findings)
  }

  subscript(key: String) -> Node? { fields[key] }
  func required(_ key: String) throws(Diagnostic) -> Node { try fields.required(key) }
}

extension Node {
  /// Whether the node says that there is none of something.
  var saysNone: Bool {
    if case .scalar("none", quoted: false) = content { return true }
    return false
  }
}
