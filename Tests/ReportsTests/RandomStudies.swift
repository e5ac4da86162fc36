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

  /// A question that has an answer, and its first rows.
  mutating func study() throws -> (question: Question, rows: [RowFigures], report: [Column]) {
    let question = try question()
    return (question, try Self.rows(question, limit: 24), try question.rows.namedColumns())
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

  /// What is asked of a kind of model: which there are, and what they read.
  private struct Kind {
    var models: [String]
    /// Options of which every study has one value.
    var options: [(String, [String])]
  }

  private static let lengths = [
    ("text-tokens", ["40", "40", "16..4096*4", "1,2,3"]), ("generate", ["", "", "16", "1,128", "1..512*2"]),
    ("engine", ["", "", "none", "vllm", "tensorrt-llm,vllm"]), ("tensor-parallel", ["", "", "", "1,2,4"]),
  ]
  private static let kinds = [
    Kind(
      models: ["llava-1.5-7b"],
      options: lengths + [
        ("tokens", ["full", "adaptive,full", "16..576:80", "32,64,500"]),
        ("batch", ["1", "1", "1..64*2", "1,7,30"]),
      ]),
    Kind(
      models: ["llava-1.5-7b", "llava-1.5-13b"],
      options: lengths + [
        ("reducer", ["prumerge:ratio=0.0686 tome:r=19 fastv", "spatial:4x4 spatial:8x8 spatial:12x12"]),
        ("tokens", ["full"]),
      ]),
    Kind(
      models: ["llava-next-7b", "qwen2.5-vl-7b"],
      options: lengths + [
        ("image-size", ["", "336x336", "224x224,448x448,896x896,1344x1344"]), ("batch", ["1", "1..8"]),
      ]),
    Kind(models: ["vicuna-7b", "phi-2"], options: lengths + [("tokens", ["none"]), ("batch", ["1", "1..64*4"])]),
    Kind(models: ["clip-vit-large-patch14-336"], options: [("batch", ["1", "1..64*2", "1,7,30"])]),
  ]
  private static let devices = ["v100", "a100-80gb", "h100-sxm", "a10", "t4", "mi300x", "rtx-4090", "jetson-agx-orin"]

  private mutating func question() throws -> Question {
    let kind = Self.kinds[next(Self.kinds.count)]
    var parts: [(String, String)] = [
      ("model", some(kind.models, atMost: 2)), ("gpu", some(Self.devices, atMost: 3)),
      ("precision", some(["fp16", "int4", "int8", "fp8", "bf16"], atMost: 2)),
    ]
    for (name, values) in kind.options {
      let value = values[next(values.count)]
      if !value.isEmpty { parts.append((name, value)) }
    }
    switch next(5) {
    case 0: parts.append(("pareto", ["expected_total_seconds,memory", "batch,total_seconds"][next(2)]))
    case 1: parts.append(("sort", ["memory", "ideal_total", "expected_total_seconds"][next(3)]))
    default: break
    }
    var question = Question()
    for (name, text) in parts { try question.set(name, to: text.split(separator: " ").map(String.init)) }
    return question
  }
}
