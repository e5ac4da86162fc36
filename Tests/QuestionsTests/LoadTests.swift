import Catalog
import Documents
import Estimation
import Questions
import Serving
import Testing

@Suite("Rows of fleets under load")
struct LoadTests {
  private func question(_ parts: [(String, String)]) throws -> Question {
    var question = Question()
    let setting = [
      ("model", "vicuna-7b"), ("gpu", "a100-80gb"), ("precision", "fp16"), ("tokens", "none"), ("text-tokens", "64"),
      ("generate", "8"), ("requests", "40"),
    ]
    for (name, text) in setting + parts { try question.set(name, to: [text]) }
    return question
  }

  private func rows(_ question: Question) throws -> [RowFigures] {
    let study = try LoadStudy(question, in: .standard)
    return try (0..<study.count).map { RowFigures(try study.row($0)) }
  }

  private func number(_ key: String, _ row: RowFigures) throws -> Double {
    var row = row
    guard case .number(let number) = try Column(named: key).value(of: &row) else { return .nan }
    return number
  }

  @Test("are chosen, ordered and cut as those of estimates are")
  func choice() throws {
    var question = try question([("rate", "1,50,5,20")])
    let all = try rows(question)
    try question.set("sort", to: ["rate:desc"])
    #expect(try question.rows.choose(all).map { try number("rate", $0) } == [50, 20, 5, 1])
    #expect(try question.rows.choose(all).map(\.rank) == [1, 2, 3, 4])
    try question.set("top", to: ["2"])
    #expect(try question.rows.choose(all).map { try number("rate", $0) } == [50, 20])
    try question.set("where", to: ["rate<20 && concurrency != 3"])
    // What is not known, as clients at a rate, is like nothing.
    #expect(throws: Diagnostic.self) { try question.rows.choose(all) }
    try question.set("where", to: ["rate<20"])
    #expect(try question.rows.choose(all).map { try number("rate", $0) } == [5, 1])
    // More is better of tokens a second, and headings are names as in estimates.
    try question.set("sort", to: ["tokens/s"])
    let best = try question.rows.choose(all).map { try number("output_tokens_per_second", $0) }
    #expect(best == best.sorted(by: >))
  }

  @Test("have columns of their own, which estimates refuse, and refuse those of estimates")
  func columns() throws {
    try question([("rate", "1"), ("where", "ttft_p95_seconds<1")]).checkLoad()
    #expect(throws: Diagnostic.self) { try question([("rate", "1"), ("sort", "prefill_seconds")]).checkLoad() }
    var plain = Question()
    for (name, text) in [("model", "vicuna-7b"), ("gpu", "v100"), ("tokens", "none"), ("sort", "ttft_p95_seconds")] {
      try plain.set(name, to: [text])
    }
    #expect(throws: Diagnostic.self) { try plain.check() }
  }

  @Test("more replicas never raise the p95 of the time to the first token, more rate never lowers it: means over seeds")
  func monotone() throws {
    func mean(_ parts: [(String, String)]) throws -> [Double] {
      var sums: [Double] = []
      for seed in 0..<6 {
        let all = try rows(question([("requests", "400"), ("seed", "\(seed)")] + parts))
        let times = try all.map { try number("ttft_p95_seconds", $0) }
        sums = sums.isEmpty ? times : zip(sums, times).map { $0 + $1 }
      }
      return sums
    }
    let rates = try mean([("rate", "5,20,60,120")])
    #expect(rates == rates.sorted())
    let replicas = try mean([("rate", "120"), ("replicas", "1,2,4,8")])
    #expect(replicas == replicas.sorted(by: >))
  }
}

@Suite("Pictures of requests")
struct PictureLoadTests {
  private func rows(_ tokens: String) throws -> [Study.Row] {
    var question = Question()
    for (name, text) in [
      ("model", "llava-1.5-7b"), ("gpu", "a100-80gb"), ("precision", "fp16"), ("tokens", tokens), ("text-tokens", "1"),
    ] {
      try question.set(name, to: [text])
    }
    return try question.study(in: .standard).rows()
  }

