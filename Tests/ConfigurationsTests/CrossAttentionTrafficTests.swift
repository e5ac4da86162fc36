import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Quantities
import Testing

/// Traffic of every kind of gated cross-attention and its perceiver, with two sequences of two images each, against
/// sums by hand: Fixtures/make_cross_attention_traffic.py writes Fixtures/cross_attention_traffic.csv.
@Suite struct CrossAttentionTrafficTests {
  private static let config = #"""
    {"architectures": ["IdeficsForVisionText2Text"], "vocab_size": 7, "hidden_size": 8, "intermediate_size": 10,
     "num_hidden_layers": 4, "num_attention_heads": 2, "cross_layer_interval": 2, "qk_layer_norms": true,
     "alpha_type": "vector", "use_resampler": true,
     "perceiver_config": {"resampler_n_latents": 3, "resampler_depth": 2, "resampler_n_heads": 2,
       "resampler_head_dim": 5, "qk_layer_norms_perceiver": true},
     "vision_config": {"embed_dim": 6, "image_size": 42, "patch_size": 14, "intermediate_size": 9,
       "num_hidden_layers": 1, "num_attention_heads": 1}}
    """#

  /// A line of the table.
  struct Count: Sendable, CustomTestStringConvertible {
    var kernels: Accounting.Kernels
    var precision: Precision
    var part: String
    var quantity: String
    var count: Double
    var testDescription: String { "\(kernels.rawValue) \(precision.name) \(part) \(quantity)" }
  }

  static let counts: [Count] = {
    let path = ConfigTests.folder.appending(path: "cross_attention_traffic.csv")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",").map(String.init)
      guard cells.count == 5, let kernels = Accounting.Kernels(rawValue: cells[0]), let count = Double(cells[4]),
        let precision = Precision.all.first(where: { $0.name == cells[1] })
      else { return nil }
      return Count(kernels: kernels, precision: precision, part: cells[2], quantity: cells[3], count: count)
    }
  }()

  /// The operators of a part, each with the precision of its stage.
  private func costs(_ expected: Count) throws -> [(cost: Cost, repeats: Double)] {
    let model = try MultimodalModel(config: JSON.parse(Array(Self.config.utf8), file: "config.json"), name: "test")
    let workload = try Workload(visualTokens: 6, textTokens: 5, batch: 2, images: 2)
    let stages = try Accounting.exact(kernels: expected.kernels).stages(model, workload)
    return stages.flatMap { stage in
      stage.operators.filter { $0.name.hasPrefix("\(expected.part).") }.map {
        ($0.cost(at: expected.part == "cross" ? expected.precision : .fp16), Double($0.repeatCount))
      }
    }
  }

  @Test func theTableIsRead() { #expect(Self.counts.count == 84) }

  @Test(arguments: counts) func trafficIsWhatTheStepsMove(_ expected: Count) throws {
    let total = try costs(expected).reduce(0.0) { sum, operation in
      let traffic = operation.cost.traffic
      let one =
        switch expected.quantity {
        case "weights": traffic.weights.value
        case "activationsRead": traffic.activationsRead.value
        case "activationsWritten": traffic.activationsWritten.value
        case "cacheRead": traffic.cacheRead.value
        case "cacheWritten": traffic.cacheWritten.value
        case "flops": operation.cost.flops.value
        case "vectorFLOPs": operation.cost.vectorFLOPs.value
        default: Double.nan
        }
      return sum + one * operation.repeats
    }
    #expect(abs(total - expected.count) < 1e-6)
  }
}
