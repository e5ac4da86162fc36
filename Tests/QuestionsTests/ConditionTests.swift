import Catalog
import Documents
import Estimation
import Quantities
import Testing

@testable import Questions

@Suite("What rows must be like")
struct ConditionTests {
  /// Rows in FP16 and INT4 on a T4, which has 16 GB: 13.5 GB of FP16 weights fit, 10,000 tokens of cache beside them do
  /// not: 32 layers x 2 x 4096 x 2 bytes a token are 5.2 GB.
  private func rows() throws -> [RowFigures] {
    let study = Study(
      try Catalog.standard.model("vicuna-7b"), on: [try Catalog.standard.hardware("t4")], visualInputs: [.tokens(0)],
      textTokens: [10_000])
    return try study.rows().map { RowFigures($0) }
  }

  /// The places of the rows that keep to a condition.
  private func kept(_ text: String) throws -> [Int] {
    var rows = try rows()
    let condition = try Condition(text)
    return rows.indices.filter { condition.holds(for: &rows[$0]) }
  }

  @Test(
    "numbers with or without a unit, texts, truths, and what joins them",
    arguments: [
      ("text_tokens==10k", [0, 1]), ("text_tokens != 10000", []), ("precision==fp16", [0]), ("precision != FP16", [1]),
      ("fits", [1]), ("!fits", [0]), ("fits==false", [0]), ("fits==yes", [1]), ("footprint_bytes<16GB", [1]),
      ("footprint_bytes>=16e9", [0]), ("memory > 14GiB", [0]), ("fits && precision==fp16", []),
      ("fits || precision==fp16", [0, 1]), ("precision==int4 && (fits || batch>1)", [1]),
      ("precision==fp16 || precision==int4 && batch>1", [0]), ("Device == 'T4'", [0, 1]),
      ("batch<=1&&batch>=1", [0, 1]),
      ("expected_request_seconds<1", []), ("!(batch==1)", []),
    ])
  func holds(text: String, expected: [Int]) throws {
    #expect(try kept(text) == expected)
  }

  @Test("times are read in their units")
  func times() throws {
    let seconds = try rows()[0].estimate.prefillSeconds.value
    #expect(try kept("prefill_seconds<=\(seconds) && precision==fp16") == [0])
    #expect(try kept("prefill_seconds<\(seconds * 1000)ms && precision==fp16").isEmpty)
    #expect(try kept("prefill_seconds<\(seconds * 1001)ms && precision==fp16") == [0])
  }

  @Test("a row that fails is told by how much")
  func shortfalls() throws {
    var rows = try rows()
    let tooBig = try #require(Condition.fits(as: "--fail-if-too-big").shortfall(of: &rows[0]))
    #expect(tooBig.hasPrefix("does not fit: ") && tooBig.hasSuffix(" too much"))
    #expect(try Condition("batch>4").shortfall(of: &rows[0]) == "batch is 1, 3 too little")
    #expect(try Condition("batch<1").shortfall(of: &rows[0]) == "batch is 1, just the bound")
    #expect(try Condition("precision==int8").shortfall(of: &rows[0]) == "precision is fp16")
    #expect(try Condition("request_seconds<1").shortfall(of: &rows[0]) == "request_seconds is not known")
    #expect(try Condition("precision==fp16 || fits").shortfall(of: &rows[0]) == nil)
    // No gain is asked of rows that others are compared with, but of those that have nothing to be compared with.
    #expect(try Condition("speedup>3").shortfall(of: &rows[0]) == "speedup is not known")
    var compared = RowFigures(Study.Row(estimate: rows[0].estimate, baseline: nil, isBaseline: true))
    #expect(try Condition("speedup>3").shortfall(of: &compared) == nil)
    #expect(try Condition("speedup>3 && batch>4").shortfall(of: &compared) == "batch is 1, 3 too little")
  }

  @Test(
    "what is no condition",
    arguments: [
      "", "prefill_seconds", "prefill_seconds=1", "<1", "prefill_seconds<", "prefill_seconds<fast",
      "prefill_seconds<1GB",
      "prefill_seconds<nan", "prefill_seconds<inf", "prefill_seconds<1<2", "tokens<2s", "fits<true", "precision<fp16",
      "(fits", "fits)", "fits &&", "&& fits", "fits fits", "stages==1", "precision=='fp16", "nothing==1",
      String(repeating: "(", count: 100_000), String(repeating: "!", count: 100_000) + "fits",
    ])
  func refused(text: String) {
    #expect(throws: Diagnostic.self) { try Condition(text) }
  }

  @Test("an unknown column is met with near ones")
  func columns() throws {
    let error = try #require(throws: Diagnostic.self) { try Condition("prefil_seconds<1") }
    #expect(error.message.contains("did you mean prefill_seconds"))
  }
}
