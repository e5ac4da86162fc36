import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Quantities
import Testing

/// Hugging Face configurations against transformers and torch: every count stands in Fixtures/counts.csv, which
/// Fixtures/make_counts.py writes, as it does the configurations.
@Suite struct ConfigTests {
  /// A line of counts.csv.
  struct Count: Sendable, CustomTestStringConvertible {
    var config: String
    var what: String
    var tokens: Int
    var count: Double
    var testDescription: String { "\(config) \(what) \(tokens)" }
  }

  static let counts: [Count] = {
    guard let text = try? String(contentsOf: folder.appending(path: "counts.csv"), encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",").map(String.init)
      guard cells.count == 4, let tokens = Int(cells[2]), let count = Double(cells[3]) else { return nil }
      return Count(config: cells[0], what: cells[1], tokens: tokens, count: count)
    }
  }()

  static let folder = Bundle.module.bundleURL.appending(path: "Fixtures")

  static func model(_ name: String) throws -> MultimodalModel {
    let path = folder.appending(path: "configs/\(name).json").path
    return try MultimodalModel(config: JSON.parse(Files.read(path, limit: 1 << 20), file: path), name: name)
  }

  @Test func everyConfigurationIsCounted() throws {
    let names = try Files.names(in: Self.folder.appending(path: "configs").path, suffixes: [".json"])
    #expect(names.count > 40)
    #expect(Set(names) == Set(Self.counts.map { "\($0.config).json" }))
  }

  @Test(arguments: counts.filter { !$0.what.contains(" ") })
  func countsEqualThoseOfTransformersAndTorch(_ expected: Count) throws {
    let model = try Self.model(expected.config)
    switch expected.what {
    case "parameters": #expect(model.parameterCount == expected.count)
    case "flops":
      let language = try #require(model.language)
      let workload = try Workload(visualTokens: 0, textTokens: expected.tokens)
      #expect(total(language.operators(workload.prefill(of: language), kernels: .eager)) == expected.count)
      // Torch computes the full square under a sliding window too; fused kernels only what lies within.
      let isWindowed = language.stack.runs.contains { ($0.block.window ?? .max) < expected.tokens }
      let fused = total(language.operators(workload.prefill(of: language), kernels: .fused))
      #expect(isWindowed ? fused < expected.count : fused == expected.count)
    case "image_flops":
      let vision = try #require(model.vision)
      for kernels in Accounting.Kernels.allCases {
        #expect(
          total(vision.encoder.forward(images: 1, layersUsed: vision.layersUsed, kernels: kernels)) == expected.count)
      }
    case "connector_flops":
      #expect(model.vision?.tokensPerTile == expected.tokens)
      #expect(total(try #require(model.connector).operators(tokens: expected.tokens)) == expected.count)
    case "total_flops", "total_flops_of_two_images":
      let images = expected.what == "total_flops" ? 1 : 2
      let tokens = try #require(model.tokensPerImage)
      let workload = try Workload(visualTokens: images * tokens, textTokens: expected.tokens, images: images)
      for kernels in Accounting.Kernels.allCases {
        let stages = try Accounting.exact(kernels: kernels).stages(model, workload)
        #expect(total(stages.flatMap(\.operators)) == expected.count)
      }
    default: Issue.record("unknown quantity \(expected.what)")
    }
  }

  @Test(arguments: counts.filter { $0.what.contains(" ") })
  func imagesOfAnySize(_ expected: Count) throws {
    let words = expected.what.split(separator: " ")
    // Counted with the limits of transformers' image processor, not with those of the published file.
    let limits = Array(#"{"min_pixels": 3136, "max_pixels": 1003520}"#.utf8)
    let path = Self.folder.appending(path: "configs/\(expected.config).json").path
    let model = try MultimodalModel(
      config: JSON.parse(Files.read(path, limit: 1 << 20), file: path), name: expected.config,
      processor: JSON.parse(limits, file: "preprocessor_config.json")
    ).reading(images: #require(ImageSize(String(words[1]))))
    let vision = try #require(model.vision)
    if words[0] == "image_tokens" {
      #expect(model.tokensPerImage == Int(expected.count))
      #expect(vision.tiles == expected.tokens)
    } else {
      let connector = try #require(model.connector).operators(tokens: vision.tokensPerImage)
      for kernels in Accounting.Kernels.allCases {
        let tower = vision.encoder.forward(images: 1, layersUsed: vision.layersUsed, kernels: kernels)
        #expect(total(tower) + total(connector) == expected.count)
      }
    }
  }

  private func total(_ operators: [Operator]) -> Double {
    operators.reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) }
  }
}
