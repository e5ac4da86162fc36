internal import Documents

extension ReducerArguments {
  /// The first argument without a key, or nil if there is none; takes it.
  mutating func takeFirstWord() -> String? { words.isEmpty ? nil : words.removeFirst() }

  /// The whole number given as `key=number`, or nil if `key` is not given; takes it.
  ///
  /// - Throws: `Diagnostic` if the value is no whole number in `range`.
  mutating func takeInteger(_ key: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int? {
    guard let number = try takeNumber(key) else { return nil }
    guard let integer = Int(exactly: number), range.contains(integer) else {
      let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
      throw error("gives \(number) as its \(key); expected \(expected)")
    }
    return integer
  }

  /// The count that a specification begins with, as in `fastervlm:144`; takes it.
  ///
  /// - Throws: `Diagnostic` if it is missing or no whole number of at least 1.
  mutating func takeCount(_ what: String) throws(Diagnostic) -> Int {
    try takeCounts(what, separatedBy: ",", 1...1)[0]
  }

  /// The counts that a specification begins with, as in `spatial:5x8`; takes them.
  ///
  /// - Throws: `Diagnostic` if there are too few or too many, or one is no whole number of at least 1.
  mutating func takeCounts(
    _ what: String, separatedBy separator: Character, _ number: ClosedRange<Int>
  ) throws(Diagnostic) -> [Int] {
    guard let word = takeFirstWord() else { throw error("lacks \(what)") }
    let parts = word.split(separator: separator, omittingEmptySubsequences: false).map { Int($0) }
    let counts = parts.compactMap { $0 }.filter { (1...Self.largestCount).contains($0) }
    guard counts.count == parts.count, number.contains(counts.count) else {
      throw error("gives \"\(word)\"; expected \(what)")
    }
    return counts
  }

  /// All arguments left, which must be of the form `number=number`; takes them.
  ///
  /// - Throws: `Diagnostic` for any other argument.
  mutating func takePairs(_ what: String) throws(Diagnostic) -> [(key: Int, value: Int)] {
    var pairs: [(key: Int, value: Int)] = []
    if let word = words.first { throw error("gives \"\(word)\"; expected \(what)") }
    for (key, value) in takeValues() {
      guard let key = Int(key), let value = Int(value), key >= 0, (0...Self.largestCount).contains(value) else {
        throw error("gives \"\(key)=\(value)\"; expected \(what)")
      }
      // `02` is 2.
      if let other = pairs.first(where: { $0.key == key }) {
        throw self.error("gives \(key) both \(other.value) and \(value)")
      }
      pairs.append((key, value))
    }
    guard !pairs.isEmpty else { throw error("lacks \(what)") }
    return pairs.sorted { $0.key < $1.key }
  }

  /// More tokens than any encoder makes; a larger number is a slip of the keyboard.
  static let largestCount = 1_048_576
}
