import Architectures
import Catalog
import Estimation
import Foundation
import Hardware
import Operators
import Quantities
import Testing

@Suite("Expected times")
struct ExpectedTimeTests {
  private func seconds(_ operation: Operator, on device: String = "a100-80gb", _ precision: Precision = .fp16) throws
    -> Double
  {
    OperatorEstimate(operation, at: precision, on: try Catalog.standard.hardware(device)).kernel.value
  }

  private func near(_ value: Double, _ expected: Double, _ error: Double = 1e-4) -> Bool {
    abs(value / expected - 1) < error
  }

  @Test(
    "products are those of Tools/fit_achieved.py",
    arguments: [
      ((1.0, 4096.0, 4096.0), 2.520785082874308e-05), ((81, 4096, 4096), 3.556426057954843e-05),
      ((616, 4096, 12288), 0.00029380876372062207), ((616, 4096, 22016), 0.0005068090995293299),
      ((616, 11008, 4096), 0.0002573321280463627), ((4096, 4096, 12288), 0.0017629281012815597),
      ((64, 65536, 32), 2.155774960510641e-05), ((8, 4096, 11008), 6.025444255004479e-05),
      ((24, 4096, 4096), 2.7712344072658923e-05),
    ])
  func products(shape: (rows: Double, inner: Double, columns: Double), expected: Double) throws {
    let product: Operator = .matmul("p", rows: shape.rows, inner: shape.inner, columns: shape.columns)
    #expect(near(try seconds(product), expected))
  }

  @Test("so is causal attention", arguments: [(616.0, 6.61154873e-05), (4096, 0.00111032)])
  func attention(tokens: Double, expected: Double) throws {
    var sums = AttentionSums()
    sums.add(sequences: 1, tokens: tokens, context: 0)
    let shape = AttentionShape(heads: 32, headWidth: 128)
    #expect(near(try seconds(.fusedAttention("a", shape, sums), .bf16), expected))
  }

  @Test("a window bounds what queries meet of a context as well")
  func windowAfterContext() throws {
    func windowed(_ tokens: Double, after context: Double) throws -> Double {
      var sums = AttentionSums()
      sums.add(sequences: 8, tokens: tokens, context: context, window: 4096)
      let shape = AttentionShape(heads: 32, headWidth: 128, cached: true)
      return try seconds(.fusedAttention("a", shape, sums))
    }
    // Tiles of 64: of 128 tiles of queries each meets 64 of keys, 8192 in all. Without a context the first 64 meet
    // 1, 2 ... 64, and all together 64 x 65 / 2 + 64 x 64 = 6176.
    #expect(abs(try windowed(8192, after: 4096) / windowed(8192, after: 0) / (8192 / 6176) - 1) < 0.01)
    // Half of a window before: 33, 34 ... 64 and 96 times 64, 7696 in all.
    #expect(abs(try windowed(8192, after: 2048) / windowed(8192, after: 0) / (7696 / 6176) - 1) < 0.01)
    #expect(try windowed(8192, after: 100_000) == windowed(8192, after: 4096))
  }

  @Test(
    "attention to others takes as long as that of as many tokens to each other", arguments: ["a100-80gb", "epyc-9654"])
  func crossAttention(device: String) throws {
    let shape = AttentionShape(heads: 32, headWidth: 128)
    var same = AttentionSums()
    same.add(sequences: 2, tokens: 4096, context: 0, causal: false)
    func cross(_ queries: Double, _ keys: Double) throws -> Double {
      try seconds(
        .fusedAttention("c", shape, AttentionSums(sequences: 2, queries: queries, keys: keys)), on: device)
    }
    let whole = try seconds(.fusedAttention("a", shape, same), on: device)
    #expect(try cross(4096, 4096) == whole)
    // A quarter of the queries is a quarter of the tiles, and somewhat more of the time.
    #expect(try (0.25...0.3).contains(cross(1024, 4096) / whole))
    #expect(try (0.25...0.3).contains(cross(4096, 1024) / whole))
  }

