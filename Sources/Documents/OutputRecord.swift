/// A value as machines read it: plain numbers in base units.
public enum OutputValue: Sendable, Hashable {
  case text(String)
  case number(Double)
  case boolean(Bool)
  case null
  case records([OutputRecord])
  case record(OutputRecord)
  case list([OutputValue])

  /// A text, or null.
  public static func text(_ text: String?) -> OutputValue { text.map { .text($0) } ?? .null }
  /// A number, or null; null for what is not finite.
  public static func number(_ number: Double?) -> OutputValue {
    number.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
  }
  /// A whole number.
  public static func number(_ number: Int) -> OutputValue { .number(Double(number)) }
  /// True, false or null.
  public static func boolean(_ boolean: Bool?) -> OutputValue { boolean.map { .boolean($0) } ?? .null }
}

/// Keys and values in a fixed order.
public struct OutputRecord: Sendable, Hashable {
  /// A key and its value.
  public struct Field: Sendable, Hashable {
    /// The key, as machines look it up.
    public var key: String
    /// What the key is given.
    public var value: OutputValue

    /// A key and its value.
    public init(key: String, value: OutputValue) { (self.key, self.value) = (key, value) }
  }

  /// The keys and values in the order in which they are written.
  public var fields: [Field]

  /// A record of the given keys and values.
  public init(_ fields: KeyValuePairs<String, OutputValue>) {
    self.fields = fields.map { Field(key: $0.key, value: $0.value) }
  }
}
