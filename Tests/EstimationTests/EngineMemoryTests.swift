import Architectures
import Catalog
import Documents
import Engines
import Estimation
import Hardware
import Operators
import Quantities
import Testing

private let gibibyte = 1_073_741_824.0

/// An estimate of a model of the catalog by an engine, one token in and one out unless stated otherwise.
private func estimate(
  _ model: String = "llama-3.1-8b", on device: String = "h100-sxm", by engine: String = "vllm",
  at precision: Precision = .bf16, with settings: EngineMemory.Settings = .init(utilization: 0.95), batch: Int = 1,
  context: Int = 0, tensor: Int = 1, pipeline: Int = 1
) throws -> Estimate {
  let catalog = Catalog.standard
  let spread = Parallelism(tensor: tensor, pipeline: pipeline)
  return try Estimate(
    catalog.model(model), on: catalog.hardware(device), precision: precision, visualInput: .tokens(0), textTokens: 1,
    batch: batch, serving: Serving(context: context, outputTokens: 1, parallelism: spread),
    engine: catalog.engine(engine).with(settings))
}

/// What engines leave for caches, against what vLLM reported when it started, and in the ways that it must go.
struct EngineMemoryTests {
  /// Reports of vLLM 0.15 to 0.19 on H100 (github.com/llm-d-incubation/llm-d-planner at commits 875a4fd, 2d557dc and
  /// d3121e0, accuracy reports and logs): pool of the cache in GiB, utilization 0.95.
  @Test(arguments: [
    ("llama-3.1-8b", "vllm", 1, 58.11), ("llama-3.1-8b", "vllm", 2, 63.76), ("llama-3.1-8b", "vllm", 4, 67.44),
    ("qwen2.5-7b", "vllm", 1, 58.53), ("qwen3-14b", "vllm", 1, 45.23), ("qwen3-14b", "vllm-0.16", 1, 41.94),
    ("mixtral-8x7b", "vllm", 2, 28.46), ("phi-4", "vllm", 1, 46.07), ("mistral-small-3.1-24b", "vllm", 1, 28.19),
    ("gemma-3-27b", "vllm", 1, 19.53),
  ])
  func poolsAreAsReported(_ run: (model: String, engine: String, tensor: Int, pool: Double)) throws {
    let estimate = try estimate(run.model, by: run.engine, tensor: run.tensor)
    let pool = try #require(estimate.cacheCapacity).value / gibibyte
    #expect(abs(pool / run.pool - 1) < 0.01, "\(pool)")
  }

  /// Tokens that the same logs print: layers of one kind in blocks of 16; Gemma 3's 52 layers with windows and 10 without
  /// in 7 groups of 10.
  @Test(arguments: [("llama-3.1-8b", 476_016.0), ("qwen2.5-7b", 1_096_000), ("gemma-3-27b", 36_560)])
  func tokensAreAsPrinted(_ run: (model: String, tokens: Double)) throws {
    let tokens = try #require(try estimate(run.model).cacheTokens)
    #expect(tokens % 16 == 0)
    #expect(abs(Double(tokens) / run.tokens - 1) < 0.01, "\(tokens)")
  }

  @Test func withoutAnEngineTheWholeMemoryIsTheRequests() throws {
    let bare = try estimate(by: "none", with: .init(utilization: 1), batch: 4, context: 1000)
    // 8,030,261,248 parameters of two bytes; 4 x 1001 tokens of 32 layers, 8 heads of 128, keys and values.
    #expect(bare.footprint.weights.value == 2 * 8_030_261_248)
    #expect(bare.footprint.cache.value == 4 * 1001 * 32 * 2 * 8 * 128 * 2)
    #expect(bare.footprint.reserved == .zero)
    #expect(bare.memoryLimit == bare.hardware.capacity?.value)
    let library = try Estimate(
      bare.model, on: bare.hardware, precision: .bf16, visualInput: .tokens(0), textTokens: 1, batch: 4,
      serving: bare.serving)
    #expect(library.footprint == bare.footprint && library.largestBatch == bare.largestBatch)
  }

  /// A sequence of 20 tokens takes two blocks of 16.
  @Test func cachesAreStoredInBlocks() throws {
    let estimate = try estimate(batch: 3, context: 19)
    #expect(estimate.footprint.cache.value == 3 * 32 * 32 * 2 * 8 * 128 * 2)
  }

