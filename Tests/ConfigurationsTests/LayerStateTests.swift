import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Quantities
import Testing

/// What kinds of layers keep of a sequence, and what they compute, derived by hand.
@Suite("States, caches and FLOPs of layers that are no plain attention") struct LayerStateTests {
  /// Elements kept behind a prefill of so many tokens.
  private func kept(_ name: String, tokens: Int) throws -> Double {
    let language = try #require(try ModelsOf2026Tests.model(name).language)
    return language.cacheElements(after: Pass([.init(newTokens: tokens)]))
  }

  @Test("a recurrence keeps as much of a long sequence as of a short one")
  func recurrences() throws {
    // Mamba-2 of 64 layers: 128 heads of 64 channels by a state of 128, and 3 inputs of 8192 + 2 x 8 x 128 channels.
    let state: Int = 128 * 64 * 128
    let inputs: Int = 3 * (8192 + 2048)
    #expect(try kept("codestral-mamba-7b", tokens: 10) == Double(64 * (state + inputs)))
    #expect(try kept("codestral-mamba-7b", tokens: 100_000) == Double(64 * (state + inputs)))
    // Mamba of 64 layers: 5120 channels by 16, and 3 inputs.
    let channels: Int = 64 * 5120 * 19
    #expect(try kept("mamba-2.8b-hf", tokens: 50) == Double(channels))
    // Qwen3-Next: 36 nets of 32 heads of 128 x 128 and 3 inputs of 2 x 2048 + 4096 channels; 12 layers of attention keep
    // 2 heads of 256 keys and as many values of every token.
    let nets: Int = 36 * (32 * 128 * 128 + 3 * 8192)
    let keys: Int = 12 * 1000 * 2 * 2 * 256
    #expect(try kept("Qwen--Qwen3-Next-80B-A3B", tokens: 1000) == Double(nets + keys))
  }

