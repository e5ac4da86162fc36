import Architectures
import Operators
import Quantities
import Testing

/// Latent attention in the form that takes fewer FLOPs, as no device says which is faster: keys and values expanded, or the
/// matrix that would do so absorbed by the queries. One token absorbs wherever there is a context.
@Suite struct LatentFormTests {
  /// The sizes of one layer's latent attention.
  struct Sizes: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var heads, rank, nope, rotary, value: Int

    var model: LanguageModel {
      var block = TransformerBlock.decoder(
        width: 512, heads: heads, kvHeads: heads, headWidth: nope + rotary, feedForward: 100)
      block.latent = LatentAttention(queryRank: 1536, rank: rank, rotaryWidth: rotary, valueWidth: value)
      block.rotaryWidth = rotary
      return LanguageModel(layers: 1, block: block, vocabulary: 100)
    }

    /// FLOPs that attention and the products around its latent must execute, once expanded, once absorbed.
    func forms(tokens n: Double, context c: Double) -> (expanded: Double, absorbed: Double) {
      let pairs = n * c + n * (n + 1) / 2
      let (rank, nope, rotary, value) = (Double(rank), Double(nope), Double(rotary), Double(value))
      // Every position's latent becomes a key and a value of each head; a pair multiplies their elements.
      let expanded = (c + n) * rank * (nope + value) + pairs * (nope + rotary + value)
      // New tokens alone pass the two matrices; a pair multiplies the latent and the rotated key, and the latent again.
      let absorbed = n * rank * (nope + value) + pairs * (rank + rotary + rank)
      return (2 * Double(heads) * expanded, 2 * Double(heads) * absorbed)
    }
  }

  static let deepseek = Sizes(
    testDescription: "DeepSeek-V3", heads: 128, rank: 512, nope: 128, rotary: 64, value: 128)
  /// A latent that is narrower than a head's key and value: absorbing is cheaper even without a context.
  static let narrow = Sizes(testDescription: "a narrow latent", heads: 8, rank: 32, nope: 48, rotary: 16, value: 64)

  private func work(
    _ pass: Pass, _ kernels: Accounting.Kernels = .fused, _ sizes: Sizes = deepseek
  ) -> (flops: Double, isAbsorbed: Bool) {
    let names: [Operator.Name] = [
      "attention.kv_up", "attention.core", "attention.key_absorb", "attention.value_up", "attention.scores",
      "attention.values",
    ]
    let operators = sizes.model.operators(pass, kernels: kernels).filter { names.contains($0.name) }
    return (
      operators.reduce(0) { $0 + $1.executedFLOPs.value * Double($1.repeatCount) },
      operators.contains { $0.name == "attention.key_absorb" }
    )
  }

  @Test(arguments: [deepseek, narrow], [1, 2, 3, 8, 64, 100, 128, 165, 169, 170, 171, 200, 1000, 4096])
  func theFormWithFewerFLOPsIsTaken(sizes: Sizes, tokens: Int) {
    for context in [0, 1, 2, 10, 70, 71, 500, 4000, 100_000] {
      let (expanded, absorbed) = sizes.forms(tokens: Double(tokens), context: Double(context))
      for sequences in [1, 64] {
        let pass = Pass([.init(sequences: sequences, newTokens: tokens, context: context)])
        let (flops, isAbsorbed) = work(pass, .fused, sizes)
        #expect(isAbsorbed == (tokens == 1 ? context > 0 : absorbed < expanded), "\(context)")
        #expect(abs(flops / (Double(sequences) * (isAbsorbed ? absorbed : expanded)) - 1) < 1e-12, "\(context)")
      }
    }
  }

  @Test func eagerKernelsTakeTheSameForm() {
    for (tokens, context) in [(1, 4000), (2, 4000), (40, 0), (4096, 64)] {
      let pass = Pass([.init(sequences: 64, newTokens: tokens, context: context)])
      #expect(work(pass, .eager).isAbsorbed == work(pass).isAbsorbed)
    }
  }

  /// A sequence that decodes beside a long prompt absorbs while that expands.
  @Test func everyGroupHasItsForm() {
    let decode = Pass.Group(newTokens: 1, context: 3000)
    let chunk = Pass.Group(newTokens: 1024, context: 1024)
    let both = work(Pass([decode, chunk])).flops
    let one = Self.deepseek.forms(tokens: 1, context: 3000).absorbed
    let other = Self.deepseek.forms(tokens: 1024, context: 1024).expanded
    #expect(abs(both / (one + other) - 1) < 1e-12)
    // Only the chunk's positions are expanded.
    let operators = Self.deepseek.model.operators(Pass([decode, chunk]), kernels: .fused)
    let expansion = operators.filter { $0.name == "attention.kv_up" }
    #expect(expansion.map(\.flops) == [FLOPs(2 * 2048 * 512 * 128 * 256)])
  }
}
