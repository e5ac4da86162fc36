import Architectures
import Catalog
import Documents
import Estimation
import Quantities
import Questions
import Serving
import Testing
import Traffic

@testable import Planning

@Suite("Bounds of requests")
struct RequestFloorsTests {
  /// Settings in which passes are made of very different things.
  private static let questions: [(model: String, device: String, changes: [String: String])] = [
    ("llava-1.5-7b", "a100-80gb", ["rate": "6", "generate": "40"]),
    ("llava-1.5-7b", "l4", ["rate": "30", "generate": "uniform:min=1,max=30", "max-num-batched-tokens": "512"]),
    ("llava-1.5-13b", "h100-sxm", ["rate": "20", "generate": "24", "tensor-parallel": "2", "tower": "own"]),
    ("llama-3.1-8b", "rtx-4090", ["rate": "12", "generate": "30", "text-tokens": "lognormal:mean=700,cv=1.5"]),
    (
      "llama-3.1-8b", "a100-80gb",
      ["concurrency": "24", "generate": "20", "shared-prompt": "200", "text-tokens": "300"]
    ),
    ("llama-3.1-8b", "h100-sxm", ["rate": "9", "generate": "20", "speculate": "tokens=3,acceptance=0.7"]),
    ("mixtral-8x7b", "h100-sxm", ["rate": "10", "generate": "16", "tensor-parallel": "4"]),
    (
      "deepseek-v3", "h200",
      ["rate": "4", "generate": "16", "tensor-parallel": "8", "precision": "fp8", "text-tokens": "900"]
    ),
    ("llama-3.1-8b", "h100-sxm", ["rate": "20", "generate": "10", "disaggregate": "prefill=1,decode=1"]),
  ]

  private func study(_ index: Int) throws -> LoadStudy {
    let (model, device, changes) = Self.questions[index]
    var question = Question(models: [model], devices: [device])
    question.precisions = ["fp16"]
    for (name, text) in ["requests": "120", "seed": "\(index)"].merging(changes, uniquingKeysWith: { $1 }) {
      try question.set(name, to: [text])
    }
    return try LoadStudy(question, in: .standard)
  }

  /// What a bound says of each request must be true of the requests of a run, whatever meets in its passes.
  @Test("No request of a run is sooner than its bounds", arguments: 0..<9)
  func floors(index: Int) throws {
    let study = try study(index)
    for case_ in 0..<study.count {
      let prepared = try study.prepared(case_)
      let floors = try RequestFloors(prepared, warmup: 0)
      for replicas in prepared.fleet.apart == nil ? [1, 3] : [1] {
        var fleet = prepared.fleet
        fleet.replicas = replicas
        var simulation = try Simulation(
          fleet, prepared.traffic, price: prepared.price, draftPrice: prepared.draftPrice)
        let result = try simulation.run()
        try #require(result.refused == 0)
        var (first, next): ([Double], [Double]) = ([], [])
        for number in 0..<result.requests {
          first.append(result.firsts[number] - result.arrivals[number] + result.requestSeconds)
          guard result.outputs[number] > 1 else { continue }
          next.append((result.lasts[number] - result.firsts[number]) / Double(result.outputs[number] - 1))
        }
        try #require(first.count == floors.ttft.count && next.count == floors.tpot.count)
        #expect(zip(floors.ttft, first.sorted()).allSatisfy { $0 <= $1 })
        #expect(zip(floors.tpot, next.sorted()).allSatisfy { $0 <= $1 })
      }
    }
  }

  /// A bound that says nothing would be true as well: alone on an engine, requests are as fast as their bounds but for the
  /// margin, and what rounding of lengths leaves.
  @Test("The bounds of rare requests are near to what happens")
  func tight() throws {
    var question = Question(models: ["llava-1.5-7b"], devices: ["a100-80gb"])
    question.precisions = ["fp16"]
    question.tokens = try TokenSelection("full")
    for (name, text) in ["rate": "0.01", "generate": "8", "requests": "20"] { try question.set(name, to: [text]) }
    let prepared = try LoadStudy(question, in: .standard).prepared(0)
    let floors = try RequestFloors(prepared, warmup: 0)
    var simulation = try Simulation(prepared.fleet, prepared.traffic, price: prepared.price)
    let figures = ServingFigures(try simulation.run())
    #expect(floors.ttft[10] >= 0.9 * figures.ttft.p50)
    #expect(floors.tpot[10] >= 0.9 * figures.tpot.p50)
  }

  /// The work of n equal requests that come at once and must be done within T takes n w / T engines; 5 of 100 may be late.
  @Test("Work that comes at once takes as many engines as it needs to be done in time")
  func work() throws {
    var question = Question(models: ["llama-3.1-8b"], devices: ["a100-80gb"])
    question.precisions = ["fp16"]
    let parts = [
      "rate": "100", "arrivals": "bursts:size=100", "generate": "4", "requests": "100", "text-tokens": "2000",
    ]
    for (name, text) in parts { try question.set(name, to: [text]) }
    let prepared = try LoadStudy(question, in: .standard).prepared(0)
    let floors = try RequestFloors(prepared, warmup: 0)
    let each = try #require(floors.work.first?.seconds)
    // Within a hundredth of what 95 requests take on seven engines, eight are needed.
    let patience = 95 * each / 7 * 0.99
    let target = PlanTarget(.ttft, LatencyTarget(patience + prepared.fleet.scheduler.requestSeconds, .p95))
    #expect(floors.leastEngines(for: target, upTo: 64) == 8)
    #expect(floors.leastEngines(for: target, upTo: 4) == 4)
  }

  @Test("A pass takes no less time for what else is in it, but for a margin")
  func passes() throws {
    var numbers = Numbers(3)
    var least = Double.infinity
    for (model, device, precision) in [
      ("llava-1.5-7b", "a100-80gb", "fp16"), ("llava-1.5-7b", "l4", "int4"), ("llama-3.1-8b", "h100-sxm", "fp8"),
      ("mixtral-8x7b", "h100-sxm", "fp16"), ("deepseek-v3", "h200", "fp8"), ("llama-3.1-8b", "mi300x", "fp16"),
      ("llama-3.1-8b", "epyc-9654", "int4"), ("llama-3.1-8b", "apple-m3-max", "int4"), ("llava-1.5-7b", "t4", "fp16"),
    ] {
      var question = Question(models: [model], devices: [device])
      question.precisions = [precision]
      for (name, text) in ["rate": "1", "generate": "2", "kv-tokens": "100000"] { try question.set(name, to: [text]) }
      var price = try LoadStudy(question, in: .standard).prepared(0).price.prices
      for _ in 0..<400 {
        func group() -> Pass.Group {
          Bool.random(using: &numbers)
            ? Pass.Group(
              newTokens: .random(in: 1...1500, using: &numbers), context: .random(in: 0...2000, using: &numbers))
            : Pass.Group(
              sequences: .random(in: 1...64, using: &numbers), newTokens: 1,
              context: .random(in: 1...2000, using: &numbers))
        }
        func seconds(_ groups: [Pass.Group], logits: Int) throws -> Double {
          var pass = Pass(groups)
          pass.logits = logits
          return try #require(try price.price(pass, expecting: true).expectedSeconds).value
        }
        let own = Pass.Group(newTokens: .random(in: 1...1500, using: &numbers))
        let others = (0..<Int.random(in: 1...3, using: &numbers)).map { _ in group() }
        let logits = 1 + others.reduce(0) { $0 + $1.sequences }
        least = min(least, try seconds([own] + others, logits: logits) / (try seconds([own], logits: 1)))
      }
    }
    #expect(least >= RequestFloors.margin)
  }
}
