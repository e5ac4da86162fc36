import Architectures
import Catalog
import Documents
import Estimation
import Hardware
import Operators
import Quantities
import Reduction
import ReductionMethods
import Testing

@testable import Questions

@Suite("The rows that answer a question")
struct AnswerTests {
  /// 2 devices, 2 precisions, 3 batches, 5 numbers of tokens: 60 rows.
  private func question(_ parts: [(String, String)] = []) throws -> Question {
    var question = Question(models: ["vicuna-7b"], devices: ["v100", "a100-80gb"])
    try question.set("tokens", to: ["64..320:64"])
    try question.set("batch", to: ["1..4*2"])
    for (name, text) in parts { try question.set(name, to: [text]) }
    return question
  }

  private func rows(_ question: Question) throws -> [RowFigures] {
    var all: [RowFigures] = []
    _ = try Answer(question.study(in: .standard), question.rows).forEach {
      $0
    } deliver: {
      all += $0
    }
    return all
  }

  /// What a row is asked, in short.
  private func name(_ row: RowFigures) -> String {
    "\(row.estimate.hardware.name) \(row.estimate.precision.name) \(row.estimate.workload.batch) \(row.estimate.visualTokens)"
  }

  @Test("the product of all lists, the visual tokens innermost")
  func product() throws {
    let names = try rows(question()).map(name)
    #expect(names.count == 60 && Set(names).count == 60)
    #expect(
      names.prefix(6) == [
        "v100 fp16 1 64", "v100 fp16 1 128", "v100 fp16 1 192", "v100 fp16 1 256", "v100 fp16 1 320", "v100 fp16 2 64",
      ])
    #expect(names[15] == "v100 int4 1 64")
    #expect(names[30] == "a100-80gb fp16 1 64")
  }

  @Test("rows by their numbers are those of the stream")
  func numbers() throws {
    let study = try question([("tokens", "full,adaptive,32"), ("model", "llava-1.5-7b,vicuna-7b")]).study(in: .standard)
    let all = try study.rows()
    #expect(all.count == study.count)
    let memory = Study.Memory()
    for number in all.indices {
      let row = try #require(study.rows(number..<(number + 1), memory).first).get()
      #expect(row.estimate.model.name == all[number].estimate.model.name)
      #expect(row.estimate.totalSeconds == all[number].estimate.totalSeconds)
      #expect(row.totalSpeedup == all[number].totalSpeedup)
    }
  }

  @Test("a model is asked in the format of its checkpoint where it states one, unless precisions are named")
  func checkpoints() throws {
    var question = try question([("model", "vicuna-7b,gpt-oss-20b,llama-2-7b"), ("batch", "1,2"), ("tokens", "none")])
    question.devices = ["v100"]
    func names(_ names: [String] = ["fp16", "int4"]) throws -> [String] {
      let study = try question.study(in: .standard, precisions: names)
      let rows = try study.rows()
      let memory = Study.Memory()
      let numbered = try (0..<study.count).map { try #require(study.rows($0..<($0 + 1), memory).first).get() }
      let all = [rows, numbered].map { $0.map { "\($0.estimate.model.name) \($0.estimate.precision.name)" } }
      #expect(all[0] == all[1] && study.blocks == rows.count)
      #expect(study.blocks == rows.count)
      return all[0]
    }
    func twice(_ names: String...) -> [String] { names.flatMap { [$0, $0] } }
    let others = (twice("vicuna-7b fp16", "vicuna-7b int4"), twice("llama-2-7b fp16", "llama-2-7b int4"))
    #expect(try names() == others.0 + twice("gpt-oss-20b checkpoint") + others.1)
    #expect(
      try names(["fp16"]) == twice("vicuna-7b fp16") + twice("gpt-oss-20b checkpoint") + twice("llama-2-7b fp16"))
    try question.set("precision", to: ["fp16"])
    #expect(try names() == twice("vicuna-7b fp16", "gpt-oss-20b fp16", "llama-2-7b fp16"))
    try question.set("precision", to: ["checkpoint"])
    let error = #expect(throws: Diagnostic.self) { try names() }
    #expect(error?.message == "vicuna-7b states no format of its checkpoint; name a precision")
    question.models = ["gpt-oss-20b"]
    #expect(try names() == twice("gpt-oss-20b checkpoint"))
    // Rules that know no parts that are not converted.
    question.accounting = "llm-viewer"
    #expect(throws: Diagnostic.self) { try question.check() }
    question.precisions = []
    #expect(try question.study(in: .standard, precisions: ["fp16"]).precisions.map(\.name) == ["fp16"])
  }

  @Test("an order, the best first, and only the first few")
  func order() throws {
    let all = try rows(question())
    let sorted = try rows(question([("sort", "expected_total_seconds")]))
    let times = all.map(\.estimate.expectedTotalSeconds).sorted()
    #expect(sorted.map(\.estimate.expectedTotalSeconds) == times)
    #expect(sorted.map(\.rank) == Array(1...60))
    let top = try rows(question([("sort", "precision:desc,visual_tokens:desc"), ("top", "3")]))
    #expect(top.map(name) == ["v100 int4 1 320", "v100 int4 2 320", "v100 int4 4 320"])
    // Without an order the first ones of the question.
    #expect(try rows(question([("top", "2")])).map(name) == ["v100 fp16 1 64", "v100 fp16 1 128"])
  }

  @Test("of more rows than are kept at a time, too")
  func longOrder() throws {
    var question = try question([("sort", "batch:desc"), ("top", "1"), ("precision", "fp16")])
    try question.set("batch", to: ["1..700"])
    try question.set("text-tokens", to: ["1..20"])
    // 2 devices x 700 x 20 x 5 = 140,000 rows: more than 65,536.
    #expect(try question.study(in: .standard).count == 140_000)
    #expect(try rows(question).map(name) == ["v100 fp16 700 64"])
  }

  @Test("a front holds no row that another beats in everything")
  func front() throws {
    let all = try rows(question())
    let front = try rows(question([("pareto", "expected_total_seconds,visual_tokens:desc")]))
    func beats(_ a: RowFigures, _ b: RowFigures) -> Bool {
      let (x, y) = (a.estimate, b.estimate)
      let isNoWorse = x.expectedTotalSeconds <= y.expectedTotalSeconds && x.visualTokens >= y.visualTokens
      return isNoWorse && (x.expectedTotalSeconds < y.expectedTotalSeconds || x.visualTokens > y.visualTokens)
    }
    let expected = all.filter { row in !all.contains { beats($0, row) } }
    #expect(Set(front.map(name)) == Set(expected.map(name)))
  }

  @Test("a condition, and what is left where no row keeps to it")
  func condition() throws {
    #expect(try rows(question([("where", "batch==2 && precision==int4")])).count == 10)
    let error = try #require(throws: Diagnostic.self) { try rows(question([("where", "batch==3")])) }
    #expect(error.message.hasPrefix("no row of 60 keeps to \"batch==3\""))
  }

  @Test("what cannot be estimated is counted, and an error only where nothing can")
  func omissions() throws {
    // A T4's links are not known, an A100's are.
    var question = try question([("tensor-parallel", "2"), ("precision", "fp16")])
    question.devices = ["t4", "a100-80gb"]
    var count = 0
    let tally = try Answer(question.study(in: .standard)).forEach {
      $0.count
    } deliver: {
      count += $0
    }
    let unlinked = try Catalog.standard.hardware("t4").interconnect == nil
    #expect(count == (unlinked ? 15 : 30))
    #expect(tally.omissions.map(\.rows) == (unlinked ? [15] : []))
    try question.set("tensor-parallel", to: ["33"])
    #expect(throws: Diagnostic.self) {
      try Answer(question.study(in: .standard)).forEach {
        $0.count
      } deliver: { _ in
      }
    }
  }

  @Test("a model without eyes reads no pictures unasked, and a whole model gets PruMerge")
  func sense() throws {
    let text = try Question(models: ["llama-2-7b"], devices: ["v100"]).study(in: .standard)
    #expect(text.subjects[0].inputs.map(\.tokens.initial) == [0])
    let whole = try Question(models: ["llava-1.5-7b"], devices: ["v100"]).study(in: .standard)
    #expect(whole.subjects[0].inputs.map { $0.reduction?.reducer.name } == [nil, "prumerge"])
  }

  @Test("whoever stops it gets whole rows so far")
  func stopping() throws {
    var question = try question()
    try question.set("batch", to: ["1..5000"])
    var count = 0
    let tally = try Answer(question.study(in: .standard)).forEach(
      Answer.Watch(isStopped: { count > 1000 })
    ) {
      $0.count
    } deliver: {
      count += $0
    }
    #expect(tally.isInterrupted && tally.rows == count && count < 100_000)
  }

  @Test func speedupComparesWithTheUnreducedRow() throws {
    let model = try Catalog.standard.model("vicuna-7b")
    let visual = try VisualInput.reduced(by: PruMerge(), Sample.diagram.features())
    let rows = try Study(
      model, on: [Catalog.standard.hardware("v100")], precisions: [.fp16, .int4], visualInputs: [.tokens(576), visual],
      textTokens: 40
    ).rows()
    #expect(rows.map { $0.estimate.visualTokens } == [576, 17, 576, 17])
    #expect(rows.map { $0.speedup == nil } == [true, false, true, false])
    for (full, reduced) in [(rows[0], rows[1]), (rows[2], rows[3])] {
      #expect(reduced.speedup == full.estimate.prefillSeconds / reduced.estimate.prefillSeconds)
    }
  }
}
