import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Quantities
import Testing

/// Configurations as they lie on the hub against transformers, torch and image processors: every count stands in
/// Fixtures/models_2026.csv, which Fixtures/make_models_2026.py writes and says the sources of.
@Suite("Models of 2025 and 2026") struct ModelsOf2026Tests {
  /// A line of models_2026.csv.
  struct Count: Sendable, CustomTestStringConvertible {
    var config: String
    var what: String
    /// A number of tokens, or an image size.
    var of: String
    var count: Double
    var testDescription: String { "\(config) \(what) \(of)" }
  }

  static let counts: [Count] = {
    let path = ConfigTests.folder.appending(path: "models_2026.csv")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 4, let count = Double(cells[3]) else { return nil }
      return Count(config: cells[0], what: cells[1], of: cells[2], count: count)
    }
  }()

  static func model(_ name: String) throws -> MultimodalModel {
    let path = ConfigTests.folder.appending(path: "models_2026/\(name).json").path
    return try MultimodalModel(
      config: JSON.parse(Files.read(path, limit: 1 << 24), file: path, asPython: true), name: name)
  }

  static func counts(_ what: String) -> [Count] { counts.filter { $0.what == what } }

  @Test func everyConfigurationIsCounted() throws {
    let names = try Files.names(in: ConfigTests.folder.appending(path: "models_2026").path, suffixes: [".json"])
    #expect(names.count > 90)
    #expect(Self.counts.count > 250)
  }

  @Test("parameters equal those of transformers", arguments: counts("parameters"))
  func parameters(_ expected: Count) throws {
    #expect(try Self.model(expected.config).parameterCount == expected.count)
  }

  @Test("FLOPs of text equal torch's", arguments: counts("text_flops"))
  func textFLOPs(_ expected: Count) throws {
    let language = try #require(try Self.model(expected.config).language)
    let workload = try Workload(visualTokens: 0, textTokens: #require(Int(expected.of)))
    #expect(total(language.operators(workload.prefill(of: language), kernels: .eager)) == expected.count)
  }

  @Test("images make as many tokens as the model's own processor makes", arguments: counts("visual_tokens"))
  func visualTokens(_ expected: Count) throws {
    var model = try Self.model(expected.config)
    if expected.of != "any" { model = try model.reading(images: #require(ImageSize(expected.of))) }
    #expect(model.tokensPerImage == Int(expected.count))
  }

  @Test("FLOPs of towers and connectors equal torch's", arguments: counts.filter { $0.what.hasSuffix("r_flops") })
  func visionFLOPs(_ expected: Count) throws {
    let model = try Self.model(expected.config)
    var vision = try #require(model.vision)
    // The size is that of the patches: no processor scales it.
    if let size = ImageSize(expected.of) {
      let patch = vision.encoder.patchSize
      vision.encoder.grid = PatchGrid(rows: size.height / patch, columns: size.width / patch)
    }
    var flops = 0.0
    if expected.what.hasPrefix("tower") {
      // Transformers runs the layers behind the one that is read, too.
      flops += total(vision.encoder.forward(images: 1, layersUsed: vision.encoder.layers, kernels: .eager))
    }
    if expected.what.contains("connector"), let connector = model.connector {
      flops += total(connector.operators(tokens: vision.tokensPerTile / connector.merged))
    }
    #expect(flops == expected.count)
  }

  private func total(_ operators: [Operator]) -> Double {
    operators.reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) }
  }
}
