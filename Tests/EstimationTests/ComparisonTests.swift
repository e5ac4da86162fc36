import Architectures
import Catalog
import Documents
import Estimation
import Operators
import Quantities
import Reduction
import Testing

@Suite struct ComparisonTests {
  private func compare(_ model: String = "llava-1.5-7b", budget: Int) throws -> Comparison {
    try Comparison(
      Catalog.standard.model(model), on: Catalog.standard.hardware("a100-80gb"), precision: .fp16,
      methods: Reducers.all, budget: budget, features: Sample.objects.features(), textTokens: 40)
  }

  /// Methods behind and inside the encoder that have a setting leave at most the budget, and most of them nearly that.
  @Test(arguments: [16, 40, 144, 288])
  func everyMethodKeepsWithinTheBudget(budget: Int) throws {
    let comparison = try compare(budget: budget)
    for row in comparison.rows {
      guard let method = row.method, !["fastv", "pyramiddrop", "sparsevlm"].contains(method) else { continue }
      #expect(row.estimate.visualTokens <= budget, "\(method)")
      #expect(row.estimate.visualTokens >= budget / 2, "\(method)")
    }
    for method in ["prumerge", "prumerge+", "sequential", "visionzip", "divprune"] {
      let row = try #require(comparison.rows.first { $0.method == method })
      #expect(row.estimate.visualTokens == budget, "\(method)")
    }
  }

  @Test func settingsAreThoseOfThePapers() throws {
    let names = try compare(budget: 144).rows.compactMap { $0.estimate.visualInput.reduction?.reducer.name }
    for name in ["tome:r=19", "evit:keep=0.62", "pool:2", "spatial:12x12", "fastv:K=2,R=0.75", "sparsevlm:128"] {
      #expect(names.contains(name), "\(names)")
    }
  }

  @Test func rowsAreRankedByTheTotal() throws {
    let rows = try compare(budget: 144).rows
    let totals = rows.map(\.estimate.totalSeconds)
    #expect(totals == totals.sorted())
    #expect(rows.last?.method == nil)
    #expect(rows.allSatisfy { $0.speedup >= 1 })
  }

  @Test func whatCannotBeSetIsSaid() throws {
    #expect(try compare(budget: 16).omissions.contains { $0.hasPrefix("sparsevlm has no setting") })
    for budget in [0, 577, -1, Int.max] { #expect(throws: Diagnostic.self) { try compare(budget: budget) } }
    for model in ["vicuna-7b", "clip-vit-large-patch14-336"] {
      #expect(throws: Diagnostic.self) { try compare(model, budget: 40) }
    }
  }
}
