import Catalog
import Documents
import Estimation
import Foundation
import Quantities
import Testing

@testable import Questions

@Suite("A question, written and read")
struct QuestionTests {
  /// What options can be given, one of each taken at random.
  private static let choices: [(String, [[String]])] = [
    ("model", [["vicuna-7b"], ["llava-1.5-7b,vicuna-7b"], ["llama-2-7b", "vicuna-13b"]]),
    ("gpu", [["v100"], ["all"], ["a100-80gb", "h100-sxm,t4"]]), ("precision", [["fp16"], ["int4,fp8", "bf16"]]),
    ("kv-precision", [[], ["fp8"], ["fp16,int8"]]),
    ("tokens", [[], ["full"], ["none"], ["full,adaptive,64"], ["16..576:16"], ["adaptive+", "full"]]),
    ("sample", [[], ["objects"]]), ("text-tokens", [[], ["100"], ["1..5,20"]]),
    ("batch", [[], ["1..64*2"], ["1,2,4..64"]]),
    ("generate", [[], ["128"], ["1..3"]]), ("context", [[], ["0,1k"]]), ("tensor-parallel", [[], ["1,2"]]),
    ("rank-ratio", [[], ["0.5,1"]]), ("lora-rank", [[], ["0,16"], ["8..64*2"]]), ("accounting", [[], ["exact"]]),
    ("kernels", [[], ["eager"]]),
    ("where", [[], ["expected_total_seconds<200ms && fits"], ["precision == \"fp16\""]]),
    ("sort", [[], ["TTFT"], ["batch:desc,memory"]]), ("top", [[], ["7"]]),
    ("pareto", [[], ["TTFT,memory"]]), ("columns", [[], ["model,TTFT,note"]]),
  ]

  private func random(_ seed: Int) throws -> Question {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
    var question = Question()
    for (name, values) in Self.choices {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let texts = values[Int(state >> 33) % values.count]
      if !texts.isEmpty { try question.set(name, to: texts) }
    }
    return question
  }

  @Test("300 random ones come back the same, through JSON of the program and through Codable")
  func comeBack() throws {
    for seed in 0..<300 {
      let question = try random(seed)
      let data = try JSONEncoder().encode(question)
      #expect(try JSONDecoder().decode(Question.self, from: data) == question)
      #expect(try Question(JSON.parse(Array(data), file: "q.json")) == question)
    }
  }

  @Test("what is wrong in a file is said all at once, with line and column")
  func errors() throws {
    let text = """
      {
        "model": "vicuna-7b",
        "bacth": 1,
        "top": "many",
        "batch": [1, "x"]
      }
      """
    let error = try #require(throws: Diagnostic.self) { try Question(JSON.parse(Array(text.utf8), file: "q.json")) }
    let all = [error] + error.further
    #expect(all.map { $0.position?.line } == [3, 4, 5])
    #expect(all[0].message.contains("did you mean \"batch\""))
  }

  @Test("the key question of an answer is read, too")
  func answers() throws {
    let text =
      "{\"schema\": \"roofline/2\", \"question\": {\"model\": \"vicuna-7b\", \"gpu\": [\"v100\"]}, \"rows\": []}"
    let question = try Question(JSON.parse(Array(text.utf8), file: "q.json"))
    #expect(question.models == ["vicuna-7b"] && question.devices == ["v100"])
  }

  @Test(
    "what makes no sense together is refused",
    arguments: [
      [("gpu", "v100")], [("model", "vicuna-7b")],
      [("model", "vicuna-7b"), ("gpu", "v100"), ("reducer", "prumerge"), ("tokens", "64")],
      [("model", "vicuna-7b"), ("gpu", "v100"), ("price-per-hour", "1")],
      [("model", "vicuna-7b"), ("gpu", "v100"), ("accounting", "llm-viewer"), ("kernels", "eager")],
      [("model", "vicuna-7b"), ("gpu", "v100"), ("sort", "nothing")],
      [("model", "vicuna-7b"), ("gpu", "v100"), ("pareto", "TTFT")],
      [("model", "vicuna-7b"), ("gpu", "v100"), ("precision", "fp17")],
      [("model", "vicuna-7b"), ("gpu", "v100"), ("sample", "photo")],
      [("model", "vicuna-7b"), ("gpu", "v100"), ("reducer", "prumerg")],
    ])
  func nonsense(parts: [(String, String)]) throws {
    var question = Question()
    for (name, text) in parts { try question.set(name, to: [text]) }
    #expect(throws: Diagnostic.self) { try question.check() }
  }

  @Test("10^12 rows are refused before any is made")
  func tooMany() throws {
    var question = Question(models: ["vicuna-7b"], devices: ["v100"])
    try question.set("batch", to: ["1..65536"])
    try question.set("text-tokens", to: ["1..1000000"])
    try question.set("context", to: ["0..1000"])
    let error = try #require(throws: Diagnostic.self) { try question.study(in: .standard) }
    #expect(error.message.contains("--text-tokens has 1000000 values"))
  }

  @Test("prices of devices stand before that of all")
  func prices() throws {
    var question = Question(models: ["vicuna-7b"], devices: ["v100", "t4"])
    try question.set("generate", to: ["10"])
    try question.set("price-per-hour", to: ["3", "T4=0.5"])
    let rows = try question.study(in: .standard, precisions: ["fp16"]).rows()
    #expect(rows.map(\.estimate.serving.pricePerHour) == [3, 0.5])
  }
}
