import Documents
import Testing

@testable import Questions

@Suite("Lists and ranges of numbers")
struct NumberListTests {
  private func list(_ text: String, in limits: ClosedRange<Int> = 0...1_000_000) throws -> NumberList {
    try NumberList(text, in: limits, "--batch")
  }

  // The numbers are written out by hand.
  @Test(arguments: [
    ("1,2,4", [1, 2, 4]), ("4..8", [4, 5, 6, 7, 8]), ("16..80:16", [16, 32, 48, 64, 80]),
    ("16..79:16", [16, 32, 48, 64]),
    ("1..64*2", [1, 2, 4, 8, 16, 32, 64]), ("3..100*3", [3, 9, 27, 81]), ("1,2,4..6", [1, 2, 4, 5, 6]),
    ("7", [7]), ("2k", [2000]), ("1k..3k:1k", [1000, 2000, 3000]), ("5..5", [5]), ("1,1,1..2", [1, 2]),
  ])
  func reads(_ text: String, _ numbers: [Int]) throws {
    #expect(Array(try list(text)) == numbers)
  }

  @Test(
    "a range of one number is that number, and is written as one",
    arguments: ["5..5", "5..9:5", "5..576:2147483648", "5..9*2", "5..5*2"])
  func one(_ text: String) throws {
    let list = try list(text)
    #expect(list == 5)
    #expect(list.texts == ["5"])
  }

  // The same numbers as they stand in Swift's source: no error of rounding shows.
  @Test(
    "numbers with fractions",
    arguments: [
      ("0.5", [0.5]), ("1k,2.5", [1000, 2.5]), ("1..4", [1, 2, 3, 4]), ("0.5..2:0.5", [0.5, 1, 1.5, 2]),
      ("0.1..0.7:0.1", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]), ("1..60*2", [1, 2, 4, 8, 16, 32]),
      ("0.001..1*10", [0.001, 0.01, 0.1, 1]), ("2,1..3", [2, 1, 3]), ("1e-3", [0.001]), ("5..5", [5]),
    ])
  func fractions(_ text: String, _ numbers: [Double]) throws {
    var question = Question()
    try question.set("rate", to: [text])
    #expect(question.load.rates == numbers)
  }

  @Test(
    "what is no list of numbers with fractions",
    arguments: [
      ("0", "from 1e-09 to 1000000000"), ("inf", "as 1,2,4 or 0.5..2:0.5"), ("2..1", "ends before it begins"),
      ("1..2:0", "a step above 0"), ("1..2*1", "a factor above 1"), ("1..1e9:0.001", "more than 100000 numbers"),
      ("1..2:x", "expected a range of --rate"), ("1,,2", "values with commas between them"),
    ])
  func wrongFractions(_ text: String, _ message: String) throws {
    var question = Question()
    let error = try #require(throws: Diagnostic.self) { try question.set("rate", to: [text]) }
    #expect(error.message.contains(message), "\(error.message)")
  }

  @Test func keepsLongRangesShort() throws {
    let list = try NumberList("1..1000000000000", in: 1...Int.max, "--batch")
    #expect(list.count == 1_000_000_000_000)
    #expect(list[999_999_999_999] == 1_000_000_000_000)
    // Beyond the numbers of a list nothing traps.
    #expect(NumberList()[3] == 0 && NumberList().first == nil && Array(NumberList()).isEmpty)
    #expect(list.texts == ["1..1000000000000"])
  }

  @Test func writesWhatItReads() throws {
    for text in ["1,2,4..64", "16..576:16", "1..64*2", "3"] {
      let list = try list(text)
      #expect(try NumberList(list.texts.joined(separator: ","), in: 0...1000, "--batch") == list)
    }
  }

  @Test(arguments: [
    ("", "found \"\""), ("a", "found \"a\""), ("1,", "found \"\""), ("8..4", "ends before it begins"),
    ("1..x", "expected a range"),
    ("1..9:0", "a step above 0"), ("1..9*1", "a factor above 1"), ("0..9*2", "starts above 0"),
    ("-1", "from 0 to 1000000"), ("2000000", "from 0 to 1000000"), ("1..2000000", "from 0 to 1000000"),
  ])
  func refuses(_ text: String, _ message: String) throws {
    do {
      _ = try list(text)
      Issue.record("\(text) was read")
    } catch let error as Diagnostic {
      #expect(error.message.contains(message), "\(error.message)")
    }
  }
}
