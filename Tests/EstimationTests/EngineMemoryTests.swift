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
    ("gemma-3-27b", "vllm", 1, 19.53), ("deepseek-v2-lite", "vllm", 1, 43.61), ("codellama-7b", "vllm", 1, 61.66),
    ("granite-3.1-8b", "vllm", 1, 58.67), ("granite-vision-3.3-2b", "vllm", 1, 68.65),
  ])
  func poolsAreAsReported(_ run: (model: String, engine: String, tensor: Int, pool: Double)) throws {
    let estimate = try estimate(run.model, by: run.engine, tensor: run.tensor)
    let pool = try #require(estimate.cacheCapacity).value / gibibyte
    #expect(abs(pool / run.pool - 1) < 0.01, "\(pool)")
  }

  /// Rows that no figure was fitted to: pipelines of those runs, and runs of vLLM 0.11 on H100 at 0.9 (llm-d-planner at
  /// commit e50305a), within 1.5 %.
  @Test(arguments: [
    ("llama-3.1-8b", "vllm", 0.95, 1, 2, 66.55), ("llama-3.1-8b", "vllm", 0.95, 1, 4, 69.85),
    ("llama-3.1-8b", "vllm-0.11", 0.9, 1, 1, 51.38), ("qwen3-32b", "vllm-0.11", 0.9, 1, 1, 4.45),
    ("qwen3-32b", "vllm-0.11", 0.9, 2, 1, 34.49),
  ])
  func poolsOfOtherRunsAreNear(
    _ run: (model: String, engine: String, share: Double, tensor: Int, pipeline: Int, pool: Double)
  ) throws {
    let estimate = try estimate(
      run.model, by: run.engine, with: .init(utilization: run.share), tensor: run.tensor, pipeline: run.pipeline)
    #expect(abs(try #require(estimate.cacheCapacity).value / gibibyte / run.pool - 1) < 0.015)
  }

  /// Other cards, of which nothing was fitted, within 10 %: LLMServingSim's log (commit 5daddb2), vLLM's issue 10517, public
  /// logs of 0.6 to 0.11. Before 0.8 a prompt passes whole: the pass has as many tokens as the longest context.
  @Test(arguments: [
    ("llama-3.1-8b", "rtx-4090", "vllm-0.19", 0.9, 2048, nil as Int?, 5.05, 41_408.0),
    ("llama-3.1-8b", "rtx-4090", "vllm-0.11", 0.9, 2048, nil, 4.95, 40_528),
    ("llama-3.1-8b", "jetson-thor", "vllm-0.10", 0.85, 2048, nil, 85.79, 702_800),
    ("llama-3.1-8b", "rtx-3090", "vllm-0.6", 0.9, 20_000, nil, 3.81, 31_232),
    ("qwen2.5-7b", "rtx-3090", "vllm-0.6", 0.9, 8192, 16, 5.77, 107_984),
    ("qwen2.5-1.5b", "t4", "vllm-0.7", 0.5, 32_768, nil, 2.36, 88_272),
  ])
  func poolsOfOtherCardsAreNear(
    _ run: (
      model: String, device: String, engine: String, share: Double, tokens: Int, sequences: Int?, pool: Double,
      printed: Double
    )
  ) throws {
    let estimate = try estimate(
      run.model, on: run.device, by: run.engine,
      with: .init(utilization: run.share, sequences: run.sequences, batchTokens: run.tokens))
    #expect(abs(try #require(estimate.cacheCapacity).value / gibibyte / run.pool - 1) < 0.1)
    #expect(abs(Double(try #require(estimate.cacheTokens)) / run.printed - 1) < 0.1)
  }

  /// What the same logs print of weights, tables of rotations among them, in GiB: within 1 %.
  @Test(arguments: [
    ("llama-3.1-8b", 1, 14.99), ("llama-3.1-8b", 2, 7.51), ("llama-3.1-8b", 4, 3.77), ("qwen2.5-7b", 1, 14.25),
    ("qwen2.5-7b", 2, 7.12), ("qwen3-14b", 1, 27.52), ("qwen3-32b", 1, 61.03), ("qwen3-32b", 2, 30.59),
    ("mixtral-8x7b", 2, 43.5), ("phi-4", 1, 27.39), ("mistral-small-3.1-24b", 1, 44.76), ("gemma-3-27b", 1, 51.45),
    ("deepseek-v2-lite", 1, 29.43), ("codellama-7b", 1, 12.56), ("granite-3.1-8b", 1, 15.25),
    ("granite-vision-3.3-2b", 1, 5.54),
  ])
  func weightsAreAsPrinted(_ run: (model: String, tensor: Int, weights: Double)) throws {
    let estimate = try estimate(run.model, tensor: run.tensor)
    let context = estimate.engine.memory.context(tensor: run.tensor, pipeline: 1).value
    let weights = (estimate.footprint.weights + estimate.footprint.reserved - context).value
    #expect(abs(weights / gibibyte / run.weights - 1) < 0.01, "\(weights / gibibyte)")
  }

  /// gpt-oss-20b's weights in the log of an H100 (llm-d-planner at commit e50305a): experts of 2880 by 2880 are filled up to
  /// 3072, 24 layers x 32 experts x 3 products x 2880 x 192 x 4.25 bits more than in the files' 12.82 GiB; within 1 %.
  @Test func expertsInMXFP4AreFilledUp() throws {
    let format = try #require(Catalog.standard.model("gpt-oss-20b").checkpoint).precision
    let filled = try estimate("gpt-oss-20b", at: format)
    let bare = try estimate("gpt-oss-20b", by: "none", at: format)
    let memory = filled.engine.memory
    let kept = (filled.footprint.reserved - memory.context(tensor: 1, pipeline: 1).value).value
    let more = Double(24 * 32 * 3 * 2880 * 192) * 4.25 / 8
    // 131,072 positions x 64 channels in 2 bytes are tabulated, for layers with windows and for the others.
    #expect(kept == more + 2 * 131_072 * 64 * 2)
    #expect(bare.footprint.reserved == .zero)
    #expect(abs((filled.footprint.weights.value + kept) / gibibyte / 13.47 - 1) < 0.01)
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

  @Test(arguments: ["llama-3.1-8b", "mixtral-8x7b", "gemma-3-27b", "deepseek-v2-lite", "qwen3-next-80b-a3b"])
  func poolsFallWithBatchTokensAndSequences(_ model: String) throws {
    func pools(_ settings: [EngineMemory.Settings]) throws -> [Double] {
      try settings.map {
        try #require(try estimate(model, on: "h200", by: "vllm", with: $0, tensor: 4).cacheCapacity).value
      }
    }
    let byTokens = try pools([512, 8192, 65_536, 262_144].map { .init(utilization: 0.9, batchTokens: $0) })
    let bySequences = try pools([16, 256, 1024, 4096].map { .init(utilization: 0.9, sequences: $0) })
    for pools in [byTokens, bySequences] {
      #expect(zip(pools, pools.dropFirst()).allSatisfy { $0 >= $1 } && pools[3] < pools[0])
    }
    #expect(try pools([.init(utilization: 0.5)])[0] < pools([.init(utilization: 0.9)])[0])
  }

  /// Whatever the engine, and however a model is spread, a longer context leaves no larger pool; weights are never in it:
  /// all devices' pools together are at most the limits less the weights.
  @Test(arguments: ["none", "sglang", "transformers", "vllm", "vllm-0.16", "tensorrt-llm", "llama.cpp"])
  func poolsNeverGrowWithTheContext(_ engine: String) throws {
    for (model, precision) in [
      ("llama-3.1-8b", Precision.bf16), ("gemma-3-27b", .bf16), ("qwen3-next-80b-a3b", .bf16), ("deepseek-v3", .fp8),
    ] {
      for (tensor, pipeline) in [(1, 1), (2, 1), (1, 3), (4, 2), (2, 5)] {
        var last: (bytes: Double, tokens: Int) = (.infinity, .max)
        for context in [0, 1000, 50_000, 120_000] {
          let estimate = try estimate(
            model, on: "h200", by: engine, at: precision, with: .init(utilization: 0.9), context: context,
            tensor: tensor, pipeline: pipeline)
          let pool = try #require(estimate.cacheCapacity).value
          #expect(pool <= last.bytes, "\(engine) \(model) \(tensor) \(pipeline) \(context)")
          let tokens = try #require(estimate.cacheTokens)
          #expect(tokens <= last.tokens)
          last = (pool, tokens)
          let limit = try #require(estimate.memoryLimit).value
          let devices = Double(tensor * pipeline)
          #expect(pool <= max(0, limit - estimate.model.weightBytes(at: precision).value / devices))
        }
      }
    }
  }

  /// The pool of Llama 3.1 8B at 0.95 of 79.19 GiB, by hand. A rank of so many has its part of the matrices and all of 65
  /// norms of 4096; a stage its layers of 218,112,000 and, the last, head and norm. Tables of rotations are 131,072
  /// positions of 128; the peak is that of 1024 sequences' logits, 2 + 12.4 bytes each, and 1.7 tensors of 8192 tokens.
  @Test(arguments: [(1, 1, 0.25), (2, 1, 2.07), (4, 1, 2.07), (1, 2, 0.07), (1, 4, 0.07)])
  func poolsAreWhatIsLeft(_ run: (tensor: Int, pipeline: Int, context: Double)) throws {
    let (norms, head) = (65.0 * 4096, 128_256.0 * 4096)
    let rank: Double = (8_030_261_248 - norms) / Double(run.tensor) + norms
    let stage: Double = Double(32 / run.pipeline) * 218_112_000 + head + 4096
    let weights = run.pipeline == 1 ? rank : stage
    let rotations = 131_072.0 * 128 * 2
    let logits: Double = 1024 * 128_256 * 14.4
    let tensors: Double = 1.7 * 8192 * 4096 * 2
    let share: Double = (0.95 * 79.19 - run.context) * gibibyte
    let rest: Double = share - 2 * weights - rotations - logits - tensors
    let estimate = try estimate(tensor: run.tensor, pipeline: run.pipeline)
    #expect(abs(try #require(estimate.cacheCapacity).value - rest) < 1)
    #expect(estimate.memoryLimit?.value == 0.95 * 79.19 * gibibyte)
  }

  /// All ranks together have the weights of the whole and the copies of its norms, and its cache: Llama 3.1 8B has 65 norms
  /// of 4096, Qwen3 14B 81 of 5120 and in 40 layers two of 128; both 8 heads of keys.
  @Test(arguments: ["none", "vllm", "sglang"])
  func ranksSumUp(_ engine: String) throws {
    for (model, copied) in [("llama-3.1-8b", 65 * 4096), ("qwen3-14b", 81 * 5120 + 40 * 2 * 128)] {
      let one = try estimate(model, by: engine, with: .init(), context: 1000)
      for ranks in [2, 4, 8] {
        let rank = try estimate(model, by: engine, with: .init(), context: 1000, tensor: ranks)
        let copies = Double((ranks - 1) * copied * 2)
        #expect(Double(ranks) * rank.footprint.weights.value == one.footprint.weights.value + copies)
        #expect(Double(ranks) * rank.footprint.cache.value == one.footprint.cache.value)
      }
    }
  }

  /// Key heads are copied where there are more ranks: 8 of Llama 3.1 over 16 ranks are one each, as over 8.
  @Test func ranksBeyondTheKeyHeadsHaveCopies() throws {
    let (eight, sixteen) = (try estimate(context: 1000, tensor: 8), try estimate(context: 1000, tensor: 16))
    #expect(eight.footprint.cache == sixteen.footprint.cache)
    let one = try estimate(context: 1000)
    #expect(one.footprint.cache.value == 8 * eight.footprint.cache.value)
  }

  /// The last stage has the head, and the logits of the largest pass: it has room for the fewest tokens. The first has an
  /// embedding as large and 16 layers, and no logits.
  @Test func lastStagesHaveTheLeastRoom() throws {
    let halves = try estimate(pipeline: 2)
    // The layers of 32 have 218,112,000 parameters each, the head and the final norm 128256 x 4096 + 4096.
    let first = 2.0 * (16 * 218_112_000 + 128_256 * 4096)
    #expect(halves.footprint.weights.value == first + 2 * 4096)
    // A layer's peak: gate and up, 2 x 14336, become 14336, and 4.2 tensors of 4096.
    let layer = 8192.0 * 2 * (3 * 14_336 + 4.2 * 4096)
    let context = halves.footprint.reserved.value
    let room = try #require(halves.memoryLimit).value - first - context - layer
    let pool = try #require(halves.cacheCapacity).value
    #expect(pool < room - 0.5e9)
    // 16 layers of 8 heads of 128, keys and values, in blocks of 16.
    #expect(halves.cacheTokens == Int(pool / (16 * 2 * 8 * 128 * 2 * 16)) * 16)
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

  /// CUDA graphs, 1 GiB, come on top of the share: 0.99 of an H100 leaves 0.79 GiB, 0.95 leaves 3.96. Without an engine
  /// nothing is recorded.
  @Test(arguments: ["qwen3-14b", "llama-3.1-8b", "mixtral-8x7b"])
  func graphsNeedRoomOutsideOfTheShare(_ model: String) throws {
    func fits(_ engine: String, _ share: Double) throws -> Bool? {
      try estimate(model, by: engine, with: .init(utilization: share), tensor: 2).fits
    }
    #expect(try fits("vllm", 0.95) == true && fits("vllm", 0.98) == true)
    #expect(try fits("vllm", 0.99) == false && fits("vllm", 1) == false)
    #expect(try fits("none", 1) == true)
    // 850 MB are left of 85.03 GB, and 1.07 GB needed.
    let notes = try estimate(model, with: .init(utilization: 0.99), tensor: 2).notes
    #expect(notes.contains { $0.contains("records CUDA graphs") && $0.contains("850 MB") && $0.contains("1.07 GB") })
  }

  /// Nobody looked at graphs of cards with less than 70 GiB: where 0.97 of 24 GB leaves less than the gibibyte of an H100
  /// a note says so.
  @Test func graphsOfSmallCardsAreNotKnown() throws {
    let small = try estimate("llama-3.1-8b", on: "rtx-4090", at: .int4, with: .init(utilization: 0.97))
    #expect(small.fits == true && small.notes.contains { $0.contains("CUDA graphs come on top") })
    #expect(try !estimate("llama-3.1-8b", on: "rtx-4090", at: .int4).notes.contains { $0.contains("CUDA graphs") })
  }

  /// vLLM runs over ranks that divide heads, heads of keys or the other way round, and the vocabulary in rows of 64:
  /// Qwen2.5 7B has 28 and 4, Llama 3.1 8B 32 and 8; Qwen3 14B failed over five.
  @Test func ranksMustDivideHeads() throws {
    for (model, ranks, runs) in [
      ("llama-3.1-8b", 3, false), ("llama-3.1-8b", 5, false), ("llama-3.1-8b", 16, true), ("qwen3-14b", 5, false),
      ("qwen2.5-7b", 8, false), ("qwen2.5-7b", 7, false), ("qwen2.5-7b", 4, true), ("deepseek-v2-lite", 8, true),
      // 40 heads, but 501 x 64 rows of the vocabulary.
      ("llava-1.5-13b", 5, false), ("llava-1.5-13b", 4, true),
    ] {
      let vllm = try estimate(model, tensor: ranks)
      #expect(vllm.fits == runs && (vllm.largestBatch ?? 0 > 0) == runs, "\(model) \(ranks)")
      #expect(vllm.notes.contains { $0.hasPrefix("vllm does not run this") } == !runs)
      #expect(try estimate(model, by: "none", tensor: ranks).fits == true)
    }
  }

  @Test func noMoreSequencesThanTheEngineTakes() throws {
    let few = try estimate(with: .init(utilization: 0.9, sequences: 16))
    #expect(few.largestBatch == 16)
    #expect(
      try estimate(with: .init(utilization: 0.9, sequences: 16), batch: 17).notes.contains {
        $0.contains("takes 16 sequences at once")
      })
    #expect(!few.notes.contains { $0.contains("at once") })
  }

  /// Mistral 7B keeps 4096 tokens of any context: what it was made for, 32,768 positions, is the limit, less one token in
  /// and one out.
  @Test func whereAnyContextFitsTheModelIsTheLimit() throws {
    #expect(try estimate("mistral-7b").longestContext == 32_768 - 2)
    #expect(try estimate("mistral-7b", by: "none").longestContext == 32_768 - 2)
  }

  /// States take whole blocks of the pool. Over two devices a token leaves 2 x 1 head of 256 in two bytes, 1024 B, in each
  /// of Qwen3-Next's 12 layers of attention; a state of one of 36 others, 16 heads of 128 x 128 and a convolution of 3 x
  /// 4096 in two bytes, has 548,864 B, 536 such tokens, and takes 34 blocks of 16: 544. 4 groups of 12 layers.
  @Test func statesTakeWholeBlocks() throws {
    func cache(_ context: Int) throws -> Double {
      try estimate("qwen3-next-80b-a3b", on: "h200", context: context, tensor: 2).footprint.cache.value
    }
    #expect(try cache(100) == 4 * 12 * 544 * 1024)
    // 1001 tokens are two blocks of attention.
    #expect(try cache(1000) == (3 + 2) * 12 * 544 * 1024)
  }
}
