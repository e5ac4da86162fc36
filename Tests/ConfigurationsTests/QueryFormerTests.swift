import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Quantities
import Testing

/// The connector of BLIP-2 and its kin against transformers and torch: figures printed by Fixtures/make_counts.py.
@Suite struct QueryFormerTests {
  /// EVA, a query former that reads text or none, and a language model of Vicuna 7B's or 13B's shape.
  private func model(vocabulary: Int, text: Bool, width: Int, feedForward: Int, layers: Int) throws -> MultimodalModel {
    let file = """
      name: test
      title: Test
      vision: {image_size: 224, patch_size: 14, channels: 3, layers: 39, width: 1408, heads: 16, feed_forward: 6144,
        activation: gelu, pre_norm: false, patch_bias: true, norm_all_tokens: true, keep_class_token: true}
      connector:
        query_former: {queries: 32, layers: 12, width: 768, heads: 12, feed_forward: 3072,
          cross_attention_every: 2\(text ? ", vocabulary: 30523, positions: 512" : "")}
        widths: [768, \(width)]
        activation: gelu
      language: {layers: \(layers), width: \(width), heads: \(width / 128), feed_forward: \(feedForward),
        vocabulary: \(vocabulary), activation: silu}
      sources: {vision: none, connector: none, language: none}
      """
    return try MultimodalModel(file: YAML.parse(Array(file.utf8), file: "test.yaml")) {
      (name, node) throws(Diagnostic) in
      throw node.error(name)
    }
  }

  private func total(_ operators: [Operator]) -> Double {
    operators.reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) }
  }

  @Test(arguments: [(4096, 11008, 32, 7_913_210_624.0), (5120, 13824, 40, 14_191_448_832)])
  func instructBLIPHasTheParametersOfTransformers(width: Int, inner: Int, layers: Int, count: Double) throws {
    let model = try model(vocabulary: 32001, text: true, width: width, feedForward: inner, layers: layers)
    #expect(model.parameterCount == count)
  }

  @Test func towerEqualsTorch() throws {
    let vision = try #require(try model(vocabulary: 9, text: true, width: 4096, feedForward: 9, layers: 1).vision)
    #expect(vision.parameters.count == 985_952_256)
    for kernels in Accounting.Kernels.allCases {
      #expect(total(vision.encoder.forward(images: 1, layersUsed: 39, kernels: kernels)) == 520_719_260_160)
    }
  }

  @Test(arguments: [(true, 19_695_992_832.0, 185_660_160.0), (false, 12_747_866_112, 105_137_664)])
  func connectorEqualsTorch(text: Bool, flops: Double, parameters: Double) throws {
    let model = try model(vocabulary: 9, text: text, width: 4096, feedForward: 9, layers: 1)
    #expect(model.tokensPerImage == 32)
    let connector = try #require(model.connector)
    // Besides: 32 queries of 768, and a linear layer of 768 x 4096 with bias.
    #expect(connector.parameters.count == parameters + 24_576 + 769 * 4096)
    let workload = try Workload(visualTokens: 32, textTokens: 40)
    let stages = try Accounting.exact().stages(model, workload)
    let work = try #require(stages.first { $0.stage == .connector })
    #expect(total(work.operators) == flops + 2 * 32 * 768 * 4096)
  }

  @Test func embeddingReadsWordsAndPositionsAndWritesTheirSum() throws {
    let model = try model(vocabulary: 9, text: true, width: 4096, feedForward: 9, layers: 1)
    let stages = try Accounting.exact().stages(model, Workload(visualTokens: 32, textTokens: 40))
    let all = stages.flatMap(\.operators)
    let embedding = try #require(all.first { $0.name == "former.embedding" })
    // 40 words and 40 positions and 32 queries of width 768 read, 72 rows written; a sum for each of the 40 rows.
    let traffic = embedding.cost(at: .fp16).traffic
    #expect(traffic.weights == Bytes((40 + 40 + 32) * 768 * 2))
    #expect(traffic.activationsWritten == Bytes(72 * 768 * 2))
    #expect(embedding.vectorFLOPs == FLOPs(40 * 768))
  }

  @Test func fewerTokensBeforeItChangeNothingBehindIt() throws {
    let model = try model(vocabulary: 9, text: false, width: 4096, feedForward: 9, layers: 1)
    #expect(model.reductionObstacle?.contains("Q-Former makes 32 tokens of however many it reads") == true)
  }
}
