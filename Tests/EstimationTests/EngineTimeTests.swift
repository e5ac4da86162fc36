import Architectures
import Catalog
import Documents
import Engines
import Estimation
import Hardware
import Operators
import Quantities
import ReductionMethods
import Testing

/// What engines add to kernels' times, and how they store weights.
@Suite("Times of engines")
struct EngineTimeTests {
  /// TensorRT-LLM's checkpoints in FP8 come with a cache in FP8 (its file cites them); who asks for another gets it.
  @Test("an engine's own cache counts where nobody asks for another")
  func cacheOfTheEngine() throws {
    let times = try #require(try Catalog.standard.engine("tensorrt-llm").times)
    #expect(times.stored(.fp8).cacheFormat == .fp8)
    var asked = Precision.fp8.caching(in: .fp16)
    #expect(times.stored(asked).cacheFormat == .fp16)
    asked = .fp16
    #expect(times.stored(asked).cacheFormat == asked.cacheFormat)
  }

  @Test("an engine's shares count in place of those of a class, never of a device's own")
  func sharesOfTheEngine() throws {
    // engines/tensorrt-llm.yaml: 0.85 of HBM for weights of 16 and 8 bits and the cache; of 4 bits it says nothing.
    let times = try #require(try Catalog.standard.engine("tensorrt-llm").times)
    var device = try Catalog.standard.hardware("h100-sxm")
    device.achieved.streams.sources = []
    let typical = device.achieved.streams
    let streams = times.streams(on: device)
    #expect([streams.weights, streams.eightBits, streams.cache] == [0.85, 0.85, 0.85])
    #expect(streams.fourBits == typical.fourBits)
    device.achieved.streams.sources = device.sources
    #expect(times.streams(on: device).weights == typical.weights && times.shares(on: device) == nil)
  }

  /// A device of 1 TB/s, all of which streams reach, with kernels that take nothing else.
  private func device(_ more: String = "") throws -> Accelerator {
    let file = """
      name: plain
      title: Plain
      vendor: nobody
      kind: gpu
      matrix:
        fp16: { value: 900 TFLOP/s, source: sheet }
        bf16: { value: 900 TFLOP/s, source: sheet }
      vector:
        fp32: { value: 200 TFLOP/s, source: sheet }
      memory:
        bandwidth: { value: 1 TB/s, source: sheet }
      interconnect: { value: 200 GB/s, source: sheet }
      \(more)
      achieved:
        streams: { weights: 1, eight_bits: 1, four_bits: 1, cache: 1, overhead: 1 ns, source: sheet }
      sources:
        sheet: made up
      """
    return try Accelerator(file: YAML.parse(Array(file.utf8), file: "d.yaml"))
  }

  private func engine(_ times: String) throws -> Engine {
    let file = """
      name: sample
      title: Sample
      memory: { utilization: { value: 1, source: s } }
      times: { \(times) }
      sources: { s: text }
      """
    return try Engine(file: YAML.parse(Array(file.utf8), file: "e.yaml"))
  }

  private func step(_ engine: Engine, at precision: Precision = .fp16, context: Int = 1) throws -> Price {
    var list = try PriceList(Catalog.standard.model("llama-2-7b"), on: device(), at: precision, engine: engine)
    return try list.price(Pass([.init(newTokens: 1, context: context)]), expecting: true)
  }

  /// Llama 2 7B has 6,476,005,376 weights in its layers' products and 131,072,000 in its head. In 16 bits both are 13.214 GB,
  /// 13.214 ms at 1 TB/s; at 4.5 and 6.5 bits 3.6428 + 0.1065 GB, 3.749 ms. On top come 65 norms, 64 of which read and write two
  /// rows of 8 kB, 32.8 kB at 15.1 GB/s and two rows at once: 4.34 microseconds each, 0.28 ms in all. Everything else is
  /// below 0.03 ms.
  @Test("a step streams weights and head as the engine stores them")
  func streamsWhatIsStored() throws {
    let plain = try step(engine("overhead: { value: 0.01, source: s }"))
    let packed = try step(
      engine("overhead: { value: 0.01, source: s }, formats: { int4: { weights: 4.5, head: 6.5, source: s } }"),
      at: .int4)
    #expect((13.494e-3...13.524e-3).contains(try #require(plain.expectedSeconds).value))
    #expect((4.029e-3...4.059e-3).contains(try #require(packed.expectedSeconds).value))
    // The ideal time counts the engine's format, too: 3.749 GB and what a step moves besides.
    #expect((3.749e-3...3.779e-3).contains(packed.seconds.value))
  }

