import Architectures
import Catalog
import Documents
import Estimation
import Hardware
import Operators
import Quantities
import Testing

/// N passes cost what N passes of one each cost together, whichever way the sum is found.
@Suite("A series of passes")
struct PassSeriesTests {
  /// A series to be summed up, and how long.
  struct Series: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var model: String
    var groups: [Pass.Group]
    var count: Int
    var parallelism = Parallelism()
  }

  static let series = [
    Series(testDescription: "decoding", model: "llama-2-7b", groups: [.init(newTokens: 1, context: 100)], count: 120),
    Series(
      testDescription: "decoding with grouped queries", model: "llama-2-70b",
      groups: [.init(sequences: 48, newTokens: 1, context: 3)], count: 70),
    Series(
      testDescription: "groups of different contexts", model: "mixtral-8x7b",
      groups: [
        .init(sequences: 3, newTokens: 1, context: 10), .init(newTokens: 1, context: 5000),
        .init(sequences: 64, newTokens: 1, context: 128),
      ], count: 60),
    Series(
      testDescription: "windows that fill on the way", model: "windows",
      groups: [.init(sequences: 2, newTokens: 1, context: 20), .init(newTokens: 1, context: 45), .init(newTokens: 1)],
      count: 70),
    Series(
      testDescription: "a batch checking 4 speculated tokens", model: "llama-2-7b",
      groups: [.init(sequences: 8, newTokens: 5, context: 1000)], count: 40),
    Series(
      testDescription: "5 new tokens from an empty cache", model: "mistral-7b",
      groups: [.init(sequences: 8, newTokens: 5)], count: 40),
    Series(
      testDescription: "speculation in windows", model: "windows",
      groups: [.init(sequences: 3, newTokens: 5, context: 7), .init(newTokens: 3, context: 11)], count: 40),
    Series(
      testDescription: "latent attention", model: "deepseek-v3",
      groups: [.init(sequences: 16, newTokens: 1, context: 900), .init(newTokens: 1, context: 1)], count: 50),
    Series(
      testDescription: "latent attention of speculated tokens", model: "deepseek-v3",
      groups: [.init(sequences: 8, newTokens: 4, context: 300)], count: 30),
    Series(
      testDescription: "latent attention that changes its form on the way", model: "deepseek-v3",
      groups: [.init(newTokens: 100, context: 0)], count: 8),
    Series(
      testDescription: "a prompt in chunks", model: "llama-2-7b", groups: [.init(newTokens: 512)], count: 6),
    Series(
      testDescription: "decoding beside a chunk", model: "windows",
      groups: [.init(sequences: 9, newTokens: 1, context: 30), .init(newTokens: 100, context: 50)], count: 12),
    Series(
      testDescription: "images in the cache of layers of their own", model: "idefics-9b",
      groups: [.init(sequences: 4, newTokens: 1, context: 33, cachedVisualTokens: 70)], count: 30),
    Series(
      testDescription: "over several devices", model: "deepseek-v3",
      groups: [.init(sequences: 13, newTokens: 1, context: 40), .init(sequences: 6, newTokens: 2, context: 90)],
      count: 20, parallelism: Parallelism(tensor: 4, pipeline: 2, expert: 8)),
  ]

  private static func model(_ name: String) throws -> MultimodalModel {
    guard name == "windows" else { return try Catalog.standard.model(name) }
    var block = TransformerBlock.decoder(width: 96, heads: 6, kvHeads: 2, headWidth: 16, feedForward: 200)
    block.capsScores = true
    var stack = LayerStack(block, layers: 1)
    for window in [40, 55, nil, 9, 40] {
      block.window = window
      stack.append(block)
    }
    return MultimodalModel(name: name, title: "", language: LanguageModel(stack: stack, vocabulary: 500))
  }

  @Test("costs the sum of its passes", arguments: series, Accounting.Kernels.allCases)
  func addsUp(_ series: Series, kernels: Accounting.Kernels) throws {
    let model = try Self.model(series.model)
    for (device, precision) in [
      ("a100-80gb", Precision.fp16), ("h100-sxm", .fp8), ("v100", .int4.caching(in: .int8)), ("epyc-9654", .bf16),
      ("tpu-v5e", .int8),
    ] {
      let hardware = try Catalog.standard.hardware(device)
      if series.parallelism.devices > 1, hardware.interconnect == nil { continue }
      let fresh = try PriceList(
        model, on: hardware, at: precision, accounting: .exact(kernels: kernels), parallelism: series.parallelism)
      var list = fresh
      let all = try list.price(Pass.Series(Pass(series.groups), count: series.count), expecting: true)
      var single = fresh
      var sum = try single.price(Pass(series.groups), expecting: true)
      for number in 1..<series.count {
        // Contexts grow by what each pass adds; written out here.
        let groups = series.groups.map { group in
          var later = group
          later.context += number * group.newTokens
          return later
        }
        sum = sum + (try single.price(Pass(groups), expecting: true))
      }
      // Counts of whole numbers below 2^53 have no rounding at all; shares of devices have.
      let exact = series.parallelism.devices == 1
      func equal(_ a: Double, _ b: Double, exactly: Bool = false) {
        #expect(exactly ? a == b : abs(a - b) <= 1e-12 * abs(b), "\(device)")
      }
      equal(all.flops.value, sum.flops.value, exactly: exact)
      equal(all.vectorFLOPs.value, sum.vectorFLOPs.value, exactly: exact)
      equal(all.executedFLOPs.value, sum.executedFLOPs.value)
      equal(all.traffic.total.value, sum.traffic.total.value)
      equal(all.traffic.cacheRead.value, sum.traffic.cacheRead.value)
      equal(all.sent.value, sum.sent.value)
      equal(all.seconds.value, sum.seconds.value)
      equal(try #require(all.expectedSeconds).value, try #require(sum.expectedSeconds).value)
    }
  }

  @Test("of none costs nothing, of one what that costs")
  func fewPasses() throws {
    let pass = Pass([.init(sequences: 3, newTokens: 7, context: 50)])
    var list = try PriceList(Self.model("windows"), on: Catalog.standard.hardware("v100"), at: .fp16)
    let none = try list.price(Pass.Series(pass, count: 0), expecting: true)
    #expect(none.flops == .zero && none.seconds == .zero && none.expectedSeconds == .zero)
    #expect(try list.price(Pass.Series(pass, count: 1), expecting: true) == list.price(pass, expecting: true))
  }

  /// A billion steps are found at once, a million chunks are refused: each would have to be priced.
  @Test("of many chunks is refused")
  func limits() throws {
    var list = try PriceList(Self.model("llama-2-7b"), on: Catalog.standard.hardware("v100"), at: .fp16)
    #expect(try list.price(Pass.Series(Pass([.init(newTokens: 1)]), count: 1_000_000_000)).seconds > .zero)
    let chunk = Pass([.init(newTokens: 512)])
    #expect(throws: Diagnostic.self) { try list.price(Pass.Series(chunk, count: Pass.Series.limit + 2)) }
  }
}
