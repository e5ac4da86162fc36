internal import Documents

/// What follows the name in a reducer's specification: `name[:word,key=value,...]`.
///
/// A reducer takes the arguments that it knows; what is left then is an error.
struct ReducerArguments {
  var words: [String] = []
  private var values: [(key: String, value: String)] = []
  private let specification: String

  /// Reads the arguments of `specification`.
  ///
  /// - Throws: `Diagnostic` for an empty argument or one that is given twice.
  init(of specification: String) throws(Diagnostic) {
    self.specification = specification
    guard let colon = specification.firstIndex(of: ":") else { return }
    let text = specification[specification.index(after: colon)...]
    for argument in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let first = parts.first, !first.isEmpty else { throw error("has an empty argument") }
      guard !words.contains(first), !values.contains(where: { $0.key == first }) else {
        throw error("gives \"\(first)\" twice")
      }
      if parts.count == 2 { values.append((first, parts[1])) } else { words.append(first) }
    }
  }

  /// Whether `word` is among the arguments; takes it.
  mutating func takeWord(_ word: String) -> Bool {
    guard let index = words.firstIndex(of: word) else { return false }
    words.remove(at: index)
    return true
  }

  /// The text given as `key=text`, or nil if `key` is not given; takes it.
  mutating func takeValue(_ key: String) -> String? {
    values.firstIndex { $0.key == key }.map { values.remove(at: $0).value }
  }

  /// The number given as `key=number`, or nil if `key` is not given; takes it.
  ///
  /// - Throws: `Diagnostic` if the value is no number.
  mutating func takeNumber(_ key: String) throws(Diagnostic) -> Double? {
    guard let value = takeValue(key) else { return nil }
    guard let number = Double(value) else { throw error("gives \"\(value)\" as its \(key); expected a number") }
    return number
  }

  /// All arguments of the form `key=value`; takes them.
  mutating func takeValues() -> [(key: String, value: String)] {
    defer { values = [] }
    return values
  }

  /// - Throws: `Diagnostic` if arguments are left, saying that `usage` is what is known.
  func finish(usage: String) throws(Diagnostic) {
    guard let unknown = words.first ?? values.first?.key else { return }
    throw error("has the unknown argument \"\(unknown)\"; expected \(usage)")
  }

  /// An error of this specification.
  func error(_ message: String) -> Diagnostic { Diagnostic("the reducer \"\(specification)\" \(message)") }
}
