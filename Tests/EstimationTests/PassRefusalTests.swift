import Architectures
import Catalog
import Documents
import Estimation
import Operators
import Quantities
import Testing

/// What is no pass is refused with a message, whatever the numbers; nothing overflows on the way.
@Suite("Passes that cannot be")
struct PassRefusalTests {
  private func list(
    _ model: String = "llama-2-7b", accounting: Accounting = .exact(), precision: Precision = .fp16
  ) throws -> PriceList {
    try PriceList(
      Catalog.standard.model(model), on: Catalog.standard.hardware("a100-80gb"), at: precision, accounting: accounting)
  }

  private func expectRefused(_ pass: Pass, _ list: PriceList, sourceLocation: SourceLocation = #_sourceLocation) {
    var list = list
    #expect(throws: Diagnostic.self, sourceLocation: sourceLocation) { try list.price(pass) }
    #expect(throws: Diagnostic.self, sourceLocation: sourceLocation) { try list.price(pass, expecting: true) }
    #expect(throws: Diagnostic.self, sourceLocation: sourceLocation) { try list.breakdown(pass) }
    #expect(throws: Diagnostic.self, sourceLocation: sourceLocation) {
      try list.price(Pass.Series(pass, count: 3))
    }
  }

  @Test("no groups")
  func empty() throws { expectRefused(Pass([]), try list()) }

  @Test("sizes out of range", arguments: [0, -1, Int.min, Int.max, Int.max / 2, Pass.tokenLimit + 1])
  func sizes(_ size: Int) throws {
    let list = try list()
    let fine = Pass.Group(newTokens: 4, context: 9)
    expectRefused(Pass([.init(newTokens: size)]), list)
    expectRefused(Pass([fine, .init(newTokens: size, context: 7)]), list)
    expectRefused(Pass([.init(sequences: size, newTokens: 1)]), list)
    expectRefused(Pass([fine, .init(sequences: size, newTokens: 1, context: 5)]), list)
    expectRefused(Pass([.init(sequences: size, newTokens: 1), .init(sequences: size, newTokens: 1)]), list)
    guard size != 0, size != Pass.tokenLimit + 1 else { return }
    expectRefused(Pass([.init(newTokens: 1, context: size)]), list)
    expectRefused(Pass([.init(newTokens: 1, visualTokens: size)]), list)
    expectRefused(Pass([.init(newTokens: 1, cachedVisualTokens: size)]), list)
    expectRefused(Pass([fine], logits: size), list)
  }

  @Test("visual tokens that are more than the new ones they are part of")
  func visualTokens() throws {
    expectRefused(Pass([.init(newTokens: 3, visualTokens: 4)]), try list("llava-1.5-7b"))
    // Where layers of their own read images, they stand beside the text.
    var beside = try list("idefics-9b")
    #expect(try beside.price(Pass([.init(newTokens: 3, visualTokens: 64)])).flops > .zero)
  }

  @Test("series that grow beyond what is counted", arguments: [Int.max, Int.max - 1, Int.max / 2, 1 << 40])
  func series(_ count: Int) throws {
    var list = try list()
    for group in [
      Pass.Group(newTokens: 1), .init(newTokens: 1, context: 5000), .init(sequences: 2, newTokens: 7, context: 1),
      .init(newTokens: Workload.tokenLimit), .init(newTokens: 1, context: Pass.contextLimit),
    ] {
      #expect(throws: Diagnostic.self) { try list.price(Pass.Series(Pass([group]), count: count)) }
    }
  }

  @Test("what the largest sizes cost is finite")
  func largest() throws {
    let pass = Pass([
      .init(
        sequences: Workload.batchLimit, newTokens: Workload.tokenLimit, context: Pass.contextLimit)
    ])
    for model in ["llama-2-7b", "deepseek-v3", "mistral-7b"] {
      var list = try list(model)
      let price = try list.price(pass, expecting: true)
      #expect(price.seconds.value.isFinite && price.seconds > .zero)
      #expect(try #require(price.expectedSeconds).value.isFinite)
    }
  }

  @Test(
    "rules of prefills alone know one group that meets an empty cache", arguments: ["llm-viewer", "fastv", "sparsevlm"])
  func rules(name: String) throws {
    let accounting = try #require(Accounting.all().first { $0.name == name })
    let precision = try #require(accounting.precision("fp16"))
    let list = try list(accounting: accounting, precision: precision)
    var fine = list
    #expect(try fine.price(Pass([.init(sequences: 2, newTokens: 30)])).flops > .zero)
    for pass in [
      Pass([.init(newTokens: 30, context: 1)]), Pass([.init(newTokens: 30), .init(newTokens: 3)]),
      Pass([.init(newTokens: 1, context: 99)]),
    ] { expectRefused(pass, list) }
    // Nor several devices.
    #expect(throws: Diagnostic.self) {
      try PriceList(
        Catalog.standard.model("llama-2-7b"), on: Catalog.standard.hardware("a100-80gb"), at: precision,
        accounting: accounting, parallelism: Parallelism(tensor: 2))
    }
  }

  @Test("models without a language part have no passes; unknown links and absurd spreads are refused")
  func models() throws {
    let a100 = try Catalog.standard.hardware("a100-80gb")
    #expect(throws: Diagnostic.self) {
      try PriceList(Catalog.standard.model("clip-vit-large-patch14-336"), on: a100, at: .fp16)
    }
    for spread in [Parallelism(tensor: 33), Parallelism(tensor: 0), Parallelism(expert: 2), Parallelism(pipeline: -1)] {
      #expect(throws: Diagnostic.self) {
        try PriceList(Catalog.standard.model("llama-2-7b"), on: a100, at: .fp16, parallelism: spread)
      }
    }
    #expect(throws: Diagnostic.self) {
      try PriceList(
        Catalog.standard.model("llama-2-7b"), on: Catalog.standard.hardware("epyc-9654"), at: .fp16,
        parallelism: Parallelism(tensor: 2))
    }
    for accounting in [Accounting.llmViewer, .fastV] {
      #expect(throws: Diagnostic.self) {
        try PriceList(Catalog.standard.model("deepseek-v3"), on: a100, at: .fp16, accounting: accounting)
      }
    }
  }
}