  @Test func soAreElementwiseKernels() throws {
    #expect(near(try seconds(.gatedActivation("g", .silu, elements: 616 * 11008)), 4.315752353443447e-05))
    #expect(near(try seconds(.sum("s", elements: 4096 * 4096)), 5.6481118552465334e-05))
    #expect(near(try seconds(.activation("a", .gelu, elements: 3000 * 10240)), 9.646270665696787e-05))
    // The script's rows of norms have no weights: 2 x 4096 bytes, and 4 x 1024 with biases.
    #expect(near(try seconds(.normalization("n", .rms, rows: 616, width: 4096)), 1.2402557425998762e-05, 2e-3))
    #expect(near(try seconds(.normalization("n", .layer, rows: 616, width: 1024)), 4.676712403030219e-06, 4e-3))
  }

  private func checkBounds(_ model: MultimodalModel, on device: Accelerator) throws {
    for (tokens, batch) in [(1, 1), (616, 1), (616, 8), (32768, 1)] {
      for (precision, kernels) in [
        (Precision.fp16, Accounting.Kernels.fused), (.fp16, .eager), (.fp8, .fused), (.int4, .fused),
      ] {
        let estimate = try Estimate(
          model, on: device, precision: precision, visualInput: .tokens(tokens), textTokens: 40, batch: batch,
          accounting: .exact(kernels: kernels))
        let entries = estimate.stages.flatMap(\.operators)
        #expect(entries.allSatisfy { $0.expected >= $0.time.longest && $0.expected.value.isFinite })
        guard let range = estimate.expectedPrefillRange else { continue }
        #expect(range.lowerBound >= estimate.prefillSeconds)
        #expect(range.contains(estimate.expectedPrefillSeconds))
      }
    }
  }

  @Test("no expected time is below the ideal one", arguments: try Catalog.standard.allHardware().map(\.name))
  func bound(name: String) throws {
    let device = try Catalog.standard.hardware(name)
    // A tower and dense layers, experts behind latent attention, states.
    for model in ["llava-1.5-7b", "deepseek-v3", "qwen3-next-80b-a3b"] {
      try checkBounds(Catalog.standard.model(model), on: device)
    }
  }

  @Test("nor is it of any model", arguments: try Catalog.standard.allModels().map(\.name))
  func bound(model: String) throws {
    for device in ["a100-80gb", "v100", "epyc-9654"] {
      try checkBounds(Catalog.standard.model(model), on: Catalog.standard.hardware(device))
    }
  }

