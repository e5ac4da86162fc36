package import Documents
internal import Quantities

/// Values with their keys, as people write them in one option, perhaps behind a name: `lognormal:mean=200,p95=800`,
/// `tokens=4,acceptance=0.7`.
package struct Terms {
  /// What stands before the colon, in lower case; empty where no name belongs there.
  package let name: String
  private var values: [(key: String, value: String)] = []
  private let text: String
  private let option: String
  /// How errors call what the values belong to: `--text-tokens lognormal`.
  private let owner: String

  /// - Throws: `Diagnostic` where something is no `key=value`, or stands there twice.
  package init(_ text: String, _ option: String, hasName: Bool = true) throws(Diagnostic) {
    (self.text, self.option) = (text, option)
    var rest: Substring? = text[...]
    if hasName {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      name = parts[0].lowercased().trimmingSpaces()
      rest = parts.count == 2 ? parts[1] : nil
    } else {
      name = ""
    }
    owner = name.isEmpty ? option : "\(option) \(name)"
    for term in rest?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
      let sides = term.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { $0.trimmingSpaces() }
      guard sides.count == 2, !sides[1].isEmpty else {
        throw Diagnostic("expected key=value of \(owner), found \"\(term)\"")
      }
      let key = sides[0].lowercased()
      guard !values.contains(where: { $0.key == key }) else {
        throw Diagnostic("\(option) says \(key) twice: \"\(text)\"")
      }
      values.append((key, sides[1]))
    }
  }

  /// Takes a number that must be there.
  package mutating func number(_ key: String, in limits: ClosedRange<Double>) throws(Diagnostic) -> Double {
    guard let value = try optional(key, in: limits) else {
      throw Diagnostic("\(owner) needs \(key)=..., found \"\(text)\"")
    }
    return value
  }

  /// Takes a number, if it is there.
  package mutating func optional(_ key: String, in limits: ClosedRange<Double>) throws(Diagnostic) -> Double? {
    guard let value = self.value(key) else { return nil }
    guard let number = Double(counting: value) else {
      throw Diagnostic("expected a number as \(key) of \(owner), found \"\(value)\"")
    }
    guard limits.contains(number) else {
      throw Diagnostic(
        "expected \(key) of \(owner) from \(limits.lowerBound.shortest) to \(limits.upperBound.shortest), found \"\(text)\""
      )
    }
    return number
  }

  /// Takes a whole number, or the usual one if it is not there.
  package mutating func whole(_ key: String, usual: Int, in limits: ClosedRange<Int>) throws(Diagnostic) -> Int {
    let bounds = Double(limits.lowerBound)...Double(limits.upperBound)
    guard let number = try optional(key, in: bounds) else { return usual }
    guard number == number.rounded() else {
      throw Diagnostic("expected a whole number as \(key) of \(owner), found \(number.shortest)")
    }
    return Int(number)
  }

  /// Takes what stands behind a key, if it is there.
  package mutating func value(_ key: String) -> String? {
    values.firstIndex { $0.key == key }.map { values.remove(at: $0).value }
  }

  /// Refuses what nobody took.
  package func finish() throws(Diagnostic) {
    guard let rest = values.first else { return }
    throw Diagnostic("\(owner) has no \"\(rest.key)\": \"\(text)\"")
  }
}
