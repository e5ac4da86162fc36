import Answering
import Documents
import Questions

extension FuzzTarget {
  /// Questions in JSON as anybody may send them, about requests, fleets and what to rent, by the first byte.
  static let question = FuzzTarget(
    "question", longest: 2048,
    words: Question.keyNames.map { "\"\($0)\"" }
      + [
        "llava-1.5-7b", "vicuna-7b", "mixtral-8x7b", "qwen2-vl-7b", "a100-80gb", "h100-sxm", "v100", "l40s",
        "fp16,int4", "fp8", "checkpoint",
        "full,adaptive", "64..576:64", "1..64*2", "prumerge", "prumerge/fastv:K=2,R=0.5", "schedule:2=288,16=144",
        "TTFT<200ms && fits", "!(batch > 2)", "TTFT", "cost/1M", "640x480+800x600", "500ms@p95", "uniform:min=1,max=9",
        "histogram:a.csv:b",
        "bursts:size=4", "round-robin", "least-loaded", "all", "none", "eager", "llm-viewer", "a100-80gb=2.1", "1k",
        "-",
        "tokens=4,acceptance=0.7", "prefill=1,decode=1", "p95", "objects",
      ].map { "\"\($0)\"" }
  ) { (bytes) throws(Diagnostic) in
    guard let service else { return }
    let subject: QuestionService.Subject? =
      switch bytes.first {
      case UInt8(ascii: "s"): .simulate
      case UInt8(ascii: "p"): .plan
      default: .estimate
      }
    // Long answers are given up, as when the asker has gone.
    let patience = Patience(200)
    let question = Array(bytes.drop { $0 == UInt8(ascii: "s") || $0 == UInt8(ascii: "p") })
    _ = try service.answer(question, about: subject ?? .estimate, isStopped: { patience.isOver })
  }

  private static let service = try? QuestionService()
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
