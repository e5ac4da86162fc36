import Architectures
import Configurations
import Documents
import Operators
import Quantities
import Testing

/// Towers and connectors that transformers does not have, against their released code: every figure was printed by
/// Fixtures/make_released_counts.py.
@Suite struct ReleasedConnectorTests {
  private func model(vision: String, connector: String, width: Int) throws -> MultimodalModel {
    let file = """
      name: test
      title: Test
      vision: {\(vision)}
      connector: {\(connector)}
      language: {layers: 1, width: \(width), heads: 1, feed_forward: 9, vocabulary: 9, activation: silu}
      sources: {vision: none, connector: none, language: none}
      """
    return try MultimodalModel(file: YAML.parse(Array(file.utf8), file: "test.yaml")) {
      (name, node) throws(Diagnostic) in
      throw node.error(name)
    }
  }

  private func work(_ model: MultimodalModel, _ stage: Stage, _ kernels: Accounting.Kernels) throws -> Double {
    let tokens = try #require(model.tokensPerImage)
    let stages = try Accounting.exact(kernels: kernels).stages(model, Workload(visualTokens: tokens, textTokens: 1))
    let operators = try #require(stages.first { $0.stage == stage }).operators
    return operators.reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) }
  }

  /// A projector of MobileVLM and what torch counts of it: parameters, FLOPs, tokens.
  struct Projector: Sendable {
    var kind: String
    var width: Int
    var grid: Int
    var parameters: Double
    var flops: Double
    var tokens: Int
  }

  static let projectors = [
    Projector(kind: "ldp", width: 2048, grid: 24, parameters: 18_936_832, flops: 13_322_485_760, tokens: 144),
    Projector(kind: "ldp", width: 2560, grid: 24, parameters: 28_913_920, flops: 20_053_114_880, tokens: 144),
    Projector(kind: "ldp", width: 200, grid: 9, parameters: 369_296, flops: 48_596_000, tokens: 25),
    Projector(kind: "ldp_v2", width: 2048, grid: 24, parameters: 6_316_032, flops: 7_253_065_728, tokens: 144),
    Projector(kind: "ldp_v2", width: 2560, grid: 24, parameters: 9_205_760, flops: 10_576_281_600, tokens: 144),
    Projector(kind: "ldp_v2", width: 200, grid: 9, parameters: 247_200, flops: 40_176_000, tokens: 144),
  ]

  @Test(arguments: projectors) func projectorsOfMobileVLM(_ projector: Projector) throws {
    let model = try model(
      vision: "image_size: \(14 * projector.grid), patch_size: 14, channels: 3, layers: 1, width: 1024, heads: 16, "
        + "feed_forward: 4096, activation: quick_gelu",
      connector: "widths: [1024, \(projector.width), \(projector.width)], activation: gelu, "
        + "downsampler: \(projector.kind)",
      width: projector.width)
    #expect(try #require(model.connector).parameters.count == projector.parameters)
    #expect(model.tokensPerImage == projector.tokens)
    for kernels in Accounting.Kernels.allCases { #expect(try work(model, .connector, kernels) == projector.flops) }
    #expect(model.reductionObstacle?.contains("convolves the whole grid of patches") == true)
  }

  /// Sizes of Qwen-VL and of a small tower of its code: what torch counts of the whole, and of the resampler's
  /// parameters with the norm and the matrix after it.
  @Test(arguments: [
    (448, 48, 1664, 16, 8192, 4096, 32, 256, 1_935_610_624.0, 92_839_936.0, 4_218_587_971_584.0),
    (112, 2, 96, 3, 192, 256, 2, 16, 593_792, 363_008, 56_508_416),
  ])
  func towerAndResamplerOfQwenVL(
    image: Int, layers: Int, width: Int, heads: Int, inner: Int, output: Int, queryHeads: Int, queries: Int,
    all: Double, resampler: Double, flops: Double
  ) throws {
    let model = try model(
      vision: "image_size: \(image), patch_size: 14, channels: 3, layers: \(layers), width: \(width), "
        + "heads: \(heads), feed_forward: \(inner), activation: gelu, class_token: false, post_norm: false, "
        + "positions: 256",
      connector: "resampler: {queries: \(queries), width: \(output), heads: \(queryHeads)}, "
        + "widths: [\(output), \(output)], bias: false",
      width: output)
    let connector = try #require(model.connector)
    #expect(connector.parameters.count == resampler)
    #expect(try #require(model.vision).parameters.count + connector.parameters.count == all)
    for kernels in Accounting.Kernels.allCases {
      // The last product, by `proj`, is torch's mm of a parameter and counted like any other.
      #expect(try work(model, .vision, kernels) + work(model, .connector, kernels) == flops)
    }
    #expect(model.tokensPerImage == queries)
    #expect(model.reductionObstacle?.contains("resampler makes \(queries) tokens of however many") == true)
  }

  /// The connector of LLaMA-Adapter V2 7B over 257 tokens of CLIP, and a small one of its code over 10 of another tower.
  @Test(arguments: [
    (224, 14, 1024, 16, 10, 8, 768, 16, 4096, 61_247_232.0, 32_759_046_144.0),
    (42, 14, 20, 4, 3, 2, 24, 4, 40, 16_728, 418_752),
  ])
  func queryEncoderOfLLaMAAdapter(
    image: Int, patch: Int, encoder: Int, encoderHeads: Int, queries: Int, layers: Int, width: Int, heads: Int,
    output: Int, parameters: Double, flops: Double
  ) throws {
    let model = try model(
      vision: "image_size: \(image), patch_size: \(patch), channels: 3, layers: 1, width: \(encoder), "
        + "heads: \(encoderHeads), feed_forward: 9, activation: quick_gelu, keep_class_token: true",
      connector: "entry: [{product: \(width), bias: false}, {product: \(width)}, {norm: layer}], "
        + "query_encoder: {queries: \(queries), layers: \(layers), width: \(width), heads: \(heads), "
        + "feed_forward: \(4 * width), activation: gelu}, "
        + "steps: [{product: \(output)}, {norm: layer}]",
      width: output)
    #expect(try #require(model.connector).parameters.count == parameters)
    #expect(model.tokensPerImage == queries)
    for kernels in Accounting.Kernels.allCases { #expect(try work(model, .connector, kernels) == flops) }
    #expect(model.reductionObstacle?.contains("query encoder makes \(queries) tokens of however many") == true)
  }

  @Test func eagerKernelsMoveTheScoresOfConnectors() throws {
    let model = try model(
      vision: "image_size: 28, patch_size: 14, channels: 3, layers: 1, width: 8, heads: 1, feed_forward: 9, "
        + "activation: gelu, class_token: false, post_norm: false, positions: 4",
      connector: "resampler: {queries: 3, width: 6, heads: 2}, widths: [6, 6], bias: false", width: 6)
    func operators(_ kernels: Accounting.Kernels) throws -> [Operator] {
      let stages = try Accounting.exact(kernels: kernels).stages(model, Workload(visualTokens: 3, textTokens: 1))
      return try #require(stages.first { $0.stage == .connector }).operators
    }
    // 3 queries x 4 keys x 2 heads: 24 scores, written by the product, read and written by scale and softmax, read by
    // the last product; queries of 3 x 6 elements and keys and values of 4 x 6 read, outputs of 3 x 6 written.
    let steps = try operators(.eager).filter {
      ["scores", "scale", "softmax", "values"].contains(String($0.name.description.split(separator: ".").last ?? ""))
    }
    #expect(steps.count == 4)
    let traffic = steps.reduce(Traffic.zero) { $0 + $1.cost(at: .fp16).traffic }
    #expect(traffic.activationsWritten == Bytes((3 * 24 + 18) * 2))
    #expect(traffic.activationsRead == Bytes((3 * 24 + 18 + 2 * 24) * 2))
    let core = try #require(try operators(.fused).first { $0.name == "resampler.core" }).cost(at: .fp16).traffic
    #expect(core.activationsRead == Bytes((18 + 2 * 24) * 2))
    #expect(core.activationsWritten == Bytes(18 * 2))
  }
}