  /// Three pictures that leave 40, 40 and 100 tokens: so many are drawn, 60 in the mean.
  @Test("give the visual tokens of all of them to draw from")
  func tokens() throws {
    var pictures = PictureLoads()
    for tokens in ["40", "40", "100"] { try pictures.add(rows(tokens)) }
    var question = Question()
    for (name, text) in [
      ("model", "llava-1.5-7b"), ("gpu", "a100-80gb"), ("precision", "fp16"), ("image", "a.jpg"),
      ("generate", "1"), ("concurrency", "1"), ("requests", "300"), ("text-tokens", "7"),
    ] {
      try question.set(name, to: [text])
    }
    let study = try LoadStudy(question, pictures, in: .standard)
    let row = try study.row(0)
    #expect(row.visualTokens == 60)
    let prompts = row.result.prompts.map(Int.init)
    #expect(Set(prompts) == [47, 107])
    // 300 draws with probability 1/3: 100, give or take four deviations of 8.2.
    #expect(abs(prompts.count { $0 == 107 } - 100) < 33)
  }

  @Test("that leave different numbers of rows are refused")
  func refusal() throws {
    var pictures = PictureLoads()
    try pictures.add(rows("40"))
    let others = try rows("40,50")
    #expect(throws: Diagnostic.self) { try pictures.add(others) }
  }
}

@Suite("What tells fleets under load apart")
struct LoadColumnTests {
  /// Each list has two values: of the rows of its product the cells of what was asked differ, and the key holds the values.
  @Test(
    "is a column, whatever list was asked for",
    arguments: [
      ("rank-ratio", "rank_ratio", "0.3,1"), ("lora-rank", "lora_rank", "0,64"),
      ("memory-utilization", "memory_utilization", "0.8,0.9"), ("max-num-seqs", "max_num_seqs", "16,32"),
      ("max-num-batched-tokens", "max_num_batched_tokens", "1024,2048"), ("kv-precision", "kv_precision", "fp16,fp8"),
      ("image-size", "image_size", "336x336,672x672"), ("frames", "frames", "4,8"),
      ("tensor-parallel", "tensor_parallel", "1,2"),
    ])
  func lists(option: String, key: String, values: String) throws {
    var question = Question()
    let model = ["image-size": "llava-next-7b", "frames": "llava-onevision-7b"][option] ?? "llava-1.5-7b"
    for (name, text) in [
      ("model", model), ("gpu", "h100-sxm"), ("precision", "fp16"), ("tokens", "full"), ("generate", "2"),
      ("rate", "1"),
      ("requests", "2"), (option, values),
    ] {
      try question.set(name, to: [text])
    }
    let study = try LoadStudy(question, in: .standard)
    try #require(study.count == 2)
    var cells: [OutputValue] = []
    let column = try #require(Column.load.first { $0.key == key })
    #expect(column.isAsked)
    for index in 0..<2 {
      var row = RowFigures(try study.row(index))
      cells.append(column.value(of: &row))
    }
    let asked = values.split(separator: ",").map { text in
      Double(text).map { OutputValue.number($0) } ?? .text(String(text))
    }
    #expect(cells == asked)
  }

  @Test("Conditions are of columns that the rows have")
  func conditions() throws {
    try Condition("ttft_p95_seconds<1 && refused==0 && rank_ratio<1").check(ofLoad: true)
    try Condition("fits").check(ofLoad: false)
    #expect(throws: Diagnostic.self) { try Condition("fits").check(ofLoad: true) }
    #expect(throws: Diagnostic.self) { try Condition("ttft_p95_seconds<1").check(ofLoad: false) }
  }

  @Test("A warm-up leaves a request to the figures")
  func warmup() throws {
    var question = Question()
    for (name, text) in [
      ("model", "vicuna-7b"), ("gpu", "a100-80gb"), ("precision", "fp16"), ("tokens", "none"), ("generate", "2"),
      ("rate", "1"), ("requests", "3"), ("warmup", "3"),
    ] {
      try question.set(name, to: [text])
    }
    #expect(throws: Diagnostic.self) { try LoadStudy(question, in: .standard).row(0) }
    try question.set("warmup", to: ["2"])
    #expect(try LoadStudy(question, in: .standard).row(0).figures.requests == 1)
  }
}
