internal import Documents
internal import Quantities

/// A name with numbers behind it, as people write distributions: `lognormal:mean=200,p95=800`.
struct Terms {
  /// What stands before the colon, in lower case.
  let name: String
  private var numbers: [(key: String, value: Double)] = []
  private let text: String
  private let option: String

  /// - Throws: `Diagnostic` where something behind the colon is no `key=number`.
  init(_ text: String, _ option: String) throws(Diagnostic) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    (self.text, self.option) = (text, option)
    name = parts[0].lowercased().trimmingSpaces()
    guard parts.count == 2 else { return }
    for term in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      let sides = term.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = sides[0].trimmingSpaces().lowercased()
      guard sides.count == 2, let value = Double(counting: sides[1].trimmingSpaces()) else {
        throw Diagnostic("expected key=number behind \(name) of \(option), found \"\(term)\"")
      }
      guard !numbers.contains(where: { $0.key == key }) else {
        throw Diagnostic("\(option) says \(key) twice: \"\(text)\"")
      }
      numbers.append((key, value))
    }
  }

  /// Takes a number that must be there.
  mutating func number(_ key: String, in limits: ClosedRange<Double>) throws(Diagnostic) -> Double {
    guard let value = try optional(key, in: limits) else {
      throw Diagnostic("\(option) \(name) needs \(key)=..., found \"\(text)\"")
    }
    return value
  }

  /// Takes a number, if it is there.
  mutating func optional(_ key: String, in limits: ClosedRange<Double>) throws(Diagnostic) -> Double? {
    guard let index = numbers.firstIndex(where: { $0.key == key }) else { return nil }
    let value = numbers.remove(at: index).value
    guard limits.contains(value) else {
      throw Diagnostic(
        "expected \(key) of \(option) \(name) from \(limits.lowerBound.shortest) to \(limits.upperBound.shortest), found "
          + "\"\(text)\"")
    }
    return value
  }

  /// Refuses what nobody took.
  func finish() throws(Diagnostic) {
    guard let rest = numbers.first else { return }
    throw Diagnostic("\(option) \(name) has no \"\(rest.key)\": \"\(text)\"")
  }
}

extension Double {
  /// Reads a number, also as `2k` or `1.5M`.
  fileprivate init?(counting text: String) {
    if let number = Double(text), number.isFinite, text.last?.isNumber == true {
      self = number
    } else if let number = Int(counting: text) {
      self = Double(number)
    } else {
      return nil
    }
  }
}
