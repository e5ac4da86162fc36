import Architectures
import Catalog
import Documents
import Estimation
import Questions
import Serving
import Testing

@testable import Planning

@Suite("What tells the fleets of a plan apart")
struct PlanDifferenceTests {
  /// Two values of a list make two candidates of each other setting: names, records and what they are compared by differ.
  @Test(
    "is in names, records and comparisons, whatever list was asked for",
    arguments: [
      ("rank-ratio", "rank_ratio", "0.3,1"), ("lora-rank", "lora_rank", "0,64"),
      ("kv-precision", "kv_precision", "fp16,fp8"),
      ("max-num-seqs", "max_num_seqs", "16,32"), ("max-num-batched-tokens", "max_num_batched_tokens", "1024,2048"),
      ("memory-utilization", "memory_utilization", "0.8,0.9"), ("engine", "engine", "vllm,sglang"),
      ("split", "split", "none,1:1"), ("pipeline-parallel", "pipeline_parallel", "1,2"),
    ])
  func lists(option: String, key: String, values: String) throws {
    let question = try Question.plan(["h100-sxm"]) { try $0.set(option, to: [values]) }
    let candidates = try PlanFleets(question, nil, in: .standard).candidates
    // Two values, each with all tokens and with PruMerge.
    #expect(candidates.count == 4)
    #expect(Set(candidates.map(\.identity)).count == 4)
    #expect(Set(candidates.map { Deployment.name($0, 1) }).count == 4)
    #expect(Set(candidates.map(\.setting)).count == 2)
    let cells = candidates.map { candidate in candidate.fields(1).first { $0.key == key }?.value }
    let asked = values.split(separator: ",").map { text in
      Double(text).map { OutputValue.number($0) } ?? .text(String(text))
    }
    #expect(Set(cells) == Set(asked.map(Optional.some)))
  }

  @Test("What a fleet would be without its reducer has the same ranks of factors")
  func twins() throws {
    let plan = try Plan(.plan(["h100-sxm"], rate: "30", ttft: "150ms@p95") { try $0.set("rank-ratio", to: ["0.3,1"]) })
    let reduced = plan.cheapest.filter { !$0.candidate.isUnreduced }
    try #require(reduced.count > 1)
    for fleet in reduced {
      guard let twin = plan.unreduced(fleet) ?? nil else { continue }
      #expect(
        twin.candidate.estimate.model.factors?.rankRatio == fleet.candidate.estimate.model.factors?.rankRatio)
    }
  }

  /// The seed behind 2^63 - 1 is 2^63.
  @Test("Seeds are counted on from the largest that may be given")
  func seeds() throws {
    let question = try Question.plan(["l40s"]) {
      try $0.set("seed", to: ["9223372036854775807"])
      try $0.set("seeds", to: ["3"])
    }
    #expect(
      question.seeds(usually: 1) == [9_223_372_036_854_775_807, 9_223_372_036_854_775_808, 9_223_372_036_854_775_809])
    #expect(try Plan(question).simulations > 0)
  }
}

@Suite("What a plan says where nothing holds")
struct PlanAdviceTests {
  private func text(_ parts: [(String, String)], rate: String = "8") throws -> String {
    let plan = try Plan(
      .plan(["l4"], precisions: ["fp16"], rate: rate, ttft: "500ms@p95") { question in
        for (name, text) in parts { try question.set(name, to: [text]) }
      })
    #expect(!plan.isFeasible)
    return plan.sentences.joined(separator: "\n")
  }

  @Test("names the limit that stands in the way")
  func limits() throws {
    let replicas = try text([("replicas", "1"), ("tokens", "full"), ("max-gpus", "64")], rate: "6")
    #expect(replicas.contains("A higher --replicas helps: ") && !replicas.contains("--max-gpus"))
  }

  @Test("says that no fleet fits the limits")
  func misfits() throws {
    let spread = try text([("tensor-parallel", "2"), ("max-gpus", "1")])
    #expect(spread.hasPrefix("No fleet fits the limits: the smallest, 2 x l4, 1 engine of TP 2, "))
    #expect(spread.contains("has more devices than --max-gpus 1"))
    #expect(try text([("replicas", "2"), ("max-gpus", "1")]).contains("has more devices than --max-gpus 1"))
    // Each device costs 2 an hour.
    let cost = try text([("max-cost-per-hour", "0.01")])
    #expect(
      cost.contains("No fleet fits the limits: ")
        && cost.contains("costs 2.00 an hour, more than --max-cost-per-hour 0.01"))
  }

  /// Of 1200 tokens of cache none holds a request of 2000.
  @Test("tells of requests that are refused, not only of late ones")
  func refused() throws {
    let refused = try text([("kv-tokens", "1200"), ("text-tokens", "2000"), ("tokens", "full")])
    #expect(refused.contains("No engine's cache holds the longest request"))
    #expect(!refused.contains("More replicas"))
    let question = try Question.plan(["l4"]) { try $0.set("kv-tokens", to: ["1200"]) }
    let candidate = try #require(try PlanFleets(question, nil, in: .standard).candidates.first)
    let figures = try LoadStudy(question.load(split: .none), in: .standard).row(0).figures
    let target = PlanTarget(.ttft, LatencyTarget(0.5, .p95))
    let fleet = Deployment(
      candidate: candidate, scale: 1, figures: figures, energyJoules: nil, busyShare: 0,
      refused: 1, results: [.init(target: target, seconds: 1)], rate: nil)
    #expect(fleet.missedText == "p95 TTFT 1.00 s for 500 ms (2.00 x), 1 request refused")
  }
}

@Suite("Rates that are looked for")
struct RateSearchTests {
  @Test("Targets and warm-ups that are of no request are refused")
  func refused() throws {
    let tpot = try Question.plan(tpot: "20ms") { try $0.set("generate", to: ["1"]) }
    #expect(throws: Diagnostic.self) { try tpot.checkPlan() }
    let warmup = try Question.plan {
      try $0.set("requests", to: ["60"])
      try $0.set("warmup", to: ["60"])
    }
    #expect(throws: Diagnostic.self) { try Plan(warmup) }
    // Ten for each of 200 clients are 2000, of which 1500 leave 500.
    let clients = try Question.plan {
      $0.load.rates = []
      $0.load.requests = nil
      try $0.set("concurrency", to: ["200"])
      try $0.set("warmup", to: ["1500"])
    }
    _ = try PlanFleets(clients, nil, in: .standard)
  }

  @Test("Rates have three significant digits")
  func texts() {
    for (rate, text) in [
      (0.0009765625, "0.000977"), (0.25, "0.250"), (8.7249, "8.72"), (31.34, "31.3"), (65536, "65536"), (0, "0.00"),
    ] {
      #expect(rate.rateText == text)
    }
  }
}
