import Architectures
import Operators
import Quantities
import Testing

/// Bytes of latent attention and of sliding windows, derived by hand. FP16: 2 bytes an element.
@Suite struct LatentTrafficTests {
  /// Width 8; 3 heads with queries and keys of 4 + 2 (2 rotated), values of 5; latents of 7 and, for queries, 6.
  static let model: LanguageModel = {
    var block = TransformerBlock.decoder(width: 8, heads: 3, kvHeads: 3, headWidth: 6, feedForward: 10)
    block.latent = LatentAttention(queryRank: 6, rank: 7, rotaryWidth: 2, valueWidth: 5)
    block.rotaryWidth = 2
    return LanguageModel(layers: 2, block: block, vocabulary: 9)
  }()

  private func traffic(_ kernels: Accounting.Kernels, _ names: [Operator.Name]? = nil) throws -> Traffic {
    try Self.model.operators(Workload(visualTokens: 1, textTokens: 3).prefill(of: Self.model), kernels: kernels)
      .filter { names?.contains($0.name) ?? true }
      .reduce(.zero) { $0 + $1.cost(at: .fp16).traffic * Double($1.repeatCount) }
  }

  @Test func theLatentIsCached() throws {
    // 7 + 2 elements a token and layer, 4 tokens, 2 layers; written once and read once.
    let workload = try Workload(visualTokens: 1, textTokens: 3)
    #expect(Self.model.cacheElements(after: workload.prefill(of: Self.model)) == 72)
    for kernels in Accounting.Kernels.allCases {
      #expect(try traffic(kernels).cacheWritten == Bytes(72 * 2))
      #expect(try traffic(kernels).cacheRead == Bytes(72 * 2))
    }
  }

  @Test func attentionReadsWhatTheLatentExpandsTo() throws {
    // Expanded: 3 heads x (4 + 5) = 27 elements a token, keys 12 and values 15 of them; queries 18, output 15.
    let fused = try traffic(.fused, ["attention.core"])
    #expect(fused.activationsRead == Bytes(2 * 4 * (18 + 12 + 15) * 2))
    #expect(fused.cacheRead == Bytes(2 * 4 * 2 * 2))
    #expect(fused.activationsWritten == Bytes(2 * 4 * 15 * 2))
    // Eager kernels first gather keys of 18 elements a token, of 12 expanded and 2 cached ones.
    let keys = try traffic(.eager, ["attention.keys"])
    #expect(keys.activationsRead == Bytes(2 * 4 * 12 * 2))
    #expect(keys.activationsWritten == Bytes(2 * 4 * 18 * 2))
  }

  @Test func weightsAreReadOnce() throws {
    // A layer: query 8 x 6 + 6 x 18 = 156, kv 8 x 9 + 7 x 27 = 261, output 15 x 8 = 120, feed-forward 240; norms 16 and,
    // of the latents, 6 + 7. Besides final norm 8, head 72, 3 rows of 8.
    let elements = 2.0 * (156 + 261 + 120 + 240 + 16 + 13) + 8 + 72 + 24
    for kernels in Accounting.Kernels.allCases { #expect(try traffic(kernels).weights == Bytes(elements * 2)) }
  }

  @Test func windowsBoundScoresAndCache() throws {
    var windowed = TransformerBlock.decoder(width: 8, heads: 4, kvHeads: 2, headWidth: 3, feedForward: 10)
    windowed.window = 3
    var stack = LayerStack(windowed, layers: 2)
    windowed.window = nil
    stack.append(windowed)
    let model = LanguageModel(stack: stack, vocabulary: 7)
    let workload = try Workload(visualTokens: 0, textTokens: 5)
    // 12 elements a token; 3 tokens in two layers, 5 in the third.
    #expect(model.cacheElements(after: workload.prefill(of: model)) == 12 * (3 + 3 + 5))
    // 4 n min(n, window) x 4 heads x 3 FLOPs: 4 x 15 x 12 and 4 x 25 x 12. Eager kernels compute the square everywhere.
    func attention(_ kernels: Accounting.Kernels) -> [[Double]] {
      model.operators(workload.prefill(of: model), kernels: kernels)
        .filter { ["attention.core", "attention.scores"].contains($0.name) }
        .map { [Double($0.repeatCount), $0.flops.value] }
    }
    #expect(attention(.fused) == [[2, 720], [1, 1200]])
    #expect(attention(.eager) == [[3, 600]])
  }
}