  @Test func moreTokensNeverTakeLessByMoreThanAWave() throws {
    // Real kernels are quicker where tiles come out even; over a doubling that must not show.
    var last = 0.0
    for tokens in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192] {
      let time = try seconds(.matmul("p", rows: Double(tokens), inner: 4096, columns: 11008))
      #expect(time >= last)
      last = time
    }
  }

  @Test("few rows stream the weights, in 4 bits and without fast matrix units, too", arguments: [1.0, 2, 8, 16])
  func fewRows(rows: Double) throws {
    // 4096 x 22016 weights of 4.15625 bits at 936 GB/s: 50 us. 16 rows of them are 2.9 GFLOP: 41 us at 71 TFLOP/s.
    // One row takes no tile, which would compute 16; more take a narrow one, as 64 rows would be 164 us of arithmetic.
    let product: Operator = .matmul("p", rows: rows, inner: 4096, columns: 22016)
    let time = try seconds(product, on: "rtx-3090", .int4)
    #expect(time > 50e-6)
    #expect(time < (rows == 1 ? 91e-6 : 164e-6))
  }

  @Test func normsTakeAsLongForOneRowAsForAllAtOnce() throws {
    // 108 multiprocessors of 2048 threads, 1024 for a row.
    func norm(_ rows: Double) throws -> Double {
      try seconds(.normalization("n", .rms, rows: rows, width: 8192))
    }
    // Between 1 and 216 rows only the memory's time grows, 2 x 2 x 8192 bytes a row, at most as from memory at the
    // A100's 2039 GB/s and the share of it that streams reach, at least 1.4 times as fast, from the cache.
    let memory = 215 * 4 * 8192 / 2039e9
    #expect(try ((memory / 1.4)...(memory / 0.8)).contains(norm(216) - norm(1)))
    #expect(try norm(1) < norm(2))
    #expect(try norm(217) > 1.5 * norm(1))
  }

  @Test func idleMultiprocessorsSavePowerNotTime() throws {
    // With 108 multiprocessors, 54 and 108 tiles of 128 x 128 take one wave each; all at once are slower, by the clock
    // that the power limit takes: 1 / 0.89 in FP16 on the A100.
    let (half, full) = (
      try seconds(.matmul("p", rows: 128 * 6, inner: 65536, columns: 128 * 9)),
      try seconds(.matmul("p", rows: 128 * 12, inner: 65536, columns: 128 * 9))
    )
    #expect(full > half * 1.02)
    #expect(full < half * 2)
  }

  @Test func eightBitsAreNoSlowerThanSixteen() throws {
    for rows in [1.0, 40, 80, 616, 2048] {
      for (inner, columns) in [(4096.0, 12288.0), (4096, 4096), (4096, 22016), (11008, 4096)] {
        let product: Operator = .matmul("p", rows: rows, inner: inner, columns: columns)
        #expect(try seconds(product, on: "h100-sxm", .fp8) < seconds(product, on: "h100-sxm", .fp16))
      }
    }
  }

  @Test("no random operator on any device beats its bound", arguments: try Catalog.standard.allHardware().map(\.name))
  func randomBound(name: String) throws {
    let device = try Catalog.standard.hardware(name)
    var generator = SplitMix(state: 7)
    for _ in 0..<200 {
      func size(_ most: Double) -> Double { exp(Double.random(in: 0...log(most), using: &generator)).rounded() }
      let shape = AttentionShape(
        heads: size(128), kvHeads: 1, headWidth: size(512), cached: Bool.random(using: &generator))
      var sums = AttentionSums()
      let causal = Bool.random(using: &generator)
      sums.add(
        sequences: size(64), tokens: size(131_072), context: causal ? size(131_072) : 0,
        window: Bool.random(using: &generator) ? size(131_072) : .infinity, causal: causal)
      var streamed = AttentionSums()
      streamed.add(sequences: size(64), tokens: size(64), context: size(131_072), streams: true)
      var both = sums
      both.add(sequences: size(64), tokens: size(64), context: size(131_072), streams: true)
      for operation in [
        Operator.matmul("p", rows: size(1e6), inner: size(262_144), columns: size(262_144)),
        .fusedAttention("a", shape, sums), .fusedAttention("d", shape, streamed),
        .fusedAttention("b", shape, both),
        .sum("s", elements: size(1e10)),
        .gatedActivation("g", .silu, elements: size(1e10)),
        .normalization("n", .rms, rows: size(1e6), width: size(65536)),
      ] {
        for precision in Precision.all {
          let estimate = OperatorEstimate(operation, at: precision, on: device)
          #expect(estimate.expected >= estimate.time.longest && estimate.expected.value.isFinite)
          // Without the clamp, too: products and attention by the bound itself, other kernels by what the cache leaves.
          switch operation.kernel {
          case .product, .attention, .cacheStep: #expect(estimate.kernel >= estimate.time.longest)
          default: #expect(estimate.kernel * (1 + 1e-9) >= estimate.cachedIdeal)
          }
        }
      }
    }
  }

  @Test func whatNothingDoesTakesNoTime() throws {
    #expect(try seconds(Operator("nothing")) == 0)
  }

  @Test(
    "say what they rest on, and how far to trust them",
    arguments: [
      ("a100-80gb", Precision.fp16, ExpectedBasis.measured, 0.95...1.16 as ClosedRange<Double>?),
      ("a100-80gb", .bf16, .measured, 0.95...1.16),
      ("a100-80gb", .int4, .estimated, 0.83...1.27), ("a100-80gb", .int8, .estimated, 0.83...1.27),
      ("h100-sxm", .fp8, .measured, 0.95...1.58),
      ("v100", .fp16, .estimated, 0.83...1.27), ("xeon-8480", .bf16, .estimated, nil),
    ])
  func basis(device: String, precision: Precision, basis: ExpectedBasis, share: ClosedRange<Double>?) throws {
    let estimate = try Estimate(
      Catalog.standard.model("vicuna-7b"), on: Catalog.standard.hardware(device), precision: precision,
      visualInput: .tokens(576), textTokens: 40)
    #expect(estimate.expectedBasis == basis)
    #expect(estimate.expectedShare == share)
    let expected = estimate.expectedPrefillSeconds
    #expect(estimate.expectedPrefillRange?.upperBound == share.map { expected * $0.upperBound })
  }

  @Test func devicesThatNobodyMeasuredSaySo() throws {
    #expect(try !Catalog.standard.hardware("a100-80gb").achieved.isEstimated)
    #expect(try Catalog.standard.hardware("v100").achieved.isEstimated)
  }
}

/// Steele, Lea and Flood's SplitMix64: the same operators in every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
