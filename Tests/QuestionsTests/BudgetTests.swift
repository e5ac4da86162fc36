import Architectures
import Catalog
import Documents
import Estimation
import Quantities
import Reduction
import ReductionMethods
import Testing

@testable import Questions

@Suite("Reducers at a common number of visual tokens")
struct BudgetTests {
  private func study(_ model: String = "llava-1.5-7b", budget: Int) throws -> Study {
    var question = Question(models: [model], devices: ["a100-80gb"])
    try question.set("precision", to: ["fp16"])
    try question.set("sample", to: ["objects"])
    question.budget = budget
    return try question.study(in: .standard)
  }

  private func inputs(_ budget: Int) throws -> [VisualInput] { try study(budget: budget).subjects[0].inputs }

  private func method(_ input: VisualInput) -> String? {
    input.reduction.map { String($0.reducer.name.prefix { $0 != ":" }) }
  }

  /// Methods behind and inside the encoder that have a setting leave at most the budget, and most of them nearly that.
  @Test(arguments: [16, 40, 144, 288])
  func everyMethodKeepsWithinTheBudget(budget: Int) throws {
    let inputs = try inputs(budget)
    for input in inputs {
      guard let method = method(input), !["fastv", "pyramiddrop", "sparsevlm"].contains(method) else { continue }
      #expect(input.tokens.initial <= budget, "\(method)")
      #expect(input.tokens.initial >= budget / 2, "\(method)")
    }
    for name in ["prumerge", "prumerge+", "sequential", "visionzip", "divprune"] {
      let input = try #require(inputs.first { method($0) == name })
      #expect(input.tokens.initial == budget, "\(name)")
    }
  }

  /// Spatial 5x8 is the paper's Table 4; FastV keeps (144 x 32 - 2 x 576) / 30 = 115 in 30 layers.
  @Test func settingsAreThoseOfThePapers() throws {
    #expect(
      try inputs(40).contains { ["spatial:5x8", "spatial:8x5"].contains($0.reduction?.reducer.name) })
    let names = try inputs(144).compactMap { $0.reduction?.reducer.name }
    for name in ["tome:r=19", "evit:keep=0.62", "pool:2", "spatial:12x12", "fastv:K=2,R=0.8003", "sparsevlm:128"] {
      #expect(names.contains(name), "\(names)")
    }
  }

  @Test func rowsAreComparedWithAllTokens() throws {
    let rows = try study(budget: 144).rows()
    #expect(rows.first?.estimate.visualTokens == 576)
    #expect(rows.first?.baseline == nil)
    #expect(rows.dropFirst().allSatisfy { $0.baseline?.visualTokens == 576 })
  }

  @Test func whatCannotBeSetIsSaid() throws {
    #expect(try study(budget: 16).subjects[0].omissions.contains { $0.hasPrefix("sparsevlm has no setting") })
    for budget in [0, 577, -1, Int.max] { #expect(throws: Diagnostic.self) { try study(budget: budget) } }
    for model in ["vicuna-7b", "clip-vit-large-patch14-336"] {
      #expect(throws: Diagnostic.self) { try study(model, budget: 40) }
    }
  }
}
