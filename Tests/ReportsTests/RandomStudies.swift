import Catalog
import Documents
import Questions

/// Questions of all kinds, the same in every run.
struct RandomStudies {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// Knuth's linear congruential generator (MMIX), its upper bits.
  private mutating func next(_ count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % count
  }

  private mutating func some(_ names: [String], atMost limit: Int) -> String {
    let count = 1 + next(limit)
    return Set((0..<count).map { _ in names[next(names.count)] }).sorted().joined(separator: ",")
  }

  /// A question, its rows, and how many more there are; those that have no rows are passed over.
  mutating func study() throws -> (question: Question, rows: [RowFigures], report: [Column]) {
    while true {
      let question = try question()
      guard let rows = try? Self.rows(question), !rows.isEmpty else { continue }
      return (question, rows, try question.rows.namedColumns())
    }
  }

  /// The first rows of an answer.
  static func rows(_ question: Question, limit: Int = 80) throws -> [RowFigures] {
    var rows: [RowFigures] = []
    _ = try Answer(question.study(in: .standard), question.rows).forEach {
      $0
    } deliver: {
      rows += $0.prefix(limit - rows.count)
    }
    return rows
  }

  private mutating func question() throws -> Question {
    let models = ["llava-1.5-7b", "vicuna-7b", "llava-next-7b", "qwen2.5-vl-7b", "clip-vit-large-patch14-336", "phi-2"]
    let devices = ["v100", "a100-80gb", "h100-sxm", "a10", "t4", "mi300x", "rtx-4090", "jetson-orin-nx-16gb"]
    let known = Set(try Catalog.standard.names(.hardware))
    var parts: [(String, String)] = [
      ("model", some(models, atMost: next(4) == 0 ? 3 : 1)),
      ("gpu", some(devices.filter(known.contains), atMost: 4)),
      ("precision", some(["fp16", "int4", "int8", "fp8", "bf16"], atMost: 2)),
      ("tokens", ["full", "adaptive,full", "16..576:80", "32,64,500", "none,full", "1..64*4"][next(6)]),
      ("batch", ["1", "1", "1..64*2", "1,7,30", "1..8"][next(5)]),
      ("text-tokens", ["40", "40", "16..4096*4", "1,2,3"][next(4)]),
    ]
    if next(3) == 0 { parts.append(("generate", ["16", "1,128", "2..512*2"][next(3)])) }
    if next(6) == 0 { parts.append(("reducer", "prumerge:ratio=0.0686,tome:r=19,fastv")) }
    if next(6) == 0 { parts.append(("tensor-parallel", "1,2,4")) }
    switch next(5) {
    case 0: parts.append(("pareto", ["expected_total_seconds,memory", "batch,total_seconds"][next(2)]))
    case 1: parts.append(("sort", ["memory", "ideal_total", "expected_total_seconds"][next(3)]))
    default: break
    }
    var question = Question()
    for (name, text) in parts { try? question.set(name, to: [text]) }
    return question
  }
}
