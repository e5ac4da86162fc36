import Architectures
import Catalog
import Documents
import Estimation
import Hardware
import Operators
import Quantities
import Testing

/// Decoding in numbers derived by hand. FP16: 2 bytes an element.
@Suite struct DecodeTests {
  /// Width 8, 4 heads of 3 over 2 key heads, feed-forward 10, two layers, 7 words.
  private static let block = {
    var block = TransformerBlock.decoder(width: 8, heads: 4, kvHeads: 2, headWidth: 3, feedForward: 10)
    block.rotaryWidth = 2
    return block
  }()
  private static let model = MultimodalModel(
    name: "tiny", title: "Tiny", language: LanguageModel(layers: 2, block: block, vocabulary: 7))

  private func decode(
    _ model: MultimodalModel = model, text: Int = 5, context: Int = 0, steps: Int, batch: Int = 1,
    _ precision: Precision = .fp16
  ) throws -> DecodeEstimate {
    try #require(
      try Estimate(
        model, on: Catalog.standard.hardware("v100"), precision: precision, visualInput: .tokens(0), textTokens: text,
        batch: batch, serving: Serving(context: context, outputTokens: steps + 1)
      ).decode)
  }

  @Test func aStepOfAPlainModel() throws {
    // Products of a layer: queries 8 x 12, keys and values 2 x 8 x 6, output 12 x 8, feed-forward 3 x 8 x 10: 528; twice,
    // and the head 8 x 7. Attention: 4 x 12 elements x 16 positions: 10 of context, 5 of the prompt, its own.
    let step = try decode(context: 10, steps: 1)
    #expect(step.price.flops == FLOPs(2 * (2 * 528 + 56) + 2 * 4 * 12 * 16))
    // Of keys and values 2 x 6 elements a position and layer are read, and those of the new token written.
    #expect(step.price.traffic.cacheRead == Bytes(2 * 2 * 12 * 16))
    #expect(step.price.traffic.cacheWritten == Bytes(2 * 2 * 12))
    // All weights, one row of the embedding, and norms of 8.
    #expect(step.price.traffic.weights == Bytes(2 * (2 * 528 + 56 + 8 + 5 * 8)))
  }

  @Test func threeStepsOfTwoSequences() throws {
    // Over 6, 7 and 8 positions, 21 in all, of each of two sequences; weights are read three times.
    let steps = try decode(steps: 3, batch: 2)
    #expect(steps.price.flops == FLOPs(2 * (3 * 2 * (2 * 528 + 56) + 2 * 4 * 12 * 21)))
    #expect(steps.price.traffic.cacheRead == Bytes(2 * 2 * 2 * 12 * 21))
    // The cache in 4 bits is a quarter of that.
    #expect(
      try decode(steps: 3, batch: 2, .fp16.caching(in: .int4)).price.traffic.cacheRead == Bytes(2 * 2 * 12 * 21 / 2))
  }

  @Test func aWindowBoundsEveryStep() throws {
    var block = Self.block
    block.window = 7
    let model = MultimodalModel(
      name: "window", title: "", language: LanguageModel(layers: 2, block: block, vocabulary: 7))
    // Positions 6, 7, 7, 7 instead of 6, 7, 8, 9.
    #expect(try decode(model, steps: 4).price.traffic.cacheRead == Bytes(2 * 2 * 12 * 27))
    #expect(try decode(model, context: 100, steps: 4).price.traffic.cacheRead == Bytes(2 * 2 * 12 * 28))
  }

  /// Of 8 experts 2 work on a token: 5 tokens are expected to hit 8 (1 - 0.75^5) = 6.1015625 of them.
  @Test func expertsAreReadAsTheBatchHitsThem() throws {
    var block = Self.block
    block.experts = MixtureOfExperts(count: 8, perToken: 2, feedForward: 6)
    let model = MultimodalModel(
      name: "experts", title: "", language: LanguageModel(layers: 1, block: block, vocabulary: 7))
    for (batch, hit) in [(1, 2.0), (5, 6.1015625)] {
      let experts = try decode(model, steps: 1, batch: batch).first.operators.filter {
        $0.operation.name.hasPrefix("experts")
      }
      #expect(experts.map(\.cost.traffic.weights).sum() == Bytes(2 * hit * 3 * 8 * 6))
      // Each token passes two of them: three products of 8 x 6.
      #expect(experts.map(\.cost.flops).sum() == FLOPs(Double(batch) * 2 * 2 * 3 * 8 * 6))
    }
  }

  /// Absorbed latent attention: 3 heads with queries of 4 + 2, latents of 7, values of 5.
  @Test func latentAttentionReadsTheLatentOnce() throws {
    var block = TransformerBlock.decoder(width: 8, heads: 3, kvHeads: 3, headWidth: 6, feedForward: 10)
    block.latent = LatentAttention(queryRank: 6, rank: 7, rotaryWidth: 2, valueWidth: 5)
    block.rotaryWidth = 2
    let model = MultimodalModel(
      name: "latent", title: "", language: LanguageModel(layers: 1, block: block, vocabulary: 9))
    let operators = try decode(model, context: 20, steps: 1).first.operators
    let core = try #require(operators.first { $0.operation.name == "attention.core" })
    // 26 positions; each head multiplies 7 + 2 elements for its score, 7 for its value.
    #expect(core.cost.flops == FLOPs(2 * 3 * 26 * (9 + 7)))
    // The latent is key and value at once: 9 elements a position, whatever the number of heads.
    #expect(core.cost.traffic.cacheRead == Bytes(2 * 26 * 9))
    #expect(core.cost.traffic.activationsRead == Bytes(2 * 3 * 9))
    let absorb = try #require(operators.first { $0.operation.name == "attention.key_absorb" })
    let expand = try #require(operators.first { $0.operation.name == "attention.value_up" })
    #expect(absorb.cost.flops == FLOPs(2 * 3 * 4 * 7))
    #expect(expand.cost.flops == FLOPs(2 * 3 * 7 * 5))
    // Together they read the matrix that a prefill expands with: 7 x 3 x (4 + 5).
    #expect(absorb.cost.traffic.weights + expand.cost.traffic.weights == Bytes(2 * 7 * 27))
    #expect(operators.allSatisfy { $0.operation.name != "attention.kv_up" })
  }

  /// FastV keeps half of 4 visual tokens from layer 1 on: caches of 4 + 1 and 2 + 1 tokens before the first step.
  @Test func layersHaveTheirOwnCaches() throws {
    let workload = try Workload(
      visualTokens: TokenSchedule(initial: 4, changes: [.init(fromLayer: 1, tokens: 2)]), textTokens: 1, outputTokens: 4
    )
    let language = try #require(Self.model.language)
    let last = workload.decodeStep(2, of: language)
    let core = language.operators(last, kernels: .fused).filter { $0.name == "attention.core" }
    #expect(core.map(\.flops) == [FLOPs(4 * 12 * 8), FLOPs(4 * 12 * 6)])
    // At the end 5 + 3 and 3 + 3 tokens are cached, of 12 elements each.
    #expect(language.cacheElements(after: last) == 12 * (8 + 6))
  }

  @Test func aPromptAttendsToTheContext() throws {
    // 3 new tokens after 10: every one of them meets 13 positions, 4 x 12 FLOPs each; a layer writes 3 and reads 13.
    let language = try #require(Self.model.language)
    let workload = try Workload(visualTokens: 0, textTokens: 3, context: 10)
    for kernels in Accounting.Kernels.allCases {
      let operators = language.operators(workload.prefill(of: language), kernels: kernels)
      let flops = operators.map { $0.flops * Double($0.repeatCount) }.sum()
      #expect(flops == FLOPs(2 * (3 * 2 * 528 + 56) + 2 * 4 * 12 * 3 * 13))
      let traffic = operators.reduce(Traffic.zero) { $0 + $1.cost(at: .fp16).traffic * Double($1.repeatCount) }
      #expect(traffic.cacheRead == Bytes(2 * 2 * 12 * 13))
      #expect(traffic.cacheWritten == Bytes(2 * 2 * 12 * 3))
    }
    #expect(language.cacheElements(after: workload.prefill(of: language)) == 2 * 12 * 13)
  }

  @Test func aBillionStepsAreAFiniteSum() throws {
    // The first of a billion tokens comes from the prefill.
    let steps = 999_999_999
    let decode = try decode(context: steps + 1, steps: steps)
    // Positions 1e9 + 6 to 2e9 + 4: their mean is 1.5e9 + 5.
    let attention = 2 * 4 * 12 * 999_999_999 * (1.5e9 + 5)
    #expect(abs(decode.price.flops.value / (2 * (2 * 528 + 56) * 999_999_999 + attention) - 1) < 1e-15)
    #expect(decode.seconds.value.isFinite && decode.seconds > .zero)
    #expect(throws: Diagnostic.self) { try self.decode(steps: steps + 1) }
    #expect(throws: Diagnostic.self) { try self.decode(context: -1, steps: 1) }
    #expect(throws: Diagnostic.self) { try self.decode(context: Int.max, steps: 1) }
  }

  @Test func whatCannotDecodeSaysSo() throws {
    let v100 = try Catalog.standard.hardware("v100")
    let tower = try Catalog.standard.model("clip-vit-large-patch14-336")
    for serving in [Serving(outputTokens: 1), Serving(context: 1)] {
      #expect(throws: Diagnostic.self) {
        try Estimate(tower, on: v100, precision: .fp16, visualInput: .tokens(576), textTokens: 0, serving: serving)
      }
      #expect(throws: Diagnostic.self) {
        try Estimate(
          Self.model, on: v100, precision: .fp16, visualInput: .tokens(0), textTokens: 1, accounting: .fastV,
          serving: serving)
      }
    }
  }

  /// IDEFICS-9B: 8 of its layers read images, in 32 heads of 128. Their keys and values are in the cache from the
  /// prefill on; a step multiplies each of 64 visual tokens twice, 4096 wide, and caches only its own text.
  @Test func imagesStayInTheCacheOfTheirLayers() throws {
    let language = try #require(try Catalog.standard.model("idefics-9b").language)
    let workload = try Workload(visualTokens: 64, textTokens: 10, outputTokens: 5)
    let last = workload.decodeStep(3, of: language)
    let step = language.operators(last, kernels: .fused)
    let cross = try #require(step.first { $0.name == "cross.attention.core" })
    #expect(cross.flops == FLOPs(4 * 4096 * 64))
    #expect(step.filter { $0.name == "cross.attention.core" }.map(\.repeatCount) == [8])
    #expect(step.allSatisfy { $0.name != "cross.key" && $0.name != "cross.value" })
    // 10 tokens of text and 3 generated ones before it, itself included: 14 positions in 32 layers.
    let core = try #require(step.first { $0.name == "attention.core" })
    #expect(core.flops == FLOPs(4 * 4096 * 14) && core.repeatCount == 32)
    #expect(language.cacheElements(after: last) == 2 * 4096 * (8 * 64 + 32 * 14))
  }
}
