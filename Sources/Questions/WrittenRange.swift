internal import Documents

/// A number, or a range of numbers, as people write it: `4`, `1..8`, `16..576:16`, `1..64*2`.
struct WrittenRange<Number: Comparable & ExpressibleByIntegerLiteral> {
  /// The first and the last that may occur.
  let first, last: Number
  /// What is added to a number for the next one or, of a product, what multiplies it; nil for a single number.
  let growth: Number?
  /// Whether numbers are multiplied.
  let isProduct: Bool

  /// How the numbers of an option are written.
  struct Form {
    /// The option's name, for errors.
    let name: String
    /// Numbers that are allowed, and how one of them is written.
    let limits: ClosedRange<Number>
    let text: (Number) -> String
    /// What a text says; nil for what is no number.
    let number: (String) -> Number?
    /// A range by steps, which errors show.
    let steps: String
  }

  /// Reads a number or a range.
  ///
  /// - Throws: `Diagnostic` that says what to write.
  init(_ text: String, _ form: Form) throws(Diagnostic) {
    let expected =
      "expected \(form.name) from \(form.text(form.limits.lowerBound)) to \(form.text(form.limits.upperBound))"
    func checked(_ number: Number, _ found: String) throws(Diagnostic) -> Number {
      guard form.limits.contains(number) else { throw Diagnostic("\(expected), found \(found)") }
      return number
    }
    guard let dots = text.ranges(of: "..").first else {
      guard let number = form.number(text) else {
        throw Diagnostic("\(expected), or a list or range as 1,2,4 or \(form.steps), found \"\(text)\"")
      }
      first = try checked(number, form.text(number))
      (last, growth, isProduct) = (first, nil, false)
      return
    }
    let rest = text[dots.upperBound...]
    isProduct = rest.contains("*")
    let ends = rest.split(separator: isProduct ? "*" : ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let start = form.number(String(text[..<dots.lowerBound])),
      let end = ends.first.flatMap({ form.number(String($0)) }),
      let growth = ends.count > 1 ? form.number(String(ends[1])) : 1
    else {
      throw Diagnostic("expected a range of \(form.name) as 1..8, \(form.steps) or 1..64*2, found \"\(text)\"")
    }
    (first, last, self.growth) = (try checked(start, "\"\(text)\""), try checked(end, "\"\(text)\""), growth)
    guard first <= last else { throw Diagnostic("the range \"\(text)\" of \(form.name) ends before it begins") }
    guard growth > (isProduct ? 1 : 0), !isProduct || first > 0 else {
      let what = isProduct ? "starts above 0 and grows by a factor above 1" : "has a step above 0"
      throw Diagnostic("a range of \(form.name) \(what), found \"\(text)\"")
    }
  }
}
