import Testing

@Suite struct CompareTests {
  @Test func ranksWithThePapersAccuracies() throws {
    let rows = try Command.rows("compare", "--model", "llava-1.5-7b", "--gpu", "a100-80gb", "--reducer", "all")
    #expect(rows.compactMap { $0["rank"] as? Int } == [Int](1...rows.count))
    let tome = try #require(rows.first { $0["reducer"] as? String == "tome:r=19" })
    #expect(tome["visual_tokens"] as? Int == 139)
    // Table 7 of the paper.
    #expect(tome["paper_vqav2"] as? Double == 66)
    #expect(tome["paper_tokens"] as? Int == 144)
    let none = try #require(rows.first { $0["reducer"] as? String == "none" })
    #expect(none["paper_mmbench"] as? Double == 64.3)
    #expect(none["reduction_seconds"] as? Double == 0)
  }

  @Test func writesATableWithOneRowForEachMethod() throws {
    let table = try Command.output(
      "compare", "--model", "llava-1.5-13b", "--gpu", "v100", "--reducer", "prumerge+", "--reducer", "fastv")
    #expect(table.contains("prumerge+:ratio="))
    #expect(table.contains("576 > 144"))
    // Table 1, 13B.
    #expect(table.contains("77.8"))
    #expect(table.contains("not measured here"))
  }

  @Test func runsSeveralReducersBesideTheUnreducedRow() throws {
    let rows = try Command.rows(
      "--model", "llava-1.5-7b", "--gpu", "v100", "--precision", "fp16", "--tokens", "full", "--reducer", "tome:r=18",
      "--reducer", "prumerge/fastv:K=2,R=0.5")
    #expect(rows.compactMap { $0["reducer"] as? String } == ["none", "tome:r=18", "prumerge/fastv:K=2,R=0.5"])
    #expect(rows.compactMap { $0["visual_tokens"] as? Int } == [576, 162, 41])
  }

  @Test(arguments: [
    ["compare", "--model", "llava-1.5-7b", "--gpu", "v100", "--reducer", "prumereg"],
    ["--model", "llava-1.5-7b", "--gpu", "v100", "--reducer", "fastv/prumerge"],
    ["reduce", "--reducer", "fastv"],
  ])
  func wrongCallsExitWith64(arguments: [String]) throws {
    #expect(try Command.run(arguments).code == 64)
  }

  @Test func aBudgetBeyondTheTokensIsAnError() throws {
    let run = try Command.run(["compare", "--model", "llava-1.5-7b", "--gpu", "v100", "--budget", "577"])
    #expect(run.code == 1)
    #expect(run.error.contains("expected a budget from 1 to the 576"))
  }
}
