import Operators
import Quantities
import Testing

@Suite("Attention")
struct AttentionTests {
  /// 8 query heads over 2 key heads of width 4; a decoder's scores are masked.
  private func shape(cached: Bool = true, masked: Bool = true) -> AttentionShape {
    AttentionShape(heads: 8, kvHeads: 2, headWidth: 4, cached: cached, masked: masked)
  }

  /// Two sequences of 10 tokens.
  private func sums(causal: Bool = true) -> AttentionSums {
    var sums = AttentionSums()
    sums.add(sequences: 2, tokens: 10, context: 0, causal: causal)
    return sums
  }

  @Test("a causal mask hides all but the lower half of the square, with its diagonal")
  func visible() {
    #expect(sums().tokens == 20 && sums().positions == 20)  // 2 x 10
    #expect(sums().scores == 200)  // 2 x 10 x 10
    #expect(sums().visible == 110)  // 2 x (1 + 2 + ... + 10)
    #expect(sums(causal: false).visible == 200)
    let core = Operator.fusedAttention("core", shape(), sums())
    #expect(core.executedFLOPs / core.flops == 110.0 / 200)
    #expect(core.executedVectorFLOPs / core.vectorFLOPs == 110.0 / 200)
  }

  @Test("4 n^2 a d FLOPs a sequence, softmax five per score; scores never reach memory")
  func fused() {
    let attention = Operator.fusedAttention("core", shape(), sums(), holding: 7)
    #expect(attention.flops == FLOPs(12_800 * 2))  // 4 x 100 x 8 x 4 = 12 800 for each of two sequences
    #expect(attention.vectorFLOPs == FLOPs(5 * 1600))
    let cost = attention.cost(at: .fp16)
    #expect(cost.traffic.weights == .zero)
    #expect(cost.traffic.activationsRead == Bytes(640 * 2))
    #expect(cost.traffic.cacheRead == Bytes(2 * 160 * 2))
    #expect(cost.traffic.activationsWritten == Bytes(640 * 2))
    #expect(cost.liveActivations == Bytes((640 + 640 + 7) * 2))
    #expect(attention.arithmetic.units(at: .fp16) == (.matrix(.fp16), .vector(.fp32)))
  }

  @Test("an encoder has no cache: its keys and values are activations")
  func uncached() {
    let cost = Operator.fusedAttention("core", shape(cached: false), sums()).cost(at: .fp16)
    #expect(cost.traffic.cacheRead == .zero)
    #expect(cost.traffic.activationsRead == Bytes((640 + 160 + 160) * 2))
  }

