import Catalog
import Documents
import Questions

@testable import Planning

extension Question {
  /// A small question about LLaVA-1.5 7B that is answered in a moment.
  static func plan(
    _ devices: [String] = ["l40s", "a100-80gb"], precisions: [String] = ["fp16"], rate: String = "8",
    ttft: String? = "300ms@p95", tpot: String? = nil, _ change: (inout Question) throws -> Void = { _ in }
  ) throws -> Question {
    var question = Question(models: ["llava-1.5-7b"], devices: devices)
    question.precisions = precisions
    question.tensorParallel = 1
    var parts = [
      "rate": rate, "generate": "32", "requests": "150", "max-gpus": "4", "price-per-hour": "2", "top": "3",
    ]
    parts["ttft"] = ttft
    parts["tpot"] = tpot
    for (name, text) in parts { try question.set(name, to: [text]) }
    try change(&question)
    return question
  }
}

/// Numbers that a seed decides.
struct Numbers: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    // Knuth's MMIX generator; the high bits are the good ones.
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let high = state >> 32
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return high << 32 | state >> 32
  }
}
