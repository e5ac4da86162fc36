import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Quantities
import Testing

/// Multimodal families in odd sizes over pictures in odd sizes, against transformers and torch: every count stands in
/// Fixtures/picture_counts.csv, which Fixtures/make_picture_counts.py writes, as it does the configurations.
@Suite("Multimodal families in odd sizes") struct PictureFamilyTests {
  struct Count: Sendable, CustomTestStringConvertible {
    var config: String
    var what: String
    var size: String
    var count: Double
    var testDescription: String { "\(config) \(what) \(size)" }
  }

  static let counts: [Count] = {
    let path = ConfigTests.folder.appending(path: "picture_counts.csv")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 4, let count = Double(cells[3]) else { return nil }
      return Count(config: cells[0], what: cells[1], size: cells[2], count: count)
    }
  }()

  private func model(_ name: String) throws -> MultimodalModel {
    let folder = ConfigTests.folder.appending(path: "pictures/\(name)")
    func read(_ file: String) throws -> Node {
      let path = folder.appending(path: file).path
      return try JSON.parse(Files.read(path, limit: 1 << 20), file: path)
    }
    return try MultimodalModel(config: read("config.json"), name: name, processor: read("preprocessor_config.json"))
  }

  @Test func everyFamilyIsCounted() { #expect(Self.counts.count >= 22) }

  @Test("parameters equal those of transformers", arguments: counts.filter { $0.what == "parameters" })
  func parameters(_ expected: Count) throws {
    #expect(try model(expected.config).parameterCount == expected.count)
  }

  @Test("tokens equal those of the model's own processor", arguments: counts.filter { $0.what == "tokens" })
  func tokens(_ expected: Count) throws {
    let size = try #require(ImageSize(expected.size))
    #expect(try model(expected.config).reading(images: size).tokensPerImage == Int(expected.count))
  }

  @Test("FLOPs of tower and connector equal torch's", arguments: counts.filter { $0.what == "flops" })
  func flops(_ expected: Count) throws {
    let model = try model(expected.config).reading(images: #require(ImageSize(expected.size)))
    let workload = try Workload(visualTokens: #require(model.tokensPerImage), textTokens: 1)
    let stages = try Accounting.exact(kernels: .eager).stages(model, workload)
    let before = stages.filter { $0.stage == .vision || $0.stage == .connector }.flatMap(\.operators)
    #expect(before.reduce(0) { $0 + $1.flops.value * Double($1.repeatCount) } == expected.count)
  }
}