  @Test("step by step: the same products, every score written and read at each step")
  func eager() {
    let steps = OperatorList.of { Operator.eagerAttention("attention", shape(), sums(), to: &$0) }
    #expect(
      steps.map(\.name) == [
        "attention.scores", "attention.scale", "attention.mask", "attention.softmax", "attention.values",
      ])
    #expect(steps.map(\.flops.value) == [12_800, 0, 0, 0, 12_800])
    #expect(steps.map(\.vectorFLOPs.value) == [0, 1600, 1600, 8000, 0])
    let traffic = steps.map { $0.cost(at: .fp16).traffic }
    // Two bytes for each of 640 queries, 1600 scores, and (in the mask) 10 x 10 for each of the two sequences.
    #expect(traffic.map(\.activationsRead.value) == [1280, 3200, 3600, 3200, 3200])
    #expect(traffic.map(\.activationsWritten.value) == [3200, 3200, 3200, 3200, 1280])
    #expect(traffic.map(\.cacheRead.value) == [320, 0, 0, 0, 320])
  }

  @Test("cached values are no activations that must stay; a step over the cache alone is another kernel")
  func eagerDecoder() {
    var step = AttentionSums()
    step.add(sequences: 2, tokens: 1, context: 9, streams: true)
    for (sums, kernel) in [(sums(), Kernel.other), (step, .cacheStep)] {
      let steps = OperatorList.of { Operator.eagerAttention("a", shape(), sums, holding: 5, to: &$0) }
      #expect(steps.map(\.heldElements) == [5, 5, 5, 5, 5])
      #expect(steps.allSatisfy { $0.kernel == kernel })
    }
  }

  @Test("absorbed, all heads share one key and the latent as value")
  func absorbed() {
    let absorbed = shape(cached: false).absorbed(rank: 12, rotary: 3)
    #expect(absorbed.heads == 8 && absorbed.kvHeads == 1)
    #expect(absorbed.headWidth == 15 && absorbed.valueWidth == 12 && absorbed.sharedKeyWidth == 0)
    #expect(absorbed.cached && absorbed.sharesValues)
  }

  @Test func eagerEncoder() {
    let steps = OperatorList.of {
      Operator.eagerAttention(
        "a", shape(cached: false, masked: false), sums(causal: false), holding: 5, to: &$0)
    }
    #expect(steps.map(\.name) == ["a.scores", "a.scale", "a.softmax", "a.values"])
    // While the scores are worked on, the values (160) stay; the last step reads them itself.
    #expect(steps.map(\.heldElements) == [165, 165, 165, 5])
    #expect(steps.last?.cost(at: .fp16).traffic.activationsRead == Bytes((1600 + 160) * 2))
  }

  @Test("fused and eager kernels do the same matrix work", arguments: [1.0, 2, 17, 616])
  func sameWork(tokens: Double) {
    let shape = AttentionShape(heads: 32, headWidth: 128, cached: true, masked: true)
    var sums = AttentionSums()
    sums.add(sequences: 1, tokens: tokens, context: 0)
    let fused = Operator.fusedAttention("core", shape, sums, quantizedOutput: true)
    let eager = OperatorList.of { Operator.eagerAttention("core", shape, sums, quantizedOutput: true, to: &$0) }
    #expect(fused.flops == eager.map(\.flops).sum())
    #expect(fused.flops == FLOPs(4 * tokens * tokens * 4096))
  }

  @Test(
    "of chunks every token sees its own as far as itself, whether few tokens stream the cache or many fill it",
    arguments: [(1, 0), (1, 15), (1, 16), (5, 13), (16, 0), (40, 30), (64, 7)])
  func chunks(tokens: Int, context: Int) {
    let chunk = 16
    // One by one: the token at place p of the sequence sees p % 16 + 1 positions; read are all from the first one's chunk on.
    let seen = (context..<context + tokens).reduce(0) { $0 + $1 % chunk + 1 }
    let read = context % chunk + tokens
    for streams in [false, true] {
      var sums = AttentionSums()
      sums.add(
        sequences: 3, tokens: Double(tokens), context: Double(context), chunk: Double(chunk), streams: streams)
      #expect(sums.tokens == Double(3 * tokens) && sums.positions == Double(3 * read))
      #expect(sums.visible == Double(3 * seen) && sums.scores == Double(3 * tokens * min(read, chunk)))
      #expect(sums.streamedTokens == (streams ? sums.tokens : 0))
      #expect(sums.streamedVisible == (streams ? sums.visible : 0))
      #expect(sums.streamedPositions == (streams ? sums.positions : 0))
      #expect((sums.tiles > 0) == !streams)
    }
  }

  /// 1000 tokens in a window of 128 and 250 entries of 4: 2 tiles of 64 keys, and 4 of entries, one after the other, however
  /// many prompts there are.
  @Test("the longest row of tiles is that of one sequence", arguments: [1, 2, 5])
  func longest(groups: Int) {
    var sums = AttentionSums()
    for _ in 0..<groups {
      sums.add(sequences: 1, tokens: 1000, context: 0, window: 128)
      sums.addEntries(
        sequences: 1, tokens: 1000, context: 0, window: 128, rate: 4, limit: .infinity, streams: false)
    }
    #expect(AttentionSums.tileSide == 64 && sums.longest == 2 + 4)
  }

  @Test("queries and keys are rotated with three FLOPs an element; the keys go to the cache")
  func rotary() {
    let rotary = Operator.rotary("rotary", queries: 20 * 32, keys: 20 * 8, cached: true)
    #expect(rotary.flops == .zero)
    #expect(rotary.vectorFLOPs == FLOPs(3 * 800))
    let traffic = rotary.cost(at: .fp16).traffic
    #expect(traffic.activationsRead == Bytes(800 * 2))
    #expect(traffic.activationsWritten == Bytes(640 * 2))
    #expect(traffic.cacheWritten == Bytes(160 * 2))
    let uncached = Operator.rotary("r", queries: 20 * 32, keys: 20 * 8, cached: false)
    #expect(uncached.cost(at: .fp16).traffic.activationsWritten == Bytes(1600))
  }
}
