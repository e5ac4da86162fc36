import Documents
import Reports
import Testing

@Suite("What rows must keep to")
struct RequirementTests {
  private static let rows = [
    Record([
      "model": .text("m"), "precision": .text("fp16"), "reducer": .text("prumerge"), "hardware": .text("a"),
      "prefill_seconds": .number(0.25), "footprint_bytes": .number(16e9), "speedup": .null, "fits": .boolean(true),
      "tokens_per_second": .number(40), "excess_bytes": .number(0), "bound": .text("memory"),
    ]),
    Record([
      "model": .text("m"), "precision": .text("int4"), "reducer": .text("none"), "hardware": .text("a"),
      "prefill_seconds": .number(0.125), "footprint_bytes": .number(18e9), "speedup": .number(2),
      "fits": .boolean(false), "tokens_per_second": .number(80), "excess_bytes": .number(2e9), "bound": .text("link"),
    ]),
  ]

  /// The places of the rows that fail.
  private func failing(_ text: String) throws -> [Int] {
    let lines = try [Requirement(text)].failures(in: Self.rows)
    return lines.map { $0.hasPrefix("m, fp16, prumerge, a: ") ? 0 : 1 }
  }

  /// Of the second row, which others are compared with, no speed-up is required.
  @Test(
    "a number with or without a unit, compared as the sign says",
    arguments: [
      ("prefill_seconds<0.2", [0]), ("prefill_seconds<200ms", [0]), ("prefill_seconds <= 250 ms", []),
      ("prefill_seconds<0.25", [0]), ("prefill_seconds>=0.125", []), ("prefill_seconds>125ms", [1]),
      ("prefill_seconds==0.25", [1]), ("footprint_bytes<=16GB", [1]), ("footprint_bytes<16GiB", [1]),
      ("footprint_bytes<=16e9", [1]), ("tokens_per_second>0.05k", [0]), ("excess_bytes<=0", [1]),
      ("Prefill-Seconds<1", []), ("speedup>3", [0]), ("prefill_seconds<1000", []),
    ])
  func comparisons(text: String, expected: [Int]) throws {
    #expect(try failing(text) == expected)
  }

  @Test("a row that fails is named, with what is not known or by how much it is off")
  func messages() throws {
    let requirements = try [Requirement("prefill_seconds<200ms"), Requirement("speedup>1.5"), .fits]
    #expect(
      try requirements.failures(in: Self.rows) == [
        "m, fp16, prumerge, a: prefill_seconds is 250 ms, 50.0 ms too much (prefill_seconds<200ms)",
        "m, fp16, prumerge, a: speedup is not known (speedup>1.5)",
        "m, int4, none, a: does not fit: 2.00 GB too much (--fail-if-too-big)",
      ])
    let unknown = Record(["hardware": .text("b"), "fits": .null])
    #expect(
      try [Requirement.fits].failures(in: [unknown])
        == ["b: not known to fit: the device's memory is not known (--fail-if-too-big)"])
  }

  @Test(
    "what is no requirement",
    arguments: [
      "", "prefill_seconds", "prefill_seconds=1", "<1", "prefill_seconds<", "prefill_seconds<fast",
      "prefill_seconds<1GB",
      "prefill_seconds<nan", "prefill_seconds<inf", "prefill_seconds!=1", "prefill_seconds<1<2", "tokens<2s",
    ])
  func refused(text: String) {
    #expect(throws: Diagnostic.self) { try Requirement(text) }
  }

  @Test("a key that the rows lack is met with near ones, one that is no number is said to be none")
  func keys() throws {
    func message(_ text: String) throws -> String? {
      try #require(throws: Diagnostic.self) { try [Requirement(text)].failures(in: Self.rows) }.message
    }
    #expect(
      try message("prefil_seconds<1") == "the rows have no key \"prefil_seconds\"; did you mean prefill_seconds?")
    #expect(try message("zzzzzzzz<1")?.contains("there are prefill_seconds, footprint_bytes, ") == true)
    #expect(try message("bound<1") == "bound is no number")
    #expect(try message("fits<1")?.hasSuffix("use --fail-if-too-big") == true)
  }
}
