import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Quantities
import Testing

/// FLOPs of new tokens after a cache equal torch's; Fixtures/make_cached_counts.py wrote them.
@Suite struct CachedCountTests {
  struct Count: Sendable {
    var config: String
    var context, tokens, batch: Int
    var flops: Double
  }

  static let counts: [Count] = {
    let file = ConfigTests.folder.appending(path: "cached_counts.csv")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",").map(String.init)
      guard cells.count == 5, let context = Int(cells[1]), let tokens = Int(cells[2]), let batch = Int(cells[3]),
        let flops = Double(cells[4])
      else { return nil }
      return Count(config: cells[0], context: context, tokens: tokens, batch: batch, flops: flops)
    }
  }()

  private func total(_ operators: [Operator]) -> Double {
    operators.map { $0.flops.value * Double($0.repeatCount) }.reduce(0, +)
  }

  @Test func allCountsAreThere() { #expect(Self.counts.count == 60) }

  @Test(arguments: counts)
  func newTokensCountAsTorchCounts(_ expected: Count) throws {
    let language = try #require(ConfigTests.model(expected.config).language)
    let workload = try Workload(
      visualTokens: 0, textTokens: expected.tokens, batch: expected.batch, context: expected.context)
    #expect(total(language.operators(workload.prefill(of: language), kernels: .eager)) == expected.flops)
    guard expected.tokens == 1 else { return }
    // A step after a prompt is a step after as long a context.
    for (prompt, step) in [(1, expected.context - 1), (expected.context, 0)] {
      let request = try Workload(visualTokens: 0, textTokens: prompt, batch: expected.batch, outputTokens: step + 2)
      for kernels in Accounting.Kernels.allCases {
        #expect(total(language.operators(request.decodeStep(step, of: language), kernels: kernels)) == expected.flops)
      }
    }
  }
}
