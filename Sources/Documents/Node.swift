/// A value of a YAML or JSON file that knows where it stands.
public struct Node: Sendable {
  /// What a node holds.
  public enum Content: Sendable {
    /// A single value. Quoted values are always text; `null`, `true` and numbers are plain.
    case scalar(String, quoted: Bool)
    case sequence([Node])
    /// Entries in the order of the file; keys are unique.
    case mapping([Entry])
  }

  /// A key and its value.
  public struct Entry: Sendable {
    /// The key, without quotes.
    public var key: String
    /// Where the key stands.
    public var keyPosition: Position
    /// What the key is given.
    public var value: Node

    /// A key at a place, and its value.
    public init(key: String, keyPosition: Position, value: Node) {
      (self.key, self.keyPosition, self.value) = (key, keyPosition, value)
    }
  }

  /// What the node holds.
  public var content: Content
  /// Where the node begins.
  public var position: Position

  /// A node at a place.
  public init(_ content: Content, at position: Position) {
    self.content = content
    self.position = position
  }

  /// An error at this node.
  public func error(_ message: String) -> Diagnostic { Diagnostic(position, message) }

  /// What the node holds, for error messages: `"text"`, `a list`, `a mapping`, `nothing`.
  public var summary: String {
    switch content {
    case .scalar(let text, quoted: false) where text.isEmpty || text == "null" || text == "~": "nothing"
    case .scalar(let text, _): "\"\(text.shortened)\""
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// Whether the node is an explicit or implied null.
  public var isNull: Bool {
    if case .scalar(let text, quoted: false) = content { return text.isEmpty || text == "null" || text == "~" }
    return false
  }

  /// The entries of a mapping. `what` names the node in the error.
  public func entries(_ what: String) throws(Diagnostic) -> [Entry] {
    guard case .mapping(let entries) = content else {
      throw error("expected \(what) to be a mapping of keys to values, found \(summary)")
    }
    return entries
  }

  /// The items of a list.
  public func items(_ what: String) throws(Diagnostic) -> [Node] {
    guard case .sequence(let items) = content else { throw error("expected \(what) to be a list, found \(summary)") }
    return items
  }

  /// The text of a scalar that is not null.
  public func text(_ what: String) throws(Diagnostic) -> String {
    guard case .scalar(let text, _) = content, !isNull else {
      throw error("expected \(what) to be text, found \(summary)")
    }
    return text
  }

  /// The text of a scalar that people can see, of at most so many characters as they can read.
  public func name(_ what: String, limit: Int = 1000) throws(Diagnostic) -> String {
    let text = try text(what)
    guard text.isVisible else { throw error("expected \(what), found an empty text") }
    guard text.utf8.count <= limit || text.count <= limit else {
      throw error("expected \(what) to be of at most \(limit) characters, found \(text.count)")
    }
    return text
  }

  /// A whole number within `range`.
  public func integer(_ what: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    guard case .scalar(let text, quoted: false) = content, let value = Int(text), range.contains(value) else {
      throw error(
        "expected \(what) to be a whole number from \(range.lowerBound) to \(range.upperBound), found \(summary)")
    }
    return value
  }

  /// A finite number within `range`.
  public func number(
    _ what: @autoclosure () -> String, in range: ClosedRange<Double>
  ) throws(Diagnostic) -> Double {
    guard case .scalar(let text, quoted: false) = content, let value = Double(text), range.contains(value) else {
      throw error("expected \(what()) to be a number from \(range.lowerBound) to \(range.upperBound), found \(summary)")
    }
    return value
  }

  /// `true` or `false`.
  public func boolean(_ what: String) throws(Diagnostic) -> Bool {
    switch content {
    case .scalar("true", quoted: false): return true
    case .scalar("false", quoted: false): return false
    default: throw error("expected \(what) to be true or false, found \(summary)")
    }
  }

  /// One of the cases of `Choice`, by its raw value.
  public func choice<Choice: RawRepresentable & CaseIterable>(
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
