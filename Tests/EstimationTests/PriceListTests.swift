import Architectures
import Catalog
import Documents
import Estimation
import Hardware
import Operators
import Quantities
import Reduction
import ReductionMethods
import Testing

/// The operator tables are read twice, as the breakdown that people see and as a price: both say the same of every
/// model and device of the catalog, all precisions, accountings and kernels.
@Suite("A price is the sum of its breakdown")
struct PriceListTests {
  private static let precisions = Precision.all + [.int4.caching(in: .fp8), .fp8.caching(in: .int4)]

  /// A prefill, a step of decoding and a mixed pass; visual tokens stand in the prompt or are read beside it.
  private static func passes(_ language: LanguageModel) -> [Pass] {
    let cached = language.crossAttention == nil ? 0 : 70
    return [
      Pass([.init(sequences: 2, newTokens: 301, visualTokens: 100)]),
      Pass([.init(sequences: 5, newTokens: 1, context: 777, cachedVisualTokens: cached)]),
      Pass(
        [
          .init(sequences: 3, newTokens: 1, context: 100, cachedVisualTokens: cached),
          .init(newTokens: 333, context: 50, visualTokens: 20), .init(sequences: 2, newTokens: 5, context: 1000),
          .init(sequences: 2, newTokens: 1, context: 5000),
        ], logits: 20),
    ]
  }

  /// All precisions with both kernels, the passes taken in turn.
  private func check(_ model: MultimodalModel, on hardware: Accelerator, _ parallelism: Parallelism = Parallelism())
    throws
  {
    guard let language = model.language else { return }
    let passes = Self.passes(language)
    for (index, precision) in Self.precisions.enumerated() {
      for (offset, kernels) in Accounting.Kernels.allCases.enumerated() {
        func fresh() throws -> PriceList {
          try PriceList(
            model, on: hardware, at: precision, accounting: .exact(kernels: kernels), parallelism: parallelism)
        }
        var list = try fresh()
        for pass in [passes[(index + offset) % 3], passes[(index + offset + 1) % 3]] {
          try list.expectEqualReadings(
            pass, at: precision, on: hardware, fresh: fresh(),
            "\(model.name) on \(hardware.name), \(precision.name), \(kernels.rawValue)")
        }
      }
    }
  }

  @Test("of every model", arguments: try Catalog.standard.allModels().filter { $0.language != nil }.map(\.name))
  func everyModel(name: String) throws {
    for device in ["a100-80gb", "epyc-9654"] {
      try check(Catalog.standard.model(name), on: Catalog.standard.hardware(device))
    }
  }

  @Test("on every device", arguments: try Catalog.standard.allHardware().map(\.name))
  func everyDevice(name: String) throws {
    let hardware = try Catalog.standard.hardware(name)
    for model in ["llava-1.5-7b", "deepseek-v3"] { try check(Catalog.standard.model(model), on: hardware) }
  }

  @Test("under rules of prefills alone", arguments: ["vicuna-7b", "llava-1.5-13b", "llama-2-70b", "mistral-7b"])
  func otherRules(name: String) throws {
    let model = try Catalog.standard.model(name)
    let pass = Pass([.init(sequences: 3, newTokens: 616)])
    for hardware in try ["v100", "h100-sxm", "graviton-4"].map({ try Catalog.standard.hardware($0) }) {
      for accounting in [Accounting.llmViewer, .fastV, .sparseVLM] {
        let names =
          accounting.name == "llm-viewer" ? ["fp16", "int8", "w4a4kv4", "w1a2kv16"] : Precision.all.map(\.name)
        for precision in names.compactMap(accounting.precision) {
          func fresh() throws -> PriceList {
            try PriceList(model, on: hardware, at: precision, accounting: accounting)
          }
          var list = try fresh()
          try list.expectEqualReadings(
            pass, at: precision, on: hardware, fresh: fresh(), "\(accounting.name) \(precision.name)")
        }
      }
    }
  }

  @Test(
    "over several devices",
    arguments: [
      ("llama-2-70b", Parallelism(tensor: 8)), ("vicuna-7b", Parallelism(pipeline: 4)),
      ("mixtral-8x7b", Parallelism(expert: 4)), ("mixtral-8x7b", Parallelism(tensor: 3, pipeline: 2, expert: 5)),
      ("deepseek-v3", Parallelism(expert: 16)), ("deepseek-v3", Parallelism(tensor: 4, pipeline: 2, expert: 8)),
      ("idefics-9b", Parallelism(tensor: 2, pipeline: 3)), ("phi-2", Parallelism(tensor: 5)),
    ])
  func spread(name: String, parallelism: Parallelism) throws {
    for device in ["a100-80gb", "h200", "v100"] {
      try check(Catalog.standard.model(name), on: Catalog.standard.hardware(device), parallelism)
    }
  }

