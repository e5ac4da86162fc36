extension Operator {
  /// The dotted name of an operator, for example `attention.qkv`: literals alone, so that a table makes no strings.
  ///
  /// A name has up to four parts: the scope of a table that others use (`cross`), the part of the model that a step
  /// belongs to (`attention`), the step itself and a step of that (`reduce`).
  public struct Name: @unchecked Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// A literal's text, which ends with a zero and lives as long as the program.
    private typealias Text = UnsafePointer<UInt8>

    private var scope: Text?
    private var part: Text?
    private var leaf: Text
    private var step: Text?
    /// What tells steps of one name apart, as in `linear_2`; 0 for nothing.
    private var number = 0

    /// A name of one literal.
    public init(stringLiteral leaf: StaticString) { self.leaf = leaf.utf8Start }

    /// The name of a step of a part.
    public init(_ part: StaticString, _ leaf: StaticString) {
      (self.part, self.leaf) = (part.utf8Start, leaf.utf8Start)
    }

    /// The name of the step of a number, as in `linear_2`.
    public init(_ leaf: StaticString, number: Int) { (self.leaf, self.number) = (leaf.utf8Start, number) }

    /// Puts a scope before the rest, for example `last_layer`.
    public mutating func setScope(_ scope: StaticString) { self.scope = scope.utf8Start }

    /// The name of a step of what this one names.
    public func followed(by step: StaticString) -> Name {
      var copy = self
      copy.step = step.utf8Start
      return copy
    }

    /// The parts with dots between.
    public var description: String {
      let parts = [scope, part, leaf, step].compactMap { $0.map { String(cString: $0) } }.joined(separator: ".")
      return number > 0 ? "\(parts)_\(number)" : parts
    }

    /// Whether two names read alike, however they are put together.
    public static func == (a: Name, b: Name) -> Bool {
      if a.leaf == b.leaf, a.part == b.part, a.scope == b.scope, a.step == b.step, a.number == b.number { return true }
      // Most names that differ do so in their length, which makes no strings.
      return (a.number != b.number || a.length == b.length) && a.description == b.description
    }

    /// Bytes of the name but for its number.
    private var length: Int {
      var length = -1
      for case .some(var text) in [scope, part, leaf, step] {
        length += 1
        while text.pointee != 0 { (text, length) = (text + 1, length + 1) }
      }
      return length
    }

    /// Hashes the name as it reads.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// Whether the name begins with a text.
    public func hasPrefix(_ prefix: String) -> Bool { description.hasPrefix(prefix) }
  }
}
