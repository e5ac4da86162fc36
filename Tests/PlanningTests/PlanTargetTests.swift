import Documents
import Questions
import Quantities
import Serving
import Testing

@testable import Planning

@Suite("Targets")
struct PlanTargetTests {
  private func target(_ statistic: LatencyTarget.Statistic, _ seconds: Double = 1) -> PlanTarget {
    PlanTarget(.ttft, LatencyTarget(seconds, statistic))
  }

  /// Of 100 values p95 lies at place 0.95 x 99 = 94.05, so between the values 94 and 95 from 0. With 5 late ones value 94 is
  /// the last that is on time; with 6 it is late, and so is all that is read from it and the next.
  @Test("As many requests may be late as lie above the place of the percentile")
  func allowance() {
    #expect(target(.p95).allowance(of: 100) == 5)
    #expect(target(.p50).allowance(of: 3) == 1)
    // 0.99 x 9 = 8.91: value 8 and the last one.
    #expect(target(.p99).allowance(of: 10) == 1)
    #expect(target(.p90).allowance(of: 1) == 0)
    #expect(target(.mean).allowance(of: 100) == nil)
  }

  @Test("More late ones than allowed miss the target, whatever the others are")
  func missed() throws {
    var numbers = Numbers(1)
    for statistic in LatencyTarget.Statistic.allCases where statistic != .mean {
      let target = target(statistic)
      for _ in 0..<200 {
        let count = Int.random(in: 1...60, using: &numbers)
        let late = try #require(target.allowance(of: count)) + 1
        let values = (0..<count).map { place in
          place < late ? Double.random(in: 1.000001...2, using: &numbers) : Double.random(in: 0...1, using: &numbers)
        }
        #expect(try #require(target.value(of: values.sorted())) > 1)
      }
    }
  }

  @Test("A plan that nobody tells tries engines of one to eight devices; a rate is looked for on what is given")
  func usualTensorParallel() throws {
    var question = try Question.plan(["a100-80gb"])
    #expect(Array(question.planning().tensorParallel) == [1])
    question.tensorParallel = []
    #expect(Array(try Plan(question).question.tensorParallel) == [1, 2, 4, 8])
    question.plan.find = .rate
    #expect(question.planning() == question)
  }

  @Test("A target is read with its figure, a time in seconds too; p95 where none is named")
  func texts() throws {
    var question = Question()
    for (text, seconds, statistic) in [
      ("500ms@p95", 0.5, LatencyTarget.Statistic.p95), ("0.5@mean", 0.5, .mean), ("2@P99", 2, .p99),
    ] {
      try question.set("ttft", to: [text])
      #expect(question.load.ttft == LatencyTarget(seconds, statistic))
    }
    try question.set("tpot", to: ["50ms"])
    #expect(PlanTarget.all(question.load).last?.statistic == .p95)
    for wrong in ["500ms@p94", "@p95", "fast", "-1", "1@", "1@p95@p95"] {
      #expect(throws: Diagnostic.self) { try question.set("ttft", to: [wrong]) }
    }
  }
}
