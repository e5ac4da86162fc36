import Architectures
import Operators
import Quantities
import Testing

/// Parameters and FLOPs against transformers and torch's flop counter: every figure here was printed by
/// Tests/ConfigurationsTests/Fixtures/make_counts.py.
@Suite struct CountTests {
  /// A decoder of a published shape and what transformers and torch count of it.
  struct Decoder: Sendable, CustomTestStringConvertible {
    var name: String
    var model: LanguageModel
    var parameters: Double
    /// FLOPs by number of tokens.
    var flops: [Int: Double]
    var testDescription: String { name }
  }

  static func decoder(
    width: Int, feedForward: Int, layers: Int, heads: Int, kvHeads: Int, headWidth: Int? = nil, vocabulary: Int = 32000,
    qkvBias: Bool = false, tied: Bool = false
  ) -> LanguageModel {
    LanguageModel(
      layers: layers,
      block: .decoder(
        width: width, heads: heads, kvHeads: kvHeads, headWidth: headWidth ?? width / heads, feedForward: feedForward,
        qkvBias: qkvBias),
      vocabulary: vocabulary, tiedEmbeddings: tied)
  }

  static let decoders = [
    Decoder(
      name: "vicuna-7b", model: decoder(width: 4096, feedForward: 11008, layers: 32, heads: 32, kvHeads: 32),
      parameters: 6_738_415_616,
      flops: [
        40: 519_181_434_880, 80: 1_039_778_447_360, 616: 8_177_644_994_560, 700: 9_323_570_790_400,
        2048: 28_725_003_419_648,
      ]),
    Decoder(
      name: "vicuna-13b", model: decoder(width: 5120, feedForward: 13824, layers: 40, heads: 40, kvHeads: 40),
      parameters: 13_015_864_320,
      flops: [
        40: 1_016_659_968_000, 80: 2_035_613_696_000, 616: 15_942_510_182_400, 700: 18_164_613_120_000,
        2048: 55_405_405_798_400,
      ]),
    Decoder(
      name: "llama-2-70b, grouped queries",
      model: decoder(width: 8192, feedForward: 28672, layers: 80, heads: 64, kvHeads: 8),
      parameters: 68_976_648_192,
      flops: [
        40: 5_480_801_894_400, 80: 10_969_468_108_800, 616: 85_326_928_281_600, 700: 97_116_487_680_000,
        2048: 291_371_105_648_640,
      ]),
    Decoder(
      name: "mistral-7b", model: decoder(width: 4096, feedForward: 14336, layers: 32, heads: 32, kvHeads: 8),
      parameters: 7_241_732_096,
      flops: [40: 559_446_753_280, 616: 8_797_730_897_920, 2048: 30_786_587_721_728]),
    Decoder(
      name: "qwen2-7b, biases",
      model: decoder(
        width: 3584, feedForward: 18944, layers: 28, heads: 28, kvHeads: 4, vocabulary: 152_064, qkvBias: true),
      parameters: 7_615_616_512,
      flops: [40: 523_755_323_392, 616: 8_192_562_036_736, 2048: 28_412_298_657_792]),
  ]

  @Test(arguments: decoders) func parametersEqualThoseOfTransformers(_ decoder: Decoder) {
    #expect(decoder.model.parameters.count == decoder.parameters)
  }

  @Test(arguments: decoders, Accounting.Kernels.allCases) func flopsEqualTorchs(
    _ decoder: Decoder, kernels: Accounting.Kernels
  ) throws {
    for (tokens, flops) in decoder.flops {
      // Whether tokens are visual or text makes no difference to a language model.
      let workload = try Workload(visualTokens: tokens / 3, textTokens: tokens - tokens / 3)
      let operators = decoder.model.operators(workload.prefill(of: decoder.model), kernels: kernels)
      #expect(total(operators) == flops)
    }
  }

  @Test func flopsGrowWithTheBatch() throws {
    let model = Self.decoders[0].model
    let workload = try Workload(visualTokens: 576, textTokens: 40, batch: 3)
    let three = model.operators(workload.prefill(of: model), kernels: .fused)
    // Sequences do not attend to each other: three cost three times one.
    #expect(total(three) == 3 * 8_177_644_994_560)
  }

  static let clip = VisionEncoder(
    imageSize: 336, patchSize: 14, layers: 24,
    block: .encoder(width: 1024, heads: 16, headWidth: 64, feedForward: 4096, activation: .quickGELU))

  @Test(arguments: Accounting.Kernels.allCases) func clipTowerEqualsTorch(_ kernels: Accounting.Kernels) {
    #expect(Self.clip.parameters.count == 303_507_456)
    #expect(total(Self.clip.forward(images: 1, layersUsed: 24, kernels: kernels)) == 381_918_216_192)
    // 23 layers: less one layer of 8 n w^2 + 4 n w f + 4 n^2 w FLOPs with n = 577, w = 1024, f = 4096, which is
    // 4,840,226,816 + 9,680,453,632 + 1,363,677,184 = 15,884,357,632.
    #expect(total(Self.clip.forward(images: 1, layersUsed: 23, kernels: kernels)) == 366_033_858_560)

    var small = Self.clip
    small.imageSize = 224
    #expect(small.parameters.count == 303_179_776)
    #expect(total(small.forward(images: 1, layersUsed: 24, kernels: kernels)) == 162_023_964_672)
  }

  @Test(arguments: [(4096, 20_979_712.0, 24_159_191_040.0), (5120, 31_467_520.0, 36_238_786_560.0)])
  func connectorEqualsTorch(width: Int, parameters: Double, flops: Double) {
    let connector = Connector(widths: [1024, width, width], activation: .gelu)
    #expect(connector.parameters.count == parameters)
    #expect(total(connector.operators(tokens: 576)) == flops)
  }

  private func total(_ operators: [Operator]) -> Double {
    operators.reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) }
  }
}
