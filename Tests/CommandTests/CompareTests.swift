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
  }

  @Test func writesATableWithOneRowForEachMethod() throws {
    let table = try Command.output(
      "compare", "--model", "llava-1.5-13b", "--gpu", "v100", "--reducer", "prumerge+", "--reducer", "fastv")
    #expect(table.contains("prumerge+:ratio="))
    // 40 layers at 144 on average: two with all 576, 38 with (144 x 40 - 2 x 576) / 38 = 121.
    #expect(table.contains("576 > 121"))
    // Table 1, 13B.
    #expect(table.contains("77.8"))
    #expect(table.contains("not measured here"))
  }

  @Test func saysWhatDoesNotFitAndWhatCannotWork() throws {
    let rows = try Command.rows(
      "compare", "--model", "llava-1.5-13b", "--gpu", "t4", "--precision", "bf16", "--reducer", "prumerge",
      "--reducer", "prumerge")
    #expect(rows.count == 2)
    for row in rows {
      #expect(row["fits"] as? Bool == false)
      #expect((row["note"] as? String)?.contains("t4 has no BF16 matrix units") == true)
    }
    // ATS keeps at least 7 tokens, PyramidDrop 270 on average over 32 layers: (576 + 288 + 144 + 72) / 4.
    let table = try Command.output("compare", "--model", "llava-1.5-7b", "--gpu", "v100", "--budget", "4")
    #expect(table.contains("leaves 7 visual tokens on average, more than 4"))
    #expect(table.contains("pyramiddrop leaves 270 visual tokens on average, more than 4"))
  }

  @Test func saysOfWhichDeviceANoteIs() throws {
    // 26.7 GB of weights in FP16: too much for 16 GB (15.77 GiB), not for 80.
    let table = try Command.output(
      "--model", "llava-1.5-13b", "--gpu", "v100", "--gpu", "a100-80gb", "--precision", "fp16", "--tokens", "full",
      "--engine", "none")
    #expect(table.contains("\nv100: does not fit: needs 27.3 GB, has 16.9 GB"))
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
