import Architectures
import Catalog
import Estimation
import Hardware
import Operators
import Quantities
import Reduction
import Testing

/// Times, energy, cost and limits of whole requests.
@Suite struct RequestTests {
  private func estimate(
    _ model: String = "llava-1.5-7b", on hardware: String = "a100-80gb", _ precision: Precision = .fp16,
    batch: Int = 1, serving: Serving, kernels: Accounting.Kernels = .fused, visualTokens: Int = 576
  ) throws -> Estimate {
    try Estimate(
      Catalog.standard.model(model), on: Catalog.standard.hardware(hardware), precision: precision,
      visualInput: .tokens(visualTokens), textTokens: 40, batch: batch, accounting: .exact(kernels: kernels),
      serving: serving)
  }

  @Test func theWholeIsTheSumOfItsParts() throws {
    let estimate = try estimate(batch: 4, serving: Serving(outputTokens: 100, pricePerHour: 3.6))
    for (figures, prefill) in [
      (try #require(estimate.request), estimate.totalSeconds),
      (try #require(estimate.expectedRequest), estimate.expectedTotalSeconds),
    ] {
      #expect(figures.timeToFirstToken == prefill)
      #expect(figures.request == prefill + figures.decode)
      // The prefill makes the first of the 100 tokens.
      let mean = try #require(figures.timePerOutputToken)
      #expect(abs(mean.value * 99 / figures.decode.value - 1) < 1e-15)
      #expect(try #require(figures.firstStep) < mean && mean < #require(figures.lastStep))
      // 400 tokens; 400 W by the datasheet; 3.60 an hour are 0.001 a second.
      #expect(abs(try #require(figures.tokensPerSecond) * figures.request.value - 400) < 1e-9)
      #expect(abs(try #require(figures.energy).value / figures.request.value - 400) < 1e-9)
      #expect(abs(try #require(figures.cost) / figures.request.value - 0.001) < 1e-15)
      #expect(abs(try #require(figures.costPerMillionTokens) - 2500 * (try #require(figures.cost))) < 1e-9)
    }
  }

  /// Decoding at batch 1 streams the weights: all parameters but the embedding, of which one row is read.
  @Test func aStepStreamsTheWeights() throws {
    let estimate = try estimate("vicuna-7b", serving: Serving(outputTokens: 10), visualTokens: 1)
    let embedding = Double(try #require(estimate.model.language).vocabulary) * 4096
    let seconds = 2 * (estimate.model.parameterCount - embedding) / 2039e9
    let step = try #require(estimate.request?.firstStep)
    #expect(step.value > seconds)
    #expect(step.value < 1.02 * seconds)
    #expect(estimate.decode?.price.bound == .memory)
  }

  /// Tokens per second of Llama-2-7B in FP16, 1024 tokens, as measured with llama.cpp: github.com/XiongjieDai/
  /// GPU-Benchmarks-on-LLM-Inference at commit eafac9d, README.md. No figure was fitted to them; nobody measured the
  /// kernels of these devices.
  @Test(arguments: [("rtx-4090", 60.78), ("rtx-3090", 51.85), ("a6000", 44.01)])
  func publishedDecodingLiesNear(device: String, measured: Double) throws {
    let estimate = try estimate(
      "llama-2-7b", on: device, serving: Serving(outputTokens: 1024), visualTokens: 1)
    let ideal = try #require(estimate.request?.timePerOutputToken)
    let expected = try #require(estimate.expectedRequest?.timePerOutputToken)
    #expect(1 / ideal.value > measured)
    #expect(abs(1 / expected.value / measured - 1) < 0.15)
  }

  /// Milliseconds per token of the same in 4 bits, after 4 tokens, as measured with TinyChat: github.com/mit-han-lab/
  /// llm-awq at commit d6e797a, tinychat/README.md. No figure was fitted to them. On A100 it took 5.71 ms, half more
  /// than expected: as long as on an RTX 4090 with half the bandwidth.
  @Test(arguments: [("rtx-4090", 5.28), ("jetson-agx-orin", 25.94)])
  func publishedDecodingInFourBitsLiesNear(device: String, measured: Double) throws {
    let estimate = try estimate("llama-2-7b", on: device, .int4, serving: Serving(outputTokens: 2), visualTokens: 1)
    let expected = try #require(estimate.expectedRequest?.timePerOutputToken)
    #expect(abs(expected.value * 1000 / measured - 1) < 0.31)
  }

  /// The prefill makes the first token: one is no step of decoding, two are one.
  @Test func theFirstTokenComesFromThePrefill() throws {
    let none = try estimate(batch: 3, serving: Serving())
    let one = try estimate(batch: 3, serving: Serving(outputTokens: 1))
    #expect(one.decode == nil && one.footprint == none.footprint)
    let figures = try #require(one.request)
    #expect(figures.request == none.totalSeconds && figures.decode == .zero)
    #expect(figures.timePerOutputToken == nil && figures.firstStep == nil && figures.lastStep == nil)
    #expect(abs(try #require(figures.tokensPerSecond) * none.totalSeconds.value - 3) < 1e-12)
    #expect(try #require(one.expectedRequest).request == none.expectedTotalSeconds)

    let two = try estimate(batch: 3, serving: Serving(outputTokens: 2))
    let decode = try #require(two.decode)
    #expect(decode.steps == 1 && decode.price.flops == decode.first.flops)
    for figures in [two.request, two.expectedRequest] {
      let figures = try #require(figures)
      #expect(figures.timePerOutputToken == figures.decode)
      #expect(figures.firstStep == figures.lastStep && figures.firstStep == figures.decode)
    }
    // 616 tokens of the prompt and the first generated one are cached, of 3 sequences: 32 x 2 x 4096 elements each.
    #expect(two.footprint.cache == Bytes(2 * 3 * 617 * 32 * 2 * 4096))
    #expect(one.footprint.cache == Bytes(2 * 3 * 616 * 32 * 2 * 4096))
  }

  @Test func noFiguresWithoutGeneration() throws {
    let estimate = try estimate(serving: Serving(context: 100))
    #expect(estimate.decode == nil && estimate.request == nil && estimate.expectedRequest == nil)
  }

  @Test(arguments: ["llava-1.5-7b", "mistral-7b", "deepseek-v3", "llama-2-70b"], Accounting.Kernels.allCases)
  func limitsAreExact(model: String, kernels: Accounting.Kernels) throws {
    for (device, precision) in [("v100", Precision.int4), ("a100-80gb", .fp16), ("mi325x", .fp8.caching(in: .fp8))] {
      for serving in [Serving(), Serving(context: 700, outputTokens: 300)] {
        let visual = model.hasPrefix("llava") ? 576 : 0
        func estimate(batch: Int = 1, context: Int? = nil) throws -> Estimate {
          var serving = serving
          serving.context = context ?? serving.context
          return try self.estimate(
            model, on: device, precision, batch: batch, serving: serving, kernels: kernels, visualTokens: visual)
        }
        let one = try estimate()
        let batch = try #require(one.largestBatch)
        if batch > 0 { #expect(try estimate(batch: batch).fits == true) }
        if batch < Workload.batchLimit { #expect(try estimate(batch: batch + 1).fits == false) }
        // What one batch says of the largest, another says, too.
        #expect(try estimate(batch: 7).largestBatch == batch)
        if let context = one.longestContext {
          #expect(try estimate(context: context).fits == true)
          // Where no context is too long for the memory the model is the limit.
          let own = one.promptTokens + one.workload.outputTokens
          let isModels = one.model.language?.positions == context + own
          if !isModels, context < Workload.positionLimit { #expect(try estimate(context: context + 1).fits == false) }
        } else {
          #expect(try estimate(context: 0).fits == false)
        }
      }
    }
  }

  @Test func limitsOfUnknownMemoryAreUnknown() throws {
    let estimate = try estimate(on: "epyc-9654", serving: Serving(outputTokens: 1))
    #expect(estimate.fits == nil && estimate.largestBatch == nil && estimate.longestContext == nil)
    #expect(estimate.excess == nil)
  }

  /// A Vicuna-7B in FP16 has 6,738,415,616 parameters and 32 x 2 x 4096 cached elements a token.
  @Test func whatDoesNotFitSaysByHowMuch() throws {
    let estimate = try estimate("vicuna-7b", on: "v100", batch: 8, serving: Serving(outputTokens: 1000))
    // 616 tokens of the prompt and all but the last of 1000.
    let cache = 2.0 * 8 * 1615 * 32 * 2 * 4096
    #expect(estimate.footprint.cache == Bytes(cache))
    let excess = try #require(estimate.excess)
    #expect(excess.value == 2 * 6_738_415_616 + cache + estimate.footprint.activations.value - 15.77 * 1073741824)
    let note = try #require(estimate.fitNote)
    let largest = try #require(estimate.largestBatch)
    #expect(note.contains("\(excess) too little") && note.contains("a batch of \(largest) fits"))
    let roomy = try self.estimate("vicuna-7b", serving: Serving(outputTokens: 1))
    #expect(roomy.excess == .zero && roomy.fitNote == nil)
  }

  @Test func theCacheFormatSizesTheCache() throws {
    let bits: [(NumberFormat, Double)] = [(.fp32, 32), (.fp16, 16), (.fp8, 8), (.int8, 8), (.int4, 4)]
    for (format, bits) in bits {
      let serving = Serving(outputTokens: 61)
      let estimate = try estimate("llava-1.5-7b", on: "a100-80gb", .int4.caching(in: format), serving: serving)
      #expect(estimate.footprint.cache == Bytes(676 * 32 * 2 * 4096 * bits / 8))
    }
  }
}
