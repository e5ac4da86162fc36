import Architectures
import Catalog
import Estimation
import Hardware
import Operators
import Quantities
import Reduction
import ReductionMethods
import Testing

/// N steps of decoding cost what N estimates of one step each cost together, whatever the model, device and schedule.
@Suite struct DecodePropertyTests {
  /// A mixture of experts, latent attention, windows in every other layer, grouped queries, schedules, plain layers.
  private static func models() throws -> [MultimodalModel] {
    let catalog = Catalog.standard
    var windowed = TransformerBlock.decoder(width: 96, heads: 6, kvHeads: 2, headWidth: 16, feedForward: 200)
    windowed.window = 40
    windowed.capsScores = true
    windowed.arrangement = .sandwiched
    var stack = LayerStack(windowed, layers: 1)
    windowed.window = nil
    stack.append(windowed)
    windowed.window = 40
    stack.append(windowed)
    windowed.window = 55
    stack.append(windowed)
    let mixed = MultimodalModel(
      name: "mixed", title: "Mixed", language: LanguageModel(stack: stack, vocabulary: 500, tiedEmbeddings: true))
    return try ["vicuna-7b", "mistral-7b", "deepseek-v3", "llava-1.5-7b", "phi-2", "idefics-9b"].map {
      try catalog.model($0)
    } + [
      mixed
    ]
  }

  private func inputs(for model: MultimodalModel, _ random: inout some RandomNumberGenerator) throws -> VisualInput {
    guard model.name.hasPrefix("llava") || model.name == "vicuna-7b" else {
      return .tokens(Int.random(in: 0...30, using: &random))
    }
    let chains = ["fastv:K=2,R=0.5", "pyramiddrop", "schedule:3=500,7=100,20=4", "schedule:0=576"]
    let chain = try ReducerChain(chains[Int.random(in: 0..<chains.count, using: &random)])
    return try .reduced(by: chain, in: model) { Sample.text.features() }
  }

  @Test(arguments: ["v100", "a100-80gb", "h100-sxm", "epyc-9654", "tpu-v5e"], Accounting.Kernels.allCases)
  func stepsAddUp(device: String, kernels: Accounting.Kernels) throws {
    let hardware = try Catalog.standard.hardware(device)
    // Seeded, so that a failure comes again.
    var random = Lehmer()
    for model in try Self.models() {
      let input = try inputs(for: model, &random)
      let batch = [1, 3, 48][Int.random(in: 0..<3, using: &random)]
      let text = Int.random(in: 1...40, using: &random)
      let steps = Int.random(in: 1...40, using: &random)
      // Near the end of Mistral's window of 4096, or somewhere.
      let context = model.name == "mistral-7b" ? 4096 - text - 15 : Int.random(in: 0...90, using: &random)
      for precision in [Precision.fp16, .int4.caching(in: .fp8), .int8] {
        func decode(context: Int, steps: Int) throws -> DecodeEstimate {
          try #require(
            try Estimate(
              model, on: hardware, precision: precision, visualInput: input, textTokens: text, batch: batch,
              accounting: .exact(kernels: kernels), serving: Serving(context: context, outputTokens: steps + 1)
            ).decode)
        }
        let all = try decode(context: context, steps: steps)
        let single = try (0..<steps).map { try decode(context: context + $0, steps: 1) }
        // Counts below 2^53 have no rounding at all.
        #expect(all.price.flops == single.map(\.price.flops).sum())
        #expect(all.price.vectorFLOPs == single.map(\.price.vectorFLOPs).sum())
        close(all.price.traffic.total.value, single.map(\.price.traffic.total.value))
        close(all.seconds.value, single.map(\.seconds.value))
        close(all.expectedSeconds.value, single.map(\.expectedSeconds.value))
        for bound in Price.Bound.allCases {
          let parts = single.map { $0.price.secondsByBound[bound].value }
          // At a crossing two resources take equally long, and rounding decides which is named.
          #expect(abs(all.price.secondsByBound[bound].value - parts.reduce(0, +)) <= 1e-9 * all.seconds.value)
        }
        close(all.first.seconds.value, [single[0].seconds.value])
        close(all.last.seconds.value, [single[steps - 1].seconds.value])
        close(all.step((steps + 1) / 2).expectedSeconds.value, [single[(steps - 1) / 2].expectedSeconds.value])
        #expect(all.seconds <= all.expectedSeconds)
      }
    }
  }

  /// Sums of up to 40 rounded terms: 40 x 2^-53 is below 1e-13.
  private func close(_ whole: Double, _ parts: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    let sum = parts.reduce(0, +)
    #expect(abs(whole - sum) <= 1e-13 * sum, sourceLocation: sourceLocation)
  }

  /// The latency of a few layers with crossings of resources on the way: a sum over 300 steps of three series,
  /// compared with adding them up.
  @Test func crossingsAreFound() throws {
    var random = Lehmer()
    let windowless = TransformerBlock.decoder(width: 64, heads: 4, kvHeads: 1, headWidth: 256, feedForward: 64)
    let model = MultimodalModel(
      name: "wide", title: "Wide", language: LanguageModel(layers: 2, block: windowless, vocabulary: 50))
    var hardware = try Catalog.standard.hardware("v100")
    for _ in 0..<12 {
      // Peaks and bandwidth such that attention changes from one bound to another within the steps.
      hardware.bandwidth.value = Bandwidth(Double.random(in: 1e11...2e12, using: &random))
      hardware.vectorPeaks[.fp32]?.value = Throughput(Double.random(in: 2e11...1e13, using: &random))
      hardware.matrixPeaks[.fp16]?.value = Throughput(Double.random(in: 2e12...1e14, using: &random))
      func decode(context: Int, steps: Int) throws -> DecodeEstimate {
        try #require(
          try Estimate(
            model, on: hardware, precision: .fp16, visualInput: .tokens(0), textTokens: 1, batch: 16,
            serving: Serving(context: context, outputTokens: steps + 1)
          ).decode)
      }
      let all = try decode(context: 0, steps: 300)
      let single = try (0..<300).map { try decode(context: $0, steps: 1) }
      #expect(abs(all.seconds.value / single.map(\.seconds.value).reduce(0, +) - 1) < 1e-12)
      #expect(abs(all.expectedSeconds.value / single.map(\.expectedSeconds.value).reduce(0, +) - 1) < 1e-12)
    }
  }
}
