/// A value of a YAML or JSON file that knows where it stands.
package struct Node: Sendable {
  /// What a node holds.
  package enum Content: Sendable {
    /// A single value. Quoted values are always text; `null`, `true` and numbers are plain.
    case scalar(String, quoted: Bool)
    case sequence([Node])
    /// Entries in the order of the file; keys are unique.
    case mapping([Entry])
  }

  /// A key and its value.
  package struct Entry: Sendable {
    /// The key, without quotes.
    package var key: String
    /// Where the key stands.
    package var keyPosition: Diagnostic.Position
    /// What the key is given.
    package var value: Node

    /// A key at a place, and its value.
    package init(key: String, keyPosition: Diagnostic.Position, value: Node) {
      (self.key, self.keyPosition, self.value) = (key, keyPosition, value)
    }
  }

  /// What the node holds.
  package var content: Content
  /// Where the node begins.
  package var position: Diagnostic.Position

  /// A node at a place.
  package init(_ content: Content, at position: Diagnostic.Position) {
    self.content = content
    self.position = position
  }

  /// An error at this node.
  package func error(_ message: String) -> Diagnostic { Diagnostic(position, message) }

  /// What the node holds, for error messages: `"text"`, `a list`, `a mapping`, `nothing`.
  package var summary: String {
    switch content {
    case .scalar(let text, quoted: false) where text.isEmpty || text == "null" || text == "~": "nothing"
    case .scalar(let text, _): "\"\(text.shortened)\""
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// Whether the node is an explicit or implied null.
  package var isNull: Bool {
    if case .scalar(let text, quoted: false) = content { return text.isEmpty || text == "null" || text == "~" }
    return false
  }

  /// The entries of a mapping. `what` names the node in the error.
  package func entries(_ what: String) throws(Diagnostic) -> [Entry] {
    guard case .mapping(let entries) = content else {
      throw error("expected \(what) to be a mapping of keys to values, found \(summary)")
    }
    return entries
  }

  /// The items of a list.
  package func items(_ what: String) throws(Diagnostic) -> [Node] {
    guard case .sequence(let items) = content else { throw error("expected \(what) to be a list, found \(summary)") }
    return items
  }

  /// The text of a scalar that is not null.
  package func text(_ what: String) throws(Diagnostic) -> String {
    guard case .scalar(let text, _) = content, !isNull else {
      throw error("expected \(what) to be text, found \(summary)")
    }
    return text
  }

  /// The text of a scalar that people can see, of at most so many characters as they can read.
  package func name(_ what: String, limit: Int = 1000) throws(Diagnostic) -> String {
    let text = try text(what)
    guard text.isVisible else { throw error("expected \(what), found an empty text") }
    guard text.utf8.count <= limit || text.count <= limit else {
      throw error("expected \(what) to be of at most \(limit) characters, found \(text.count)")
    }
    return text
  }

  /// A whole number within `range`.
  package func integer(_ what: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    guard case .scalar(let text, quoted: false) = content, let value = Int(text), range.contains(value) else {
      throw error(
        "expected \(what) to be a whole number from \(range.lowerBound) to \(range.upperBound), found \(summary)")
    }
    return value
  }

  /// A finite number within `range`.
  package func number(
    _ what: @autoclosure () -> String, in range: ClosedRange<Double>
  ) throws(Diagnostic) -> Double {
    guard case .scalar(let text, quoted: false) = content, let value = Double(text), range.contains(value) else {
      throw error("expected \(what()) to be a number from \(range.lowerBound) to \(range.upperBound), found \(summary)")
    }
    return value
  }

  /// `true` or `false`.
  package func boolean(_ what: String) throws(Diagnostic) -> Bool {
    switch content {
    case .scalar("true", quoted: false): return true
    case .scalar("false", quoted: false): return false
    default: throw error("expected \(what) to be true or false, found \(summary)")
    }
  }

  /// One of the cases of `Choice`, by its raw value.
  package func choice<Choice: RawRepresentable & CaseIterable>(
    _ what: String, of type: Choice.Type = Choice.self
  ) throws(Diagnostic) -> Choice where Choice.RawValue == String {
    let text = try text(what)
    guard let choice = Choice(spelling: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw error("expected \(what) to be one of \(known); found \"\(text.shortened)\"")
    }
    return choice
  }
}
