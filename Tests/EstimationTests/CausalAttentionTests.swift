import Architectures
import Catalog
import Estimation
import Hardware
import Operators
import Quantities
import Testing

/// Bounds of causal attention rest on what a kernel must execute, not on the square that papers count.
@Suite("Causal attention of long prompts")
struct CausalAttentionTests {
  /// Llama 3 8B: 32 layers of width 4096, 32 heads of 128 over 8 key heads, 14,336 inner channels, 128,256 words.
  private static let llama = MultimodalModel(
    name: "llama-3-8b", title: "",
    language: LanguageModel(
      layers: 32,
      block: .decoder(width: 4096, heads: 32, kvHeads: 8, headWidth: 128, feedForward: 14336), vocabulary: 128_256))

  @Test("half the square bounds the time, and the expected time is near what kernels reach of it")
  func llama() throws {
    let hardware = try Catalog.standard.hardware("h100-sxm")
    let list = try PriceList(Self.llama, on: hardware, at: .bf16)
    let tokens = 131_072.0
    let core = try #require(
      try list.breakdown(Pass([.init(newTokens: 131_072)])).operators.first { $0.operation.name == "attention.core" })
    #expect(core.operation.repeatCount == 32)
    // 4 x 131,072^2 x 4096 FLOPs a layer over 989.4 TFLOP/s would be 284 ms; half of them, with the diagonal, 142 ms.
    let square = 4 * tokens * tokens * 4096
    #expect(core.cost.flops == FLOPs(square))
    #expect(core.cost.executedFLOPs == FLOPs(4 * 4096 * tokens * (tokens + 1) / 2))
    let whole = square / hardware.matrixPeak(.bf16).throughput.value
    #expect(abs(whole / 0.2845 - 1) < 1e-3)
    #expect(abs(core.time.longest.value / 0.142 - 1) < 0.01)
    #expect(core.time.bound == .compute)
    #expect((0.78...0.95).contains(core.expected.value / 0.284))
    #expect(core.kernel > core.time.longest)
  }

  @Test(
    "what is visible of a square, by counting it",
    arguments: [
      (1, 0, 100), (5, 0, 100), (5, 7, 100), (5, 0, 3), (5, 2, 3), (5, 9, 3), (4, 3, 5), (64, 0, 64), (65, 1, 64),
      (3, 2, 5), (3, 3, 5), (1, 4, 5), (1, 5, 5), (1, 3, 5), (2, 3, 5), (7, 7, 1),
    ])
  func counted(tokens: Int, context: Int, window: Int) {
    var sums = AttentionSums()
    sums.add(sequences: 3, tokens: Double(tokens), context: Double(context), window: Double(window))
    // Token i stands behind context + i others and sees itself and at most window - 1 of them.
    let seen = (0..<tokens).map { min(context + $0 + 1, window) }
    #expect(sums.visible == Double(3 * seen.reduce(0, +)))
    // Keys that any of them sees: the first one sees window - 1 before it.
    #expect(sums.positions == Double(3 * (min(context, window - 1) + tokens)))
    #expect(sums.scores == Double(3 * tokens * min(context + tokens, window)))
    #expect(sums.eagerScores == Double(3 * tokens * (min(context, window - 1) + tokens)))
    // Groups add up.
    var twice = sums
    twice.add(sequences: 3, tokens: Double(tokens), context: Double(context), window: Double(window))
    var six = AttentionSums()
    six.add(sequences: 6, tokens: Double(tokens), context: Double(context), window: Double(window))
    #expect(twice == six)
  }
}