  @Test("the host's step is waited for, its launches only where kernels take less")
  func waitsForTheHost() throws {
    let kernels = try #require(try step(engine("relative: nobody")).expectedSeconds).value
    let stepped = try step(engine("step: { value: 2 ms, source: s }"))
    #expect(abs(try #require(stepped.expectedSeconds).value - kernels - 2e-3) < 1e-12)
    #expect(abs(stepped.hostSeconds.value - 2e-3) < 1e-15)
    // 32 layers of 0.1 ms are launched in 3.2 ms, beside kernels of more than 13; of 1 ms in 32 ms.
    let hidden = try step(engine("layer: { value: 0.1 ms, source: s }"))
    #expect(try #require(hidden.expectedSeconds).value == kernels)
    let bound = try step(engine("layer: { value: 1 ms, source: s }, step: { value: 2 ms, source: s }"))
    #expect(abs(try #require(bound.expectedSeconds).value - 34e-3) < 1e-12)
  }

  /// A reducer that does next to nothing, and whose code launches so many kernels for that; nil: nobody counted.
  private struct Loop: FeatureReducer {
    let kernels: Double?
    let name = "loop"
    func operators(_ shape: ReductionShape) -> [Operator] { [shape.gather(), shape.gather(), shape.gather()] }
    func launches(_ shape: ReductionShape) -> Double? { kernels }
  }

  private func reduction(_ kernels: Double?, _ times: String) throws -> StageEstimate {
    let model = try Catalog.standard.model("llava-1.5-7b")
    let input = VisualInput(
      tokens: TokenSchedule(40),
      reduction: .init(
        reducer: ReducerChain(Loop(kernels: kernels)), outcome: .init(kept: 40, count: 40), tokensBefore: 576))
    let estimate = try Estimate(
      model, on: device(), precision: .fp16, visualInput: input, textTokens: 40, engine: engine(times))
    return try #require(estimate.stages.first { $0.stage == .reduction })
  }

  /// At 4 ms a layer of 40 kernels a launch takes 0.1 ms; copying 40 tokens of 2 kB takes far less.
  @Test("a host that launches kernels one by one launches those of a reducer")
  func launchesReducers() throws {
    let times = "layer: { value: 4 ms, source: s }, launches: { value: 40, source: s }"
    #expect(abs(try reduction(1000, times).expectedSeconds.value - 100e-3) < 1e-12)
    // Nobody counted: one for each of three steps.
    #expect(abs(try reduction(nil, times).expectedSeconds.value - 0.3e-3) < 1e-12)
    // Where a launch has no time of its own, and where kernels take longer than their launches, nothing is waited for.
    #expect(try reduction(1000, "layer: { value: 4 ms, source: s }").hostSeconds == .zero)
    #expect(try reduction(1000, "step: { value: 4 ms, source: s }").hostSeconds == .zero)
    #expect(try reduction(0, times).hostSeconds == .zero)
  }

  /// They are one rate in hardware, and within 3 % where one process measured both (Benchmarks/measured/h100-sxm).
  @Test("an H100 takes as long in BF16 as in FP16", arguments: [70, 700, 4096])
  func formatsOfOneRate(tokens: Int) throws {
    let (model, device) = (try Catalog.standard.model("vicuna-7b"), try Catalog.standard.hardware("h100-sxm"))
    let engine = try Catalog.standard.engine("tensorrt-llm")
    let times = try [Precision.fp16, .bf16].map { precision in
      try Estimate(
        model, on: device, precision: precision, visualInput: .tokens(0), textTokens: tokens, engine: engine
      ).expectedPrefillSeconds.value
    }
    #expect(abs(times[1] / times[0] - 1) < 0.03)
  }

  /// Launches of 0.43 ms a layer, 13.76 ms, are longer than the kernels of the first of these steps, and shorter than the last's.
  @Test("a series of steps waits as its steps do, one by one")
  func seriesWaits() throws {
    let engine = try engine("layer: { value: 0.43 ms, source: s }, step: { value: 1 ms, source: s }")
    var list = try PriceList(Catalog.standard.model("llama-2-7b"), on: device(), at: .fp16, engine: engine)
    let first = Pass([.init(newTokens: 1, context: 1)])
    let count = 2000
    var sum = 0.0
    var waits = 0.0
    var waiting = 0
    for number in 0..<count {
      let price = try list.price(first.advanced(by: number), expecting: true)
      sum += try #require(price.expectedSeconds).value
      waits += price.hostSeconds.value
      waiting += price.hostSeconds.value > 1.0001e-3 ? 1 : 0
    }
    #expect((1..<count).contains(waiting))
    let series = try list.price(Pass.Series(first, count: count), expecting: true)
    #expect(abs(try #require(series.expectedSeconds).value - sum) < 1e-9 * sum)
    #expect(abs(series.hostSeconds.value - waits) < 1e-9 * waits)
  }