  @Test func poolsFallWithBatchTokensAndSequencesAndNotWithContext() throws {
    var (pools, last) = ([Double](), Double.infinity)
    for tokens in [512, 8192, 65_536, 262_144] {
      let pool = try #require(
        try estimate(with: .init(utilization: 0.9, batchTokens: tokens)).cacheCapacity
      ).value
      #expect(pool <= last)
      last = pool
      pools.append(pool)
    }
    #expect(pools[3] < pools[0])
    (pools, last) = ([], .infinity)
    for sequences in [16, 256, 1024, 4096] {
      let pool = try #require(
        try estimate(with: .init(utilization: 0.9, sequences: sequences)).cacheCapacity
      ).value
      #expect(pool <= last)
      last = pool
      pools.append(pool)
    }
    #expect(pools[3] < pools[0])
    #expect(try estimate(context: 100_000).cacheCapacity == estimate(context: 0).cacheCapacity)
    #expect(try estimate(with: .init(utilization: 0.5)).cacheCapacity! < estimate().cacheCapacity!)
  }

  /// The sum of all lines is what is held against the limit; the pool is what is left beside the others.
  @Test(arguments: [(1, 1), (2, 1), (4, 1), (1, 2), (1, 4), (2, 2)])
  func partsSumUp(_ spread: (tensor: Int, pipeline: Int)) throws {
    let estimate = try estimate(tensor: spread.tensor, pipeline: spread.pipeline)
    let footprint = estimate.footprint
    let limit = try #require(estimate.memoryLimit)
    #expect(
      footprint.total.value
        == footprint.weights.value + footprint.cache.value + footprint.activations.value + footprint.reserved.value)
    let pool = try #require(estimate.cacheCapacity)
    let others = footprint.total - footprint.cache
    #expect(abs(pool.value - (limit - others).value) < 1)
    #expect(limit.value == 0.95 * 79.19 * gibibyte)
  }

  /// Key heads are copied where there are more ranks: 8 of Llama 3.1 over 16 ranks are one each, as over 8.
  @Test func ranksBeyondTheKeyHeadsHaveCopies() throws {
    let (eight, sixteen) = (try estimate(context: 1000, tensor: 8), try estimate(context: 1000, tensor: 16))
    #expect(eight.footprint.cache == sixteen.footprint.cache)
    let one = try estimate(context: 1000)
    #expect(one.footprint.cache.value == 8 * eight.footprint.cache.value)
  }

  /// The last stage has the head, and the logits of the largest pass: it has room for the fewest tokens.
  @Test func lastStagesHaveTheLeastRoom() throws {
    let (whole, halves) = (try estimate(), try estimate(pipeline: 2))
    // Half of the layers' bytes and the head's; the layers of 32 have 218,112,000 parameters each, the head and the
    // final norm 128256 x 4096 + 4096.
    #expect(halves.footprint.weights.value == 2 * (16 * 218_112_000 + 128_256 * 4096 + 4096))
    #expect(halves.footprint.activations == whole.footprint.activations)
    // What one stage's pool has more is what it holds less: half of the layers, the embedding, and what contexts differ by.
    let (one, half) = (try #require(whole.cacheCapacity).value, try #require(halves.cacheCapacity).value)
    let held = 2.0 * (16 * 218_112_000 + 128_256 * 4096)
    let reserved = whole.footprint.reserved.value - halves.footprint.reserved.value
    #expect(abs(half - one - held - reserved) < 1)
    // Blocks of 16 tokens, each of 8 heads of 128 keys and values of 16 layers in 2 bytes, of all 32 in the other.
    let block = 16.0 * 2 * 8 * 128 * 2
    #expect(halves.cacheTokens == Int(half / (16 * block)) * 16)
    #expect(whole.cacheTokens == Int(one / (32 * block)) * 16)
  }

  /// Llama 3.3 70B in FP8 has 67.7 GiB: at 0.9 of a card's 79.19 the peak of vLLM 0.16's largest pass, 4.8, leaves no room.
  @Test func largestBatchAndLongestContextKeepToThePool() throws {
    let two = try estimate(batch: 2, context: 1000)
    let batch = try #require(two.largestBatch)
    // Blocks of 16 tokens: 1001 tokens are 63 of them.
    #expect(batch == (try #require(two.cacheTokens)) / (63 * 16))
    let context = try #require(two.longestContext)
    // Two sequences of whole blocks, one token of each the prompt's.
    #expect(context == (try #require(two.cacheTokens)) / 32 * 16 - 1)
    #expect(try estimate("llama-3.3-70b", at: .fp8, with: .init(utilization: 0.9)).isTight)
    let big = try estimate("llama-3.3-70b", by: "vllm-0.16", at: .fp8, with: .init(utilization: 0.9))
    #expect(big.fits == false && big.largestBatch == 0 && big.longestContext == nil)
    #expect(big.cacheCapacity == .zero && big.cacheTokens == 0)
    #expect(big.expectedRequest?.tokensPerSecond == nil)
  }

  /// gpt-oss-20b ran out of memory when warming up at 0.95 and ran at 0.9 (llm-d-planner at commit 875a4fd).
  @Test func warmingUpNeedsRoomOutsideOfTheShare() throws {
    #expect(try estimate("gpt-oss-20b", at: .mxfp4, with: .init(utilization: 0.95)).fits == false)
    #expect(try estimate("gpt-oss-20b", at: .mxfp4, with: .init(utilization: 0.95), tensor: 2).fits == false)
    #expect(try estimate("gpt-oss-20b", at: .mxfp4, with: .init(utilization: 0.9), tensor: 2).fits == true)
  }

  /// Mamba-like layers take whole blocks of the pool: what a sequence has does not grow to any length but in the others.
  @Test func statesTakeWholeBlocks() throws {
    let short = try estimate("qwen3-next-80b-a3b", on: "h200", context: 100, tensor: 4)
    let long = try estimate("qwen3-next-80b-a3b", on: "h200", context: 100_000, tensor: 4)
    // Of four ranks each has one head of 256 keys and as many values in 12 layers, and 8 states of 128 x 128 and 3 inputs of
    // 2 x 4 x 128 + 8 x 128 channels in 36. A state takes a block of as many tokens as it needs: 137,216 / 512 elements are
    // 268, in whole 16 tokens 272.
    let state: Int = 8 * 128 * 128 + 3 * (2 * 4 * 128 + 8 * 128)
    let tokens = (state + 16 * 512 - 1) / (16 * 512) * 16
    #expect(tokens == 272)
    // 101 tokens are one block of the 12 layers, 100,001 are 368; two bytes an element.
    let block = Double(2 * 512 * tokens)
    #expect(short.footprint.cache.value == Double(12 + 36) * block)
    #expect(long.footprint.cache.value == Double(12 * 368 + 36) * block)
  }
}
