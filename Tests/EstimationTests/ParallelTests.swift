import Architectures
import Catalog
import Documents
import Estimation
import Hardware
import Operators
import Quantities
import Testing

/// Models over several devices, in numbers derived by hand. FP16: 2 bytes an element.
@Suite struct ParallelTests {
  private func estimate(
    _ model: MultimodalModel, on device: String = "a100-80gb", _ precision: Precision = .fp16, text: Int = 16,
    batch: Int = 1,
    steps: Int = 1, visualTokens: Int = 0, _ parallelism: Parallelism = Parallelism()
  ) throws -> Estimate {
    try Estimate(
      model, on: Catalog.standard.hardware(device), precision: precision, visualInput: .tokens(visualTokens),
      textTokens: text, batch: batch,
      serving: Serving(outputTokens: steps > 0 ? steps + 1 : 0, parallelism: parallelism))
  }

  private func operators(_ estimate: Estimate, _ name: Operator.Name) throws -> [OperatorEstimate] {
    try #require(estimate.mainStage).operators.filter { $0.operation.name == name }
  }

  /// Llama-2-70B: width 8192, 64 heads of 128 over 8 key heads, 28,672 inner channels, 80 layers, 32,000 words.
  @Test func tensorParallelSharesOfALargeModel() throws {
    let model = try Catalog.standard.model("llama-2-70b")
    let estimate = try estimate(model, text: 100, Parallelism(tensor: 4))
    // Columns of the products on each of 4 devices, 100 rows.
    for (name, inner, columns) in [
      ("attention.qkv", 8192.0, 2048.0 + 2 * 256), ("attention.output", 2048, 8192), ("mlp.gate_up", 8192, 14336),
      ("mlp.down", 7168, 8192),
    ] as [(Operator.Name, Double, Double)] {
      let product = try #require(try operators(estimate, name).first)
      #expect(product.cost.flops == FLOPs(2 * 100 * inner * columns))
      #expect(product.cost.traffic.weights == Bytes(2 * inner * columns))
    }
    #expect(try operators(estimate, "head").map(\.cost.flops) == [FLOPs(2 * 8192 * 8000)])
    // Each of 100 x 8192 elements must cross the link once, over 300 GB/s each way; a ring sends 2 x 3/4 of them in
    // 2 x 3 messages.
    let reduce = try #require(try operators(estimate, "attention.all_reduce").first)
    let bytes = 100 * 8192 * 2.0
    #expect(reduce.cost.sent == Bytes(bytes))
    #expect(2 * reduce.operation.transfer.ringElements == 1.5 * bytes && reduce.operation.transfer.messages == 6)
    #expect(abs(reduce.time[.link].value / (bytes / 300e9) - 1) < 1e-14)
    #expect(reduce.time.bound == .link && reduce.repeatCount == 80)
    #expect(try operators(estimate, "mlp.all_reduce").map(\.repeatCount).reduce(0, +) == 80)
    #expect(try operators(estimate, "embedding.all_reduce").map(\.cost.sent) == [Bytes(bytes)])
    // Logits of 32,000 words, of which three quarters come from the others.
    #expect(try operators(estimate, "head.all_gather").map(\.cost.sent) == [Bytes(0.75 * 32000 * 2)])
    // Weights: a quarter of all matrices; 161 norms of 8192 are on each device.
    let norms = 161.0 * 8192
    #expect(estimate.footprint.weights == Bytes(2 * ((estimate.model.parameterCount - norms) / 4 + norms)))
    // 2 of 8 key heads: a quarter of the cache of 101 tokens.
    #expect(estimate.footprint.cache == Bytes(2 * 101 * 80 * 2 * 2 * 128))
  }

  @Test func fewKeyHeadsAreCopied() throws {
    let model = try Catalog.standard.model("llama-2-70b")
    let sixteen = try estimate(model, on: "a100-80gb", .fp16, Parallelism(tensor: 16))
    #expect(sixteen.footprint.cache == Bytes(2 * 17 * 80 * 2 * 128))
    #expect(sixteen.notes.contains { $0.contains("8 key heads over 16 devices") })
    // 64 heads over 3 devices: 22 each, one of them two heads of padding short.
    let three = try estimate(model, on: "a100-80gb", .fp16, Parallelism(tensor: 3))
    // Of 8 key heads 3 are on each.
    #expect(try operators(three, "attention.qkv").map(\.cost.flops) == [FLOPs(2 * 16 * 8192 * (22 + 2 * 3) * 128)])
    #expect(three.notes.contains { $0.contains("64 heads over 3 devices: padded") })
  }