  @Test("windows keep no more than they see, wide values as much as they are")
  func windows() throws {
    // gpt-oss: 12 layers with a window of 128, 12 without; 8 heads of 64 keys and values.
    let oss: Int = 12 * (128 + 1000) * 2 * 8 * 64
    #expect(try kept("openai--gpt-oss-20b", tokens: 1000) == Double(oss))
    // MiMo: 9 layers of 4 heads, 39 windows of 128 tokens before the query and that (transformers 5.24.0) of 8 heads; keys of
    // 192, values of 128.
    let heads: Int = 9 * 1000 * 4 + 39 * 129 * 8
    #expect(try kept("XiaomiMiMo--MiMo-V2-Flash", tokens: 1000) == Double(heads * 320))
    // DeepSeek-V3.2: the latent of 512, the rotated key of 64 and the indexer's key of 128 in 61 layers.
    #expect(try kept("deepseek-ai--DeepSeek-V3.2", tokens: 1000) == Double(61 * 1000 * 704))
    // SmolLM3 with windows of 100 in its 9 layers without rotation (transformers 5.24.0, configuration_smollm3.py); 4 heads of
    // 128, keys and values, of 36 layers.
    let smol = #"{"model_type": "smollm3", "use_sliding_window": true, "sliding_window": 100}"#
    let language = try #require(
      try MultimodalModel(config: JSON.parse(Array(smol.utf8), file: "config.json"), name: "smol").language)
    let positions: Int = (27 * 1000 + 9 * 100) * 2 * 4 * 128
    #expect(language.cacheElements(after: Pass([.init(newTokens: 1000)])) == Double(positions))
    // GLM-5.2: 78 layers of which 21 have an indexer of their own.
    let latents: Int = 78 * 576 + 21 * 128
    #expect(try kept("nvidia--GLM-5.2-NVFP4", tokens: 10) == Double(10 * latents))
  }

  private func flops(_ language: LanguageModel, _ pass: Pass, _ prefix: String) -> Double {
    language.operators(pass, kernels: .fused).filter { $0.name.hasPrefix(prefix) }.reduce(0) {
      $0 + $1.flops.value * Double($1.repeatCount)
    }
  }

  @Test("FLOPs of recurrences")
  func recurrenceFLOPs() throws {
    let pass = Pass([.init(newTokens: 10)])
    // Input of 18,560 columns, a convolution of 4 over 10,240 channels, two products of 8192 x 128, output.
    let mamba2 = try #require(try ModelsOf2026Tests.model("codestral-mamba-7b").language)
    let inAndOut: Int = 2 * 4096 * 18_560 + 2 * 8192 * 4096
    let inner: Int = 2 * 4 * 10_240 + 4 * 8192 * 128
    #expect(flops(mamba2, pass, "recurrence") == Double(640 * (inAndOut + inner)))
    // Input, convolution, step and B and C of 160 + 2 x 16 columns, the step again, two products of 5120 x 16, output.
    let mamba = try #require(try ModelsOf2026Tests.model("mamba-2.8b-hf").language)
    let products: Int = 2 * 2560 * 10_240 + 2 * 5120 * 192 + 2 * 160 * 5120 + 2 * 5120 * 2560
    let others: Int = 2 * 4 * 5120 + 4 * 5120 * 16
    #expect(flops(mamba, pass, "recurrence") == Double(640 * (products + others)))
    // q, k of 2048, v, z of 4096, 2 x 32 gates; three products of 128 x 128 in 32 heads.
    let next = try #require(try ModelsOf2026Tests.model("Qwen--Qwen3-Next-80B-A3B").language)
    let input: Int = 2 * 2048 * (4096 + 8192 + 64)
    let net: Int = 2 * 4 * 8192 + 6 * 32 * 128 * 128 + 2 * 4096 * 2048
    #expect(flops(next, pass, "recurrence") == Double(360 * (input + net)))
  }

  @Test("an indexer scores all positions; attention works on those that it picks")
  func indexer() throws {
    let language = try #require(try ModelsOf2026Tests.model("deepseek-ai--DeepSeek-V3.2").language)
    // A token after 9999: 64 heads of 128 by 10,000 positions.
    let step = Pass([.init(newTokens: 1, context: 9999)])
    let scores: Int = 61 * 2 * 64 * 128 * 10_000
    #expect(flops(language, step, "indexer.scores") == Double(scores))
    // Absorbed: 128 heads of 512 + 64 by 2048 positions, and of 512 for the values.
    let core: Int = 61 * 2 * 128 * 1088 * 2048
    #expect(flops(language, step, "attention.core") == Double(core))
  }

  @Test("compressed attention keeps a window, an entry of many tokens, and what is none yet")
  func compressedCaches() throws {
    // DeepSeek-V4-Flash: 43 layers, the first two with a window alone, then 21 of entries of 4 tokens and 20 of 128.
    // A window of 128 keys of 512; entries of 512 and, beside those of 4, of the indexer's 128.
    let entries: Int = 21 * (1003 / 4) * (512 + 128) + 20 * (1003 / 128) * 512
    // Values and weights of the tokens of an entry; where entries overlap of two entries, two series each.
    let slots: Int = 21 * 2 * (2 * 4) * (2 * (512 + 128)) + 20 * 2 * 128 * 512
    #expect(try kept("deepseek-ai--DeepSeek-V4-Flash", tokens: 1003) == Double(43 * 128 * 512 + entries + slots))
    let short: Int = 43 * 100 * 512 + 21 * 25 * 640
    #expect(try kept("deepseek-ai--DeepSeek-V4-Flash", tokens: 100) == Double(short + slots))
  }

  @Test("compressed attention works on a window and the entries that are picked")
  func compressedFLOPs() throws {
    let language = try #require(try ModelsOf2026Tests.model("deepseek-ai--DeepSeek-V4-Flash").language)
    // A token after 8192: 2048 entries of 4, of which the indexer picks 512, and 64 of 128. 64 heads of 512, twice.
    let step = Pass([.init(newTokens: 1, context: 8192)])
    let positions: Int = 43 * 128 + 21 * 512 + 20 * 64
    let core: Int = 4 * 64 * 512 * positions
    #expect(flops(language, step, "attention.core") == Double(core))
    let scores: Int = 21 * 2 * 64 * 128 * 2048
    #expect(flops(language, step, "indexer.scores") == Double(scores))
    // Of each of two parts of 43 layers a product of 4 x 4096 by 24 and one of 4 x 4 by 4096; 4 columns at the end.
    let streams: Int = 43 * 2 * (2 * 16_384 * 24 + 2 * 16 * 4096) + 2 * 16_384 * 4
    let counted = ["attention.stream", "mlp.stream", "head.stream"].reduce(0) { $0 + flops(language, step, $1) }
    #expect(counted == Double(streams))
    // A prompt of 9 tokens with entries of 4 has made two, of which tokens 4 to 7 see one and 8 and 9 two; at the least, for
    // kernels, (s - 3) / 4 of them: 1/4, 2/4 ... 6/4 of tokens 4 to 9.
    var block = TransformerBlock.decoder(width: 8, heads: 2, kvHeads: 1, headWidth: 4, feedForward: 16)
    var compressed = CompressedAttention(queryRank: 4, outputGroups: 1, outputRank: 4)
    (block.window, compressed.rate) = (3, 4)
    block.compressed = compressed
    let small = LanguageModel(layers: 1, block: block, vocabulary: 10)
    let all = small.operators(Pass([.init(newTokens: 9)]), kernels: .fused).first { $0.name == "attention.core" }
    // Windows of 1 2 3 3 3 3 3 3 3.
    #expect(all?.executedFLOPs.value == 2 * 2 * 8 * (24 + 5.25))
    let scored: Int = 9 * 3 + 9 * 2
    #expect(all?.flops.value == Double(2 * 2 * 8 * scored))
  }

  @Test("a token sees its own chunk alone")
  func chunks() throws {
    var block = TransformerBlock.decoder(width: 8, heads: 2, kvHeads: 1, headWidth: 4, feedForward: 16)
    (block.window, block.isChunked) = (4, true)
    let language = LanguageModel(layers: 1, block: block, vocabulary: 10)
    func visible(_ tokens: Int, after context: Int) -> Double {
      let all = language.operators(Pass([.init(newTokens: tokens, context: context)]), kernels: .fused)
      let core = all.first { $0.name == "attention.core" }
      // Two heads, 2 FLOPs for each of 4 + 4 elements.
      return (core?.executedFLOPs.value ?? 0) / (2 * 2 * 8)
    }
    // Positions 0 to 9 see 1 2 3 4, 1 2 3 4, 1 2.
    #expect(visible(10, after: 0) == 23)
    // Positions 3 to 5 see 4, 1 2.
    #expect(visible(3, after: 3) == 7)
    for (context, seen) in [(0, 1.0), (3, 4), (4, 1), (9, 2)] { #expect(visible(1, after: context) == seen) }
  }
}