  @Test(
    "operators and the host's time are the price", arguments: ["llama.cpp", "transformers", "tensorrt-llm", "calm"])
  func breakdownIsThePrice(name: String) throws {
    let catalog = Catalog.standard
    let engine = try catalog.engine(name)
    for pass in [Pass([.init(newTokens: 300)]), Pass([.init(sequences: 4, newTokens: 1, context: 700)])] {
      var list = try PriceList(
        catalog.model("llama-2-7b"), on: catalog.hardware("a100-80gb"), at: .int4, engine: engine)
      let price = try list.price(pass, expecting: true)
      let stage = try list.breakdown(pass)
      let operators = stage.operators.reduce(0.0) { $0 + $1.expected.value * $1.repeatCount }
      let whole = try #require(price.expectedSeconds).value
      #expect(abs(operators + price.hostSeconds.value - whole) < 1e-9 * whole)
      #expect(abs(stage.expectedSeconds.value - whole) < 1e-9 * whole)
    }
  }

  @Test("a request takes the host's time of requests and pictures once")
  func requestsTakeTheirTime() throws {
    let model = try Catalog.standard.model("llava-1.5-7b")
    func estimate(_ engine: Engine) throws -> Estimate {
      try Estimate(
        model, on: device(), precision: .fp16, visualInput: .tokens(576), textTokens: 40,
        serving: Serving(outputTokens: 10), engine: engine)
    }
    let without = try estimate(engine("relative: nobody"))
    let with = try estimate(engine("request: { value: 3 ms, source: s }, picture: { value: 70 ms, source: s }"))
    #expect(abs(with.expectedTotalSeconds.value - without.expectedTotalSeconds.value - 73e-3) < 1e-12)
    #expect(with.expectedPrefillSeconds == without.expectedPrefillSeconds)
    let (a, b) = (try #require(without.expectedRequest), try #require(with.expectedRequest))
    #expect(abs(b.request.value - a.request.value - 73e-3) < 1e-12)
    #expect(a.timePerOutputToken == b.timePerOutputToken)
  }

  @Test("between few devices of a full mesh few links work")
  func meshesHaveFewLinks() throws {
    func link(_ devices: Int, _ more: String) throws -> Double {
      var list = try PriceList(
        Catalog.standard.model("llama-2-7b"), on: device(more), at: .fp16, parallelism: Parallelism(tensor: devices))
      return try list.price(Pass([.init(newTokens: 64)])).secondsByBound[.link].value
    }
    // Of 7 links one joins 2 devices, 3 join 4, all join 8.
    for (devices, links) in [(2, 1.0), (4, 3.0), (8, 7.0)] {
      let ratio = try link(devices, "mesh: 8") / link(devices, "")
      #expect(abs(ratio - 7 / links) < 1e-9)
    }
  }

  @Test("the faster way to sum up bounds the ideal time")
  func halfSumsBound() throws {
    let half = try device("half_sums: { fp16: { value: 1800 TFLOP/s, source: sheet } }")
    func seconds(_ device: Accelerator, _ precision: Precision) -> Double {
      let product: Operator = .matmul("p", rows: 8192, inner: 8192, columns: 8192)
      return OperatorEstimate(product, at: precision, on: device).time.longest.value
    }
    // 2 x 8192^3 FLOPs at 900 and at 1800 TFLOP/s.
    #expect(abs(seconds(try device(), .fp16) - 1.2216796e-3) < 1e-9)
    #expect(abs(seconds(half, .fp16) - 0.6108398e-3) < 1e-9)
    // There is no such rate in BF16.
    #expect(abs(seconds(half, .bf16) - 1.2216796e-3) < 1e-9)
  }

  @Test("an engine without rows of a class has no interval there")
  func intervals() throws {
    let catalog = Catalog.standard
    func estimate(_ device: Accelerator, _ engine: String) throws -> Estimate {
      try Estimate(
        catalog.model("llama-2-7b"), on: device, precision: .int4, visualInput: .tokens(0), textTokens: 64,
        serving: Serving(outputTokens: 10), engine: catalog.engine(engine))
    }
    let known = try estimate(catalog.hardware("rtx-4090"), "llama.cpp")
    let range = try #require(known.expectedRange(of: .decode))
    #expect(range.lowerBound >= (try #require(known.request?.timePerOutputToken)))
    #expect(try #require(known.interval(of: .decode)).rows >= 6)
    #expect(try estimate(device(), "llama.cpp").interval(of: .decode) == nil)
    // A GPU that somebody made up has none though its figures are like a desktop's, unless its class is said.
    var invented = try catalog.hardware("rtx-4090")
    invented.isClassKnown = false
    #expect(try estimate(invented, "llama.cpp").interval(of: .decode) == nil)
    #expect(try device().isClassKnown == false && device("class: consumer").isClassKnown)
    #expect(try estimate(catalog.hardware("rtx-4090"), "none").interval(of: .decode) == nil)
  }
}
