public import Documents
internal import Quantities

/// Whole numbers as people list them: `1,2,4`, `4..64`, `16..576:16`, `1..64*2`; each once, ranges not written out.
public struct NumberList: Sendable, Hashable {
  /// A number, or a range of them.
  fileprivate struct Part: Hashable, Sendable {
    var first: Int
    var last: Int
    /// How the next number follows: by adding `step` or, where that is 0, by multiplying by `factor`.
    var step = 1
    var factor = 1
    var count = 1

    subscript(index: Int) -> Int {
      if step > 0 { return first + index * step }
      return (0..<index).reduce(first) { number, _ in number * factor }
    }

    var text: String {
      if count == 1 { return "\(first)" }
      let growth = step == 0 ? "*\(factor)" : step == 1 ? "" : ":\(step)"
      return "\(first)..\(last)\(growth)"
    }
  }

  private var parts: [Part] = []
  /// How many numbers there are.
  public private(set) var count = 0

  /// Longer lists are not looked through for numbers that stand there twice.
  private static let longest = 100_000

  /// No numbers.
  public init() {}

  /// These numbers, each once.
  public init(_ numbers: [Int]) {
    var seen: Set<Int> = []
    for number in numbers where seen.insert(number).inserted { append(Part(first: number, last: number)) }
  }

  /// Reads numbers and ranges with commas between them, all within `limits`; `name` is the option's in errors.
  ///
  /// - Throws: `Diagnostic` that says what to write.
  public init(_ text: String, in limits: ClosedRange<Int>, _ name: String) throws(Diagnostic) {
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      append(try Part(String(item), in: limits, name))
    }
    dropRepetitions()
  }

  /// Puts the numbers of another list behind.
  public mutating func append(_ other: NumberList) {
    other.parts.forEach { append($0) }
    dropRepetitions()
  }

  private mutating func append(_ part: Part) {
    parts.append(part)
    let (sum, overflow) = count.addingReportingOverflow(part.count)
    count = overflow ? .max : sum
  }

  private mutating func dropRepetitions() {
    guard count <= Self.longest else { return }
    var seen: Set<Int> = []
    let unique = filter { seen.insert($0).inserted }
    if unique.count < count { self = NumberList(unique) }
  }

  /// The numbers and ranges, as they are written.
  public var texts: [String] { parts.map(\.text) }
}

extension NumberList: Sequence, ExpressibleByArrayLiteral, ExpressibleByIntegerLiteral {
  /// The numbers one after the other.
  public func makeIterator() -> AnyIterator<Int> {
    var next = 0
    return AnyIterator {
      guard next < count else { return nil }
      defer { next += 1 }
      return self[next]
    }
  }

  /// Whether there are no numbers.
  public var isEmpty: Bool { parts.isEmpty }
  /// The first number; nil without any.
  public var first: Int? { parts.first?.first }

  /// The number at a place from 0 to below `count`; beyond that the last range goes on.
  subscript(index: Int) -> Int {
    var rest = index
    for part in parts.dropLast() {
      if rest < part.count { return part[rest] }
      rest -= part.count
    }
    return parts.last?[rest] ?? 0
  }

  /// These numbers.
  public init(arrayLiteral numbers: Int...) { self.init(numbers) }
  /// One number.
  public init(integerLiteral number: Int) { self.init([number]) }
}

extension NumberList.Part {
  fileprivate init(_ text: String, in limits: ClosedRange<Int>, _ name: String) throws(Diagnostic) {
    let range = try WrittenRange(
      text,
      .init(
        name: name, limits: limits, text: { "\($0)" }, number: { Int(counting: $0) }, steps: "16..576:16"))
    let (first, last, isProduct) = (range.first, range.last, range.isProduct)
    guard let growth = range.growth else {
      self.init(first: first, last: last)
      return
    }
    var count = 1
    if isProduct {
      var number = first
      while number <= last / growth {
        number *= growth
        count += 1
      }
    } else {
      count = (last - first) / growth + 1
    }
    // A range of one number is that number.
    guard count > 1 else {
      self.init(first: first, last: first)
      return
    }
    self.init(first: first, last: last, step: isProduct ? 0 : growth, factor: isProduct ? growth : 1, count: count)
  }
}
