import Catalog
import Documents
import Architectures
import Estimation
import Hardware
import Questions
import Serving
import Testing

@testable import Planning

@Suite("Plans")
struct PlanTests {
  /// A second search: every candidate in every number as a simulation of its own, to its end.
  private func everything(_ question: Question) throws -> [(
    device: String, input: String, scale: Int, row: LoadStudy.Row
  )] {
    var all: [(device: String, input: String, scale: Int, row: LoadStudy.Row)] = []
    for scale in 1...4 {
      var asked = question.load(split: .none)
      asked.load.replicas = [scale]
      let study = try LoadStudy(asked, in: .standard)
      for index in 0..<study.count {
        let row = try study.row(index)
        guard row.devices <= 4 else { continue }
        all.append((row.estimate.hardware.name, row.estimate.reducerName ?? "none", scale, row))
      }
    }
    return all
  }

  @Test("The cheapest fleet is that of simulating every candidate", arguments: [2.0, 12, 30])
  func bruteForce(rate: Double) throws {
    // One device costs thrice the other, so that the fewest are not the cheapest.
    let price = ["l40s": 1.0, "a100-80gb": 3]
    let question = try Question.plan(rate: "\(rate)", ttft: "150ms@p95", tpot: "30ms@mean") {
      $0.tensorParallel = [1, 2]
      try $0.set("requests", to: ["60"])
      try $0.set("price-per-hour", to: ["l40s=1", "a100-80gb=3"])
    }
    let plan = try Plan(question)
    let holding = try everything(question).filter {
      $0.row.figures.ttft.p95 <= 0.15 && $0.row.figures.tpot.mean <= 0.03
    }
    func least(_ rows: [(device: String, input: String, scale: Int, row: LoadStudy.Row)]) -> Double? {
      rows.map { (price[$0.device] ?? .infinity) * Double($0.row.devices) }.min()
    }
    #expect(plan.best?.costPerHour == least(holding))
    for input in ["none", "prumerge"] {
      let cheapest = plan.cheapest.first { $0.candidate.input == input }
      #expect(cheapest?.costPerHour == least(holding.filter { $0.input == input }), "\(input)")
    }
    // What was looked at and is said not to hold does not.
    for verdict in plan.verdicts {
      if case .simulated(let deployment) = verdict.outcome, deployment.holds { continue }
      let estimate = verdict.candidate.estimate
      #expect(
        !holding.contains {
          $0.device == estimate.hardware.name && $0.input == verdict.candidate.input && $0.scale == verdict.scale
            && $0.row.estimate.serving.parallelism == estimate.serving.parallelism
        })
    }
  }

  @Test("The front falls in latency as it rises in cost, up to twice the cheapest")
  func front() throws {
    let plan = try Plan(.plan(["l4", "l40s", "a100-80gb", "h100-sxm"], rate: "12", ttft: "1@p95"))
    try #require(plan.front.count > 1)
    let costs = plan.front.compactMap(\.costPerHour)
    let times = plan.front.map(\.figures.ttft.p95)
    #expect(
      zip(costs, costs.dropFirst()).allSatisfy { $0 < $1 } && zip(times, times.dropFirst()).allSatisfy { $0 > $1 })
    #expect(costs.first == plan.best?.costPerHour && costs.allSatisfy { $0 <= 2 * costs[0] })
    #expect(plan.front.allSatisfy { $0.holds })
  }

  @Test("A wider target never makes a plan dearer, a narrower one never cheaper")
  func monotone() throws {
    for (latency, rate, values) in [
      ("ttft", "40", [0.08, 0.12, 0.2, 0.5, 2]), ("tpot", "10", [0.01, 0.014, 0.02, 0.05]),
    ] {
      var (first, last) = (Double?.none, Double.infinity)
      for seconds in values {
        let question = try Question.plan(["l40s", "rtx-4090", "h100-sxm"], rate: rate, ttft: nil) {
          try $0.set(latency, to: ["\(seconds)@p90"])
          try $0.set("requests", to: ["80"])
          try $0.set("price-per-hour", to: ["rtx-4090=0.6", "l40s=1", "h100-sxm=5"])
        }
        let cost = try Plan(question).best?.costPerHour ?? .infinity
        #expect(cost <= last, "\(latency) \(seconds) at \(rate)/s")
        first = first ?? cost
        last = cost
      }
      // Else nothing was compared.
      #expect(try last < #require(first), "\(latency)")
    }
  }

  @Test("A reducer that leaves fewer tokens needs no more devices than none, unless the answer says why")
  func reducers() throws {
    for device in ["l4", "l40s", "a100-80gb", "epyc-9654"] {
      for (rate, ttft) in [("4", "100ms"), ("12", "250ms"), ("0.05", "30s")] {
        let plan = try Plan(.plan([device], rate: rate, ttft: "\(ttft)@p95", tpot: "200ms@p95"))
        for fleet in plan.cheapest where !fleet.candidate.isUnreduced {
          guard let twin = plan.unreduced(fleet) ?? nil, twin.devices < fleet.devices else { continue }
          #expect(plan.sentences.contains { $0.contains("needs more devices than no reducer") })
        }
      }
    }
  }

  @Test("A question that nothing answers says what fails, by how much, and what would help")
  func infeasible() throws {
    let alone = try Plan(.plan(["l4"], ttft: "20ms@p95"))
    #expect(!alone.isFeasible && alone.best == nil)
    let text = alone.sentences.joined(separator: "\n")
    #expect(text.contains("No fleet within the limits holds p95 TTFT within 20.0 ms"))
    #expect(text.contains("for 20.0 ms (") && text.contains("More replicas do not help"))
    #expect(text.contains("would be kept by the nearest"))
    // What it says would be kept is kept.
    let kept = try #require(alone.failing.first)
    let wider = try Plan(.plan(["l4"], ttft: "\(kept.figures.ttft.p95)@p95"))
    #expect(wider.isFeasible)

    let small = try Plan(
      .plan(["l4"], rate: "60", ttft: "500ms@p95") {
        $0.plan.maxDevices = 1
        $0.tokens = try TokenSelection("full")
      })
    #expect(!small.isFeasible)
    #expect(small.sentences.contains { $0.contains("--reducer prumerge") })
  }

  @Test("Devices without a price are planned by their number, apart")
  func unpriced() throws {
    let question = try Question.plan(["l40s", "h20"]) { try $0.set("price-per-hour", to: ["l40s=1.1"]) }
    let plan = try Plan(question)
    #expect(Set(plan.cheapest.map(\.candidate.estimate.hardware.name)) == ["l40s"])
    #expect(Set(plan.unpriced.map(\.candidate.estimate.hardware.name)) == ["h20"])
    #expect(plan.unpriced.allSatisfy { $0.costPerHour == nil })
    #expect(plan.sentences.contains { $0.contains("without a price") })
  }

  /// 2 an hour for each of d devices, which serve 20 x 3600 requests of 32 tokens in it.
  @Test("Costs are those of all devices at the rate that they keep up with")
  func costs() throws {
    let fleet = try #require(try Plan(.plan(rate: "20", ttft: "200ms@p95")).cheapest.last)
    let price = 2 * Double(fleet.devices)
    #expect(abs(try #require(fleet.costPerThousandRequests) / (price / 72) - 1) < 1e-12)
    #expect(abs(try #require(fleet.costPerMillionTokens) / (price / (72_000 * 32) * 1e6) - 1) < 1e-12)
  }

  /// Of 60 requests a second one L40S does a fraction.
  @Test("Advice finds the fleet beyond the limits that holds, however much larger it is")
  func farBeyond() throws {
    let question = try Question.plan(["l40s"], rate: "60", ttft: "500ms@p95", tpot: "100ms@p95") {
      try $0.set("precision", to: ["fp16"])
      try $0.set("tokens", to: ["full"])
      try $0.set("max-gpus", to: ["1"])
    }
    let words = try Plan(question).sentences.joined(separator: " ")
    #expect(words.contains("A higher --max-gpus helps: "), "\(words)")
    #expect(!words.contains("do not help"))
  }

  /// A fleet that falls behind by a fiftieth is late by 10 s after 500: 12.2 x 500 = 6100 requests. A minute of it has 732,
  /// and of no load a run has fewer than 1000.
  @Test("Runs are longer where requests may wait for long, so that no fleet holds which falls behind")
  func lengths() {
    func requests(_ rate: Double, _ latency: PlanTarget.Latency, _ seconds: Double) -> Int {
      PlanFleets.usualRequests(at: rate, [PlanTarget(latency, LatencyTarget(seconds, .p95))])
    }
    #expect(requests(12.2, .ttft, 10) == 6100 && requests(12.2, .ttft, 0.5) == 1000)
    #expect(requests(100, .ttft, 1) == 6000 && requests(100, .tpot, 10) == 6000)
  }

  @Test("Where nothing is asked of TTFT, what it is is said")
  func withoutTTFT() throws {
    let words = try Plan(.plan(rate: "5", ttft: nil, tpot: "50ms@p95")).sentences
    #expect(words.contains { $0.hasPrefix("Nothing is asked of TTFT, whose p95 is ") })
    #expect(try !Plan(.plan(rate: "5", ttft: "500ms")).sentences.contains { $0.contains("Nothing is asked") })
  }

  @Test("A split is a fleet of engines that fill and engines that decode")
  func split() throws {
    let plan = try Plan(
      .plan(["h100-sxm"], rate: "20", ttft: "500ms@p95", tpot: "30ms@p95") { try $0.set("split", to: ["2:1", "none"]) })
    let splits = plan.cheapest.filter { $0.candidate.split.parts != nil }
    #expect(!splits.isEmpty && splits.allSatisfy { $0.devices == 3 * $0.scale })
  }

  @Test("What makes no sense of a plan is refused with what to write")
  func refused() throws {
    let wrong: [(String, String, String)] = [
      ("rate", "1,2", "--rate has 2 values"), ("model", "all", "names all"), ("find", "rate", "leave out --rate"),
      ("disaggregate", "prefill=1,decode=1", "--split"), ("sort", "TTFT", "leave out --where"),
      ("tolerance", "0.1", "--find rate"), ("text-tokens", "40,80", "--text-tokens has 2 values"),
    ]
    for (name, text, message) in wrong {
      let question = try Question.plan { try $0.set(name, to: [text]) }
      #expect("\(name)") {
        try question.checkPlan()
      } throws: { error in
        (error as? Diagnostic)?.message.contains(message) == true
      }
    }
    #expect(throws: Diagnostic.self) { try Question.plan(ttft: nil).checkPlan() }
    for (name, text) in [("split", "0:1"), ("split", "1"), ("max-gpus", "0"), ("seeds", "0"), ("tolerance", "2")] {
      var question = Question()
      #expect(throws: Diagnostic.self) { try question.set(name, to: [text]) }
    }
    // Nor is a plan a simulation, or an estimate.
    let question = try Question.plan()
    #expect(throws: Diagnostic.self) { try LoadStudy(question, in: .standard) }
  }

  @Test("A search that is stopped gives what it has")
  func stopped() throws {
    let count = Locked(0)
    let watch = Plan.Watch(isStopped: {
      count.withLock {
        $0 += 1
        return $0 > 3
      }
    })
    let plan = try Plan(.plan(["l4", "l40s", "a100-80gb", "h100-sxm"]), watch)
    #expect(plan.isInterrupted)
    #expect(plan.cheapest.allSatisfy { $0.holds })
  }

  @Test("The largest rate holds, and the one that is said to fail does not")
  func rate() throws {
    let question = try Question.plan(["a100-80gb"], ttft: "200ms@p95", tpot: "40ms@p95") {
      ($0.load.rates, $0.plan.maxDevices) = ([], nil)
      $0.plan.find = .rate
      $0.plan.seeds = 2
      $0.plan.tolerance = 0.05
    }
    let search = try RateSearch(question)
    #expect(search.found.count == 2)
    for found in search.found {
      let (rate, failing) = (try #require(found.rate), try #require(found.failing))
      #expect(failing > rate && failing <= rate * 1.05 * (1 + 1e-9))
      for (tried, holds) in [(rate, true), (failing, false)] {
        var keeps = true
        for seed in UInt64(0)..<2 {
          var asked = question.load(split: .none)
          (asked.load.rates, asked.load.seed) = ([tried], seed)
          asked.tokens = try TokenSelection(found.candidate.isUnreduced ? "full" : "adaptive")
          let study = try LoadStudy(asked, in: .standard)
          let row = try study.row(study.count - 1)
          keeps = keeps && row.figures.ttft.p95 <= 0.2 && row.figures.tpot.p95 <= 0.04
        }
        #expect(keeps == holds, "\(tried)")
      }
    }
    // Fewer tokens leave more room.
    #expect(try #require(search.found[1].rate) > (try #require(search.found[0].rate)))
  }
}
