import Architectures
import Operators
import Quantities
import Testing

/// Bytes of a small decoder, derived by hand.
///
/// Two layers, width h = 8, 4 heads of width 3 (so a d = 12, not h), 2 KV heads (g d = 6), feed-forward f = 10,
/// vocabulary v = 7; n = 5 tokens (2 visual, 3 text), FP16: 2 bytes an element.
@Suite struct TrafficTests {
  static let decoder = LanguageModel(
    layers: 2,
    block: .decoder(width: 8, heads: 4, kvHeads: 2, headWidth: 3, feedForward: 10),
    vocabulary: 7)

  private func operators(_ kernels: Accounting.Kernels) throws -> [Operator] {
    try Self.decoder.operators(Workload(visualTokens: 2, textTokens: 3).prefill(of: Self.decoder), kernels: kernels)
  }

  private func traffic(_ operators: [Operator], at precision: Precision) -> Traffic {
    operators.reduce(.zero) { $0 + $1.cost(at: precision).traffic * Double($1.repeatCount) }
  }

  @Test func weightsAreReadOnceAndLookedUpRowsOnly() throws {
    // A layer: q 8x12, k and v 8x6 each, o 12x8, gate, up and down 8x10 each = 96 + 96 + 96 + 240 = 528 elements, and
    // two norms of 8. Two layers: 1088. Final norm 8, head 8x7 = 56, three looked-up rows of 8 = 24. In all 1176.
    #expect(traffic(try operators(.fused), at: .fp16).weights == Bytes(1176 * 2))
    #expect(traffic(try operators(.eager), at: .fp16).weights == Bytes(1176 * 2))
  }

  @Test func keysAndValuesPassThroughTheCacheOnce() throws {
    // n g d = 30 elements of keys and as many values a layer, written once and read once.
    for kernels in Accounting.Kernels.allCases {
      let bytes = traffic(try operators(kernels), at: .fp16)
      #expect(bytes.cacheWritten == Bytes(2 * 60 * 2))
      #expect(bytes.cacheRead == Bytes(2 * 60 * 2))
    }
  }

  @Test func fusedKernelsReadWhatTheyMust() throws {
    // Elements, with x = n h = 40, q = n a d = 60, k = n g d = 30, w = n f = 50.
    // Read a layer: norm x (first layer) or 2x; one product of q, k and v x; rotary q + k; attention q; output q;
    // norm 2x; gate_up x; SwiGLU 2w; down w.
    // = (5x or 6x) + 3q + k + 3w: 200 + 180 + 30 + 150 = 560 in the first layer, 600 in the second.
    // Besides: 2 visual rows of 8 = 16; final norm 2x = 80; head, last position only: 8.
    #expect(traffic(try operators(.fused), at: .fp16).activationsRead == Bytes((560 + 600 + 16 + 80 + 8) * 2))
    // Written a layer: norm x or 2x; q; k (v goes to the cache); rotary q; attention q; output x; norm 2x;
    // gate_up 2w; SwiGLU w; down x.  = (5x or 6x) + 3q + k + 3w: 200 + 180 + 30 + 150 = 560, then 600.
    // Besides: embeddings x = 40; final norm 2x = 80; logits 7.
    #expect(traffic(try operators(.fused), at: .fp16).activationsWritten == Bytes((560 + 600 + 40 + 80 + 7) * 2))
  }

  @Test func eagerKernelsMoveTheScores() throws {
    // Scores S = a n^2 = 100. Read a layer: norm x; q, k, v products 3x; rotary q + k; scores q; scale S; mask S + n^2;
    // softmax S; values S; output q; residual 2x; norm x; gate x; up x; SiLU w; product 2w; down w; residual 2x
    // = 11x + 3q + k + 4S + 25 + 4w = 440 + 180 + 30 + 400 + 25 + 200 = 1275.
    // Besides: visual rows 16, final norm x = 40, head 8.
    #expect(traffic(try operators(.eager), at: .fp16).activationsRead == Bytes((2 * 1275 + 16 + 40 + 8) * 2))
    // Written a layer: norm x; q; k; rotary q; scores, scale, mask, softmax S each; values q; output x; residual x;
    // norm x; gate w; up w; SiLU w; product w; down x; residual x = 6x + 3q + k + 4S + 4w
    // = 240 + 180 + 30 + 400 + 200 = 1050. Besides: embeddings 40, final norm 40, logits 7.
    #expect(traffic(try operators(.eager), at: .fp16).activationsWritten == Bytes((2 * 1050 + 40 + 40 + 7) * 2))
  }

  @Test func weightOnlyINT4ShrinksTheLayersMatricesAlone() throws {
    // 2 x 528 elements at 4 + 16/128 + 4/128 = 4.15625 bits; norms, looked-up rows and head (120 elements) at 16.
    let bytes = traffic(try operators(.fused), at: .int4)
    #expect(bytes.weights == Bytes(1056 * 4.15625 / 8 + 120 * 2))
    #expect(bytes.activationsRead == traffic(try operators(.fused), at: .fp16).activationsRead)
  }

  @Test func int8HalvesTheInputsOfProducts() throws {
    // Inputs of products, read: q, k and v in one x; output q; gate_up x; down w = 2x + q + w = 80 + 60 + 50 = 190 a
    // layer at one byte instead of two.
    let half = traffic(try operators(.fused), at: .int8).activationsRead
    #expect(half == traffic(try operators(.fused), at: .fp16).activationsRead - Bytes(2 * 190))
    #expect(traffic(try operators(.fused), at: .int8).weights == Bytes(1056 + 120 * 2))
  }

  @Test func vectorWorkIsCountedApart() throws {
    // A layer: RMS norms 4x each and a residual sum x each but in the first norm of all: 9x or 10x; rotary 3 (q + k);
    // softmax 5S; SwiGLU 5w. 360 (400) + 270 + 500 + 250. The final norm adds 5x = 200.
    let operators = try operators(.fused)
    let flops = operators.reduce(0) { $0 + $1.vectorFLOPs.value * Double($1.repeatCount) }
    #expect(flops == 1380 + 1420 + 200)
  }

  @Test func residentCacheFollowsTheSchedule() throws {
    // 2 (keys, values) x g d = 12 elements a token and layer: 5 tokens in layer 0, 3 + 1 in layer 1.
    let schedule = TokenSchedule(initial: 2, changes: [.init(fromLayer: 1, tokens: 1)])
    let pass = try Workload(visualTokens: schedule, textTokens: 3).prefill(of: Self.decoder)
    #expect(Self.decoder.cacheElements(after: pass) == 12 * (5 + 4))
  }
}