  /// Megatron-LM (arXiv:1909.08053, section 3): two all-reduces a layer in the forward pass, of batch x tokens x width.
  @Test func aLayerCommunicatesTwice() throws {
    let estimate = try estimate(Catalog.standard.model("vicuna-7b"), text: 10, batch: 3, Parallelism(tensor: 2))
    let prefill = try #require(estimate.mainStage).operators.filter {
      $0.operation.name.description.hasSuffix(".all_reduce")
    }
    let sent = prefill.map { $0.cost.sent * $0.repeatCount }.sum()
    // 32 layers x 2, and the embedding; of two devices each sends as much as the tensor is large, on a ring, too.
    #expect(sent == Bytes(65 * 2 * 3 * 10 * 4096))
    #expect(prefill.map { Bytes(2 * $0.operation.transfer.ringElements) * $0.repeatCount }.sum() == sent)
    let step = try #require(estimate.decode).first.operators.filter {
      $0.operation.name.description.hasSuffix(".all_reduce")
    }
    #expect(step.map { $0.cost.sent * $0.repeatCount }.sum() == Bytes(65 * 2 * 3 * 4096))
  }

  @Test func aPipelinePassesTheResidualStream() throws {
    let model = try Catalog.standard.model("vicuna-7b")
    let one = try estimate(model, text: 50)
    let four = try estimate(model, text: 50, Parallelism(pipeline: 4))
    let passes = try operators(four, "pipeline.pass")
    #expect(passes.map(\.repeatCount) == [3])
    #expect(passes.map(\.cost.sent) == [Bytes(2 * 50 * 4096)])
    // A single batch goes through all stages, one after another.
    let added = 3 * 2 * 50 * 4096 / 300e9
    #expect(abs((four.prefillSeconds - one.prefillSeconds).value / added - 1) < 1e-9)
    // 34 parts over 4 stages: embedding and head of 131 M each weigh less than a layer of 202 M, so that no stage can
    // do with fewer than 8 layers and one has an end besides. The cache of 51 tokens follows the layers.
    let layer = 202_383_360.0
    #expect(four.footprint.weights == Bytes(2 * (8 * layer + 131_072_000 + 4096)))
    #expect(four.footprint.cache == Bytes(2 * 51 * 8 * 2 * 4096))
  }

  /// 8 experts, 2 a token, over 4 devices: 6 sequences of 5 tokens, 2 of them on the busiest device.
  @Test func expertsAreSharedAndTokensSent() throws {
    var block = TransformerBlock.decoder(width: 8, heads: 4, kvHeads: 2, headWidth: 3, feedForward: 10)
    block.rotaryWidth = 2
    block.experts = MixtureOfExperts(count: 8, perToken: 2, feedForward: 6)
    let model = MultimodalModel(
      name: "experts", title: "", language: LanguageModel(layers: 1, block: block, vocabulary: 7))
    let estimate = try estimate(model, text: 5, batch: 6, Parallelism(expert: 4))
    // Its own 10 tokens go to 2 experts each, three quarters of the copies to other devices; 30 tokens x 2 / 4 = 15 come.
    // Of 28 pairs of experts 15 spare a device that has 2, so that a token must be sent to each of 3 others in 13 of 28.
    for name: Operator.Name in ["experts.all_to_all", "experts.all_to_all_back"] {
      let exchange = try #require(try operators(estimate, name).first)
      #expect(abs(exchange.cost.sent.value / (10 * 3 * 13 / 28.0 * 8 * 2) - 1) < 1e-14)
      #expect(exchange.operation.transfer.ringElements == 0.75 * 20 * 8)
      #expect(exchange.operation.transfer.messages == 3)
    }
    let up = try #require(try operators(estimate, "experts.gate_up").first)
    #expect(up.cost.flops == FLOPs(2 * 15 * 8 * 12))
    // 2 of the 8 experts are here; 30 tokens are expected to hit 2 (1 - 0.75^30) of them.
    var missed = 1.0
    for _ in 0..<30 { missed *= 0.75 }
    #expect(abs(up.cost.traffic.weights.value / (2 * 2 * (1 - missed) * 8 * 12) - 1) < 1e-14)
    #expect(try operators(estimate, "attention.qkv").map(\.cost.flops) == [FLOPs(2 * 10 * 8 * (12 + 2 * 6))])
    // Cache of two sequences of 6 tokens; weights without 6 of the experts.
    #expect(estimate.footprint.cache == Bytes(2 * 2 * 6 * 12))
    #expect(estimate.footprint.weights == Bytes(2 * (model.parameterCount - 6 * 3 * 8 * 6)))
  }

  @Test(arguments: ["vicuna-7b", "llama-2-70b", "deepseek-v3", "llava-1.5-7b", "phi-2", "idefics-9b"])
  func moreDevicesNeverNeedMoreEach(name: String) throws {
    let model = try Catalog.standard.model(name)
    let visual = model.vision == nil ? 0 : 576
    let isMixture = model.language?.stack.runs.contains { $0.block.experts != nil } ?? false
    for precision in [Precision.fp16, .int4.caching(in: .int8)] {
      for (text, batch) in [(30, 1), (1, 64)] {
        func total(_ parallelism: Parallelism) throws -> Double {
          let estimate = try estimate(
            model, precision, text: text, batch: batch, steps: 3, visualTokens: visual, parallelism)
          return estimate.footprint.total.value
        }
        let none = try total(Parallelism())
        var last = (none, none, none)
        for count in 1...9 {
          let now = (
            try total(Parallelism(tensor: count)), try total(Parallelism(pipeline: count)),
            try total(Parallelism(expert: isMixture ? count : 1))
          )
          #expect(now.0 <= last.0 && now.1 <= last.1 && now.2 <= last.2)
          #expect(try total(Parallelism(tensor: 2, pipeline: count)) <= now.1)
          last = now
        }
      }
    }
  }

  @Test func oneDeviceIsNoParallelism() throws {
    let model = try Catalog.standard.model("deepseek-v3")
    let none = try Estimate(
      model, on: Catalog.standard.hardware("epyc-9654"), precision: .int8, visualInput: .tokens(0), textTokens: 9,
      batch: 2, serving: Serving(outputTokens: 6))
    let one = try estimate(
      model, on: "epyc-9654", .int8, text: 9, batch: 2, steps: 5, Parallelism(tensor: 1, pipeline: 1))
    #expect(none.stages.map(\.price) == one.stages.map(\.price) && none.footprint == one.footprint)
    #expect(none.stages.map { $0.operators.map(\.operation) } == one.stages.map { $0.operators.map(\.operation) })
    #expect(try #require(none.decode).price == #require(one.decode).price)
    #expect(none.decode?.last.operators.map(\.operation) == one.decode?.last.operators.map(\.operation))
  }

  @Test func stepsOverDevicesAddUp() throws {
    let model = try Catalog.standard.model("deepseek-v3")
    let spread = Parallelism(tensor: 4, pipeline: 2, expert: 8)
    let all = try #require(try estimate(model, on: "h200", .fp8, batch: 16, steps: 12, spread).decode)
    let single = try (0..<12).map { step in
      try #require(
        try Estimate(
          model, on: Catalog.standard.hardware("h200"), precision: .fp8, visualInput: .tokens(0), textTokens: 16,
          batch: 16, serving: Serving(context: step, outputTokens: 2, parallelism: spread)
        ).decode)
    }
    #expect(abs(all.seconds.value / single.map(\.seconds.value).reduce(0, +) - 1) < 1e-13)
    #expect(abs(all.expectedSeconds.value / single.map(\.expectedSeconds.value).reduce(0, +) - 1) < 1e-13)
    #expect(all.price.secondsByBound[.link] > .zero)
  }

  @Test func energyAndCostAreOfAllDevices() throws {
    let model = try Catalog.standard.model("vicuna-7b")
    let estimate = try Estimate(
      model, on: Catalog.standard.hardware("a100-80gb"), precision: .fp16, visualInput: .tokens(0), textTokens: 9,
      serving: Serving(outputTokens: 5, pricePerHour: 3.6, parallelism: Parallelism(tensor: 2, pipeline: 2)))
    let request = try #require(estimate.request)
    #expect(abs(try #require(request.energy).value / request.request.value - 1600) < 1e-9)
    #expect(abs(try #require(request.cost) / request.request.value - 0.004) < 1e-15)
  }

  @Test func whatCannotBeSpreadSaysSo() throws {
    let vicuna = try Catalog.standard.model("vicuna-7b")
    for spread in [
      Parallelism(tensor: 33), Parallelism(pipeline: 33), Parallelism(expert: 2), Parallelism(tensor: 0),
      Parallelism(tensor: Int.max, pipeline: Int.max),
    ] {
      #expect(throws: Diagnostic.self) { try self.estimate(vicuna, on: "a100-80gb", .fp16, spread) }
    }
    #expect(throws: Diagnostic.self) {
      try self.estimate(Catalog.standard.model("clip-vit-large-patch14-336"), steps: 0, Parallelism(tensor: 2))
    }
    // No link is known of an EPYC: the error names the key.
    #expect {
      try self.estimate(vicuna, on: "epyc-9654", .fp16, Parallelism(tensor: 2))
    } throws: { error in
      (error as? Diagnostic)?.message.contains("interconnect") == true
    }
  }
}
