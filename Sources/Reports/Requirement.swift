public import Documents
internal import Quantities

/// Something that every row of a report must keep to, as `prefill_seconds<200ms`.
public struct Requirement: Sendable {
  private enum Comparison: String, CaseIterable {
    // Longer ones first, as they are looked for in this order.
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case less = "<"
    case more = ">"

    func holds(_ a: Double, _ b: Double) -> Bool {
      switch self {
      case .atMost: a <= b
      case .atLeast: a >= b
      case .equal: a == b
      case .less: a < b
      case .more: a > b
      }
    }
  }

  /// What is compared.
  private enum Kind {
    /// A number of the rows with a bound.
    case number(Comparison, Double)
    /// Whether the row fits into memory.
    case fits
  }

  /// The requirement as it was asked for.
  public let text: String
  private let key: String
  private let kind: Kind

  /// That every row fits into its device's memory.
  public static let fits = Requirement(text: "--fail-if-too-big", key: "fits", kind: .fits)

  private init(text: String, key: String, kind: Kind) {
    self.text = text
    self.key = key
    self.kind = kind
  }

  /// Reads `KEY OPERATOR VALUE`: a key of the rows, `<`, `<=`, `>`, `>=` or `==`, and a number, with a unit where the key
  /// has one, as in `footprint_bytes<=16GB`.
  ///
  /// - Throws: `Diagnostic` for anything else.
  public init(_ text: String) throws(Diagnostic) {
    let form = "expected a requirement such as prefill_seconds<0.2 or footprint_bytes<=16GB"
    guard let start = text.firstIndex(where: { "<>=".contains($0) }),
      let comparison = Comparison.allCases.first(where: { text[start...].hasPrefix($0.rawValue) })
    else { throw Diagnostic("\(form), with <, <=, >, >= or ==; found \"\(text)\"") }
    let key = text[..<start].trimmingSpaces()
    let value = text[start...].dropFirst(comparison.rawValue.count).trimmingSpaces()
    guard !key.isEmpty else { throw Diagnostic("\(form); \"\(text)\" lacks the key") }
    guard let bound = Self.number(value, of: key), bound.isFinite else {
      let unit = Self.example(of: key).map { " or a figure such as \($0)" } ?? ""
      throw Diagnostic("\(form); \"\(value)\" is no value of \(key): expected a number\(unit)")
    }
    self.init(text: text, key: key, kind: .number(comparison, bound))
  }

  /// In how far a row fails the requirement, in words; nil where it keeps to it.
  ///
  /// - Throws: `Diagnostic` if the row has no such key, or holds no number there.
  func shortfall(of record: Record) throws(Diagnostic) -> String? {
    guard let field = record.fields.first(where: { $0.key == key || $0.key.spelling == key.spelling }) else {
      let keys = record.fields.filter { if case .number = $0.value { true } else { false } }.map(\.key)
      let near = nearest(to: key, among: keys)
      let hint =
        near.isEmpty ? "there are \(keys.joined(separator: ", "))" : "did you mean \(near.joined(separator: " or "))?"
      throw Diagnostic("the rows have no key \"\(key)\"; \(hint)")
    }
    // What others are compared with gains nothing over itself.
    if field.key.hasSuffix("speedup"), case .text("none")? = record.fields.first(where: { $0.key == "reducer" })?.value
    {
      return nil
    }
    switch (kind, field.value) {
    case (.fits, .boolean(true)): return nil
    case (.fits, .boolean(false)):
      let excess = record.fields.first { $0.key == "excess_bytes" }?.value
      guard case .number(let bytes)? = excess else { return "does not fit" }
      return "does not fit: \(Bytes(bytes)) too much"
    case (.fits, _): return "not known to fit: the device's memory is not known"
    case (_, .null): return "\(field.key) is not known"
    case (.number(let comparison, let bound), .number(let value)):
      if comparison.holds(value, bound) { return nil }
      let difference = Self.printed((value - bound).magnitude, of: field.key)
      let direction = value == bound ? "just the bound" : "\(difference) too \(value > bound ? "much" : "little")"
      return "\(field.key) is \(Self.printed(value, of: field.key)), \(direction)"
    case (.number, .boolean):
      throw Diagnostic("\(field.key) is yes or no, not a number\(field.key == "fits" ? "; use --fail-if-too-big" : "")")
    case (.number, _): throw Diagnostic("\(field.key) is no number")
    }
  }

  /// The kind of quantity that a key holds, by its ending.
  private static func quantity(of key: String) -> (any Quantity.Type)? {
    let kinds: [(String, any Quantity.Type)] = [
      ("seconds", Seconds.self), ("bytes", Bytes.self), ("joules", Energy.self), ("flops", FLOPs.self),
      ("intensity", Intensity.self), ("ridge_point", Intensity.self),
    ]
    return kinds.first { key.spelling.hasSuffix($0.0.spelling) }?.1
  }

  private static func number(_ text: String, of key: String) -> Double? {
    if let number = Double(text) { return number }
    if let count = Int(counting: text) { return Double(count) }
    return quantity(of: key).flatMap { try? $0.init(parsing: text).value }
  }

  private static func example(of key: String) -> String? { quantity(of: key)?.notation.example }

  private static func printed(_ value: Double, of key: String) -> String {
    guard let quantity = quantity(of: key) else { return value.shortest }
    return quantity.init(value).description
  }
}

extension [Requirement] {
  /// The rows that fail, requirement by requirement, a line each; empty where all keep to all.
  ///
  /// - Throws: `Diagnostic` for a key that the rows do not have, or that holds no number.
  public func failures(in records: [Record]) throws(Diagnostic) -> [String] {
    var lines: [String] = []
    for requirement in self {
      for record in records {
        guard let shortfall = try requirement.shortfall(of: record) else { continue }
        lines.append("\(record.identity): \(shortfall) (\(requirement.text))")
      }
    }
    return lines
  }
}

extension Record {
  /// What tells a row from the others, in words: `fp16, prumerge, 41 visual tokens, v100`.
  fileprivate var identity: String {
    var parts: [String] = []
    for key in ["image", "model", "precision", "reducer", "visual_tokens", "hardware"] {
      switch fields.first(where: { $0.key == key })?.value {
      case .text(let text)?: parts.append(text)
      case .number(let number)?: parts.append("\(number.shortest) visual tokens")
      default: break
      }
    }
    return parts.joined(separator: ", ")
  }
}