  @Test("under a schedule", arguments: ["llava-1.5-7b", "mixtral-8x7b", "deepseek-v3"])
  func schedule(name: String) throws {
    let model = try Catalog.standard.model(name)
    let language = try #require(model.language)
    let schedule = TokenSchedule(
      initial: 576,
      changes: [.init(fromLayer: 2, tokens: 288), .init(insideLayer: 5, tokens: 100), .init(fromLayer: 20, tokens: 3)])
    let workload = try Workload(visualTokens: schedule, textTokens: 40, batch: 3, context: 17, outputTokens: 9)
    for hardware in try ["a100-80gb", "tpu-v5e"].map({ try Catalog.standard.hardware($0) }) {
      for precision in Self.precisions {
        for kernels in Accounting.Kernels.allCases {
          let fresh = try PriceList(model, on: hardware, at: precision, accounting: .exact(kernels: kernels))
          var list = fresh
          for pass in [workload.prefill(of: language), workload.decodeStep(3, of: language)] {
            try list.expectEqualReadings(
              pass, at: precision, on: hardware, fresh: fresh, "\(precision.name) \(kernels.rawValue)")
          }
        }
      }
    }
  }

  @Test("and so is an estimate's prefill", arguments: ["none", "fastv:K=2,R=0.5", "schedule:3=500,7=100,20=4"])
  func estimates(reducer: String) throws {
    for name in ["llava-1.5-7b", "vicuna-7b", "deepseek-v3"] {
      let model = try Catalog.standard.model(name)
      let language = try #require(model.language)
      let input =
        reducer == "none"
        ? .tokens(576) : try VisualInput.reduced(by: ReducerChain(reducer), in: model) { Sample.text.features() }
      for (device, spread) in [("a100-80gb", Parallelism(tensor: 2)), ("epyc-9654", Parallelism())] {
        let hardware = try Catalog.standard.hardware(device)
        let estimate = try Estimate(
          model, on: hardware, precision: .int8, visualInput: input, textTokens: 40, batch: 3,
          serving: Serving(context: 17, parallelism: spread))
        var list = try PriceList(model, on: hardware, at: .int8, parallelism: spread)
        let price = try list.price(estimate.workload.prefill(of: language), expecting: true)
        let stage = try #require(estimate.stages.first { $0.stage == .prefill })
        #expect(stage.price.flops == price.flops && stage.price.traffic == price.traffic)
        #expect(stage.seconds == price.seconds && stage.expectedSeconds == price.expectedSeconds)
      }
    }
  }

  /// Layers whose products have the same rows, inner width and columns but read other weights: 8 or 64 experts, of
  /// which 2 work on a token, beside one dense layer of as many columns.
  @Test("with blocks of equal shape but other experts")
  func otherExperts() throws {
    var block = TransformerBlock.decoder(width: 512, heads: 8, kvHeads: 2, headWidth: 64, feedForward: 1408)
    var stack = LayerStack(block, layers: 1)
    for count in [8, 64, 8, 16] {
      block.experts = MixtureOfExperts(count: count, perToken: 2, feedForward: 1408)
      stack.append(block)
    }
    block.experts?.sharedWidth = 1408
    stack.append(block)
    let model = MultimodalModel(name: "experts", title: "", language: LanguageModel(stack: stack, vocabulary: 1000))
    for device in ["a100-80gb", "h100-sxm", "xeon-8480"] { try check(model, on: Catalog.standard.hardware(device)) }
    // They really are told apart: more experts are more weights for the same products.
    let list = try PriceList(model, on: Catalog.standard.hardware("a100-80gb"), at: .fp16)
    let up = try list.breakdown(Pass([.init(sequences: 32, newTokens: 1, context: 9)])).operators.filter {
      $0.operation.name == "experts.gate_up"
    }
    #expect(Set(up.map(\.operation.kernel)).count == 1)
    #expect(Set(up.map(\.expected)).count == 3)
  }

  @Test("whatever passes the list priced before, in whatever order")
  func remembered() throws {
    let hardware = try Catalog.standard.hardware("h100-sxm")
    var random = Lehmer()
    for name in ["llava-1.5-7b", "mixtral-8x7b", "deepseek-v3"] {
      let fresh = try PriceList(Catalog.standard.model(name), on: hardware, at: .fp8)
      var used = fresh
      // More sizes of products than are remembered, so that most are forgotten on the way, and some asked for again.
      for _ in 0..<250 {
        let pass = Pass([
          .init(
            sequences: Int.random(in: 1...9, using: &random), newTokens: Int.random(in: 1...40, using: &random),
            context: Int.random(in: 0...2, using: &random) * 500)
        ])
        var once = fresh
        #expect(try used.price(pass, expecting: true) == once.price(pass, expecting: true))
      }
    }
  }
}
