import Answering
import Documents
import Questions
import Reports

extension FuzzTarget {
  /// Questions in JSON as anybody may send them: about requests, about fleets behind an `s`, about what to rent behind a `p`;
  /// behind a `c` the answer is a table.
  static let question = FuzzTarget(
    "question", longest: 2048,
    words: Question.keyNames.map { "\"\($0)\"" }
      + [
        "llava-1.5-7b", "vicuna-7b", "mixtral-8x7b", "qwen2-vl-7b", "a100-80gb", "h100-sxm", "v100", "l40s",
        "fp16,int4", "fp8", "checkpoint", "full,adaptive", "64..576:64", "1..64*2", "prumerge",
        "prumerge/fastv:K=2,R=0.5", "schedule:2=288,16=144", "TTFT<200ms && fits", "!(batch > 2)", "TTFT", "cost/1M",
        "640x480+800x600", "500ms@p95", "uniform:min=1,max=9", "histogram:a.csv:b", "bursts:size=4", "round-robin",
        "least-loaded", "all", "none", "eager", "llm-viewer", "a100-80gb=2.1", "1k", "-", "tokens=4,acceptance=0.7",
        "prefill=1,decode=1", "p95", "objects",
      ].map { "\"\($0)\"" }
  ) { (bytes) throws(Diagnostic) in
    guard let service else { return }
    let letter = bytes.first.flatMap { "spc".utf8.contains($0) ? $0 : nil }
    let text = letter == nil ? bytes : Array(bytes.dropFirst())
    try checkWriting(text)
    // Long answers are given up, as when the asker has gone.
    let patience = Patience(200)
    if letter == UInt8(ascii: "c") {
      var table: [UInt8] = []
      try service.writeRows(text, as: .csv, isStopped: { patience.isOver }, to: { table += $0 })
      if !table.isEmpty { _ = try CSV(parsing: table, file: "answer.csv").columns }
    } else {
      let subject: QuestionService.Subject =
        letter == UInt8(ascii: "s") ? .simulate : letter == UInt8(ascii: "p") ? .plan : .estimate
      let answer = try service.answer(text, about: subject, isStopped: { patience.isOver })
      demand("the answer is JSON") { () throws(Diagnostic) in _ = try JSON.parse(answer, file: "answer.json") }
    }
  }

  private static let service = try? QuestionService()

  /// A question that is written down is the same question when it is read.
  private static func checkWriting(_ text: [UInt8]) throws(Diagnostic) {
    let question = try Question(try JSON.parse(text, file: "question"))
    let written = JSONRenderer.bytes(.record(question.record))
    demand("a written question can be read") { () throws(Diagnostic) in
      let again = try Question(try JSON.parse(written, file: "written"))
      guard again == question else { throw Diagnostic("it is another: \(String(decoding: written, as: UTF8.self))") }
    }
  }

  /// Ends the program if what must not fail does.
  private static func demand(_ what: String, _ body: () throws(Diagnostic) -> Void) {
    do throws(Diagnostic) { try body() } catch {
      fatalError("\(what): \(error)")
    }
  }
}

/// How often somebody may ask whether to go on.
private final class Patience: Sendable {
  private let left: Locked<Int>

  init(_ times: Int) { left = Locked(times) }

  var isOver: Bool {
    left.withLock { left in
      left -= 1
      return left < 0
    }
  }
}
