import Documents
import Reports
import Testing

@testable import Answering

@Suite("A service that answers questions in JSON")
struct QuestionServiceTests {
  private let service: QuestionService

  init() throws { service = try QuestionService() }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private func error(_ question: String, about subject: QuestionService.Subject = .estimate) -> String? {
    do throws(Diagnostic) {
      _ = try service.document(Array(question.utf8), about: subject, as: .json, isStopped: { false })
      return nil
    } catch { return error.message }
  }

  @Test("Rows come as JSON lines, and the last one counts them")
  func rows() throws {
    var bytes: [UInt8] = []
    // Two devices at one precision and one input: two rows.
    try service.writeRows(
      Array(#"{"model": "vicuna-7b", "gpu": ["v100", "l40s"], "precision": "fp16"}"#.utf8), as: .jsonl,
      isStopped: { false }
    ) { (piece) throws(Diagnostic) in bytes += piece }
    let lines = text(bytes).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.last == #"{"end": {"rows": 2, "considered": 2, "interrupted": false, "omissions": []}}"#)
  }

  @Test(
    "No file is read that was not sent",
    arguments: [
      ("model", "/etc/passwd"), ("model", "../x"), ("gpu", "a.yaml"), ("features", "f.safetensors"),
      ("image", "a.png"), ("encoder", "/tmp"), ("trace", "t.csv"), ("text-tokens", "histogram:h.csv:n"),
      ("price-per-hour", "x/y=2"), ("speculate", "tokens=4,draft=./m.yaml"), ("engine", "~/e"),
      ("model", " .. "), ("gpu", "v100,\\u2003~"),
    ])
  func files(_ key: String, _ value: String) throws {
    let rest = key == "model" ? #""gpu": "v100""# : #""model": "vicuna-7b""#
    let message = try #require(error(#"{\#(rest), "\#(key)": ["1", "\#(value)"]}"#))
    #expect(message.contains("reads no file") || message.contains("/api/files"))
  }

  @Test("What takes much of the machine is refused")
  func size() {
    let load = #""model": "vicuna-7b", "gpu": "v100", "tokens": "none", "generate": 8, "#
    #expect(error("{\(load)\"rate\": 1, \"requests\": 20001}", about: .simulate)?.contains("at most 20000") == true)
    #expect(error("{\(load)\"rate\": 1, \"replicas\": \"1..17\"}", about: .simulate)?.contains("at most 16") == true)
    // A minute at 334 a second has 20,040 requests.
    #expect(error("{\(load)\"rate\": 334, \"ttft\": \"1s\"}", about: .plan)?.contains("more than 20000") == true)
    let wide = "{\(load)\"rate\": 1, \"ttft\": \"1s\", \"tensor-parallel\": \"1..8\", \"max-num-seqs\": \"1..64\"}"
    #expect(error(wide, about: .plan)?.contains("ways to serve") == true)
    let many = #"{"model": "vicuna-7b", "gpu": "v100", "batch": "1..60000", "text-tokens": "1..64"}"#
    #expect(error(many)?.contains("at most 200000") == true)
  }

  @Test("An answer has the call and the lines that give the same")
  func lines() throws {
    let asked =
      #"{"model": "llava-1.5-7b", "gpu": ["v100", "l40s"], "where": "TTFT<9s && fits", "reducer": ["pool:2"]}"#
    let answer = text(try service.answer(Array(asked.utf8), chart: "none", isStopped: { false }))
    let line = "roofline --model llava-1.5-7b --gpu v100,l40s --reducer pool:2 --where 'TTFT<9s && fits'"
    #expect(answer.contains(line))
    #expect(answer.contains(#"question.set(\"gpu\", to: [\"v100\", \"l40s\"])"#))
    #expect(answer.contains("try question.report().rendered(as: .table)"))
  }

  @Test("What is stopped says so")
  func stopped() {
    let plan = #"{"model": "vicuna-7b", "gpu": "l40s", "generate": 8, "rate": 1, "ttft": "1s"}"#
    #expect(throws: Diagnostic.self) {
      try service.answer(Array(plan.utf8), about: .plan, isStopped: { true })
    }
    let estimate = #expect(throws: Diagnostic.self) {
      try service.answer(Array(#"{"model": "vicuna-7b", "gpu": "l40s"}"#.utf8), isStopped: { true })
    }
    #expect(estimate?.message.contains("it took too long") == true)
  }

  @Test("An error tells its place, and what to do behind the first semicolon")
  func errors() {
    var error = Diagnostic("unknown key; leave it out")
    error.file = "question"
    let place = #""file": "question", "line": null, "column": null"#
    #expect(
      text(QuestionService.json(error))
        == "{\"message\": \"unknown key; leave it out\", \(place), \"advice\": \"leave it out\"}")
  }

  @Test(
    "Names of files keep plain letters alone, and no folder",
    arguments: [
      ("../../etc/my model.json", "my-model.json"), ("C:\\x\\p.PNG", "p.PNG"), (".hidden.json", "hidden.json"),
      ("a\u{202E}b.csv", "a-b.csv"),
    ])
  func names(_ sent: String, _ name: String) { #expect(Uploads.name(sent, []) == name) }

  @Test("Files of unknown endings, model files and pictures without an encoder are not taken")
  func refusedFiles() throws {
    #expect(try service.add([1], name: "a.exe") == nil)
    let model = Array(#"{"language": {"model": "/etc/x"}}"#.utf8)
    #expect(throws: Diagnostic.self) { try service.add(model, name: "a.json") }
    #expect(throws: Diagnostic.self) { try service.add([1], name: "a.png") }
  }
}
