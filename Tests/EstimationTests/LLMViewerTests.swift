import Architectures
import Catalog
import Estimation
import Foundation
import Hardware
import Operators
import Quantities
import Testing

/// Every operator and total against LLM-Viewer's own output, Fixtures/llm_viewer_prefill.csv, which
/// Fixtures/make_llm_viewer_prefill.py wrote by running github.com/hahnyuan/LLM-Viewer at fd08fe3.
@Suite struct LLMViewerTests {
  /// One line of the fixture.
  struct Line {
    var run: Run
    var `operator`: String
    var bound: String
    /// Figures in the order of the fixture's columns.
    var figures: [Double]
  }

  /// One prefill of the fixture.
  struct Run: Hashable, Sendable, CustomTestStringConvertible {
    var model: String
    var hardware: String
    var tokens: Int
    var batch: Int
    var precision: String
    var testDescription: String { "\(model) on \(hardware), \(tokens) tokens, batch \(batch), \(precision)" }
  }

  static let lines: [Line] = {
    guard
      let url = Bundle.module.url(forResource: "llm_viewer_prefill", withExtension: "csv", subdirectory: "Fixtures"),
      let text = try? String(contentsOf: url, encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 14, let tokens = Int(cells[2]), let batch = Int(cells[3]) else { return nil }
      let run = Run(model: cells[0], hardware: cells[1], tokens: tokens, batch: batch, precision: cells[4])
      return Line(run: run, operator: cells[5], bound: cells[13], figures: cells[6..<13].compactMap(Double.init))
    }
  }()

  static let runs = Set(lines.map(\.run)).sorted { $0.testDescription < $1.testDescription }

  private func model(_ name: String) throws -> MultimodalModel {
    // The fixture's own: 64 heads that share 8 heads of keys and values.
    if name == "llama-2-70b" {
      let block = TransformerBlock.decoder(width: 8192, heads: 64, kvHeads: 8, headWidth: 128, feedForward: 28672)
      return MultimodalModel(
        name: name, title: name, language: LanguageModel(layers: 80, block: block, vocabulary: 32000))
    }
    return try Catalog.standard.model(name)
  }

  private func figures(_ flops: FLOPs, _ traffic: Traffic, _ seconds: Seconds) -> [Double] {
    [
      flops.value, traffic.weights.value, traffic.activationsRead.value, traffic.activationsWritten.value,
      traffic.cacheRead.value, traffic.cacheWritten.value, seconds.value,
    ]
  }

  @Test func fixtureIsThere() {
    #expect(Self.runs.count == 23)
    #expect(Self.lines.count == 23 * 17)
  }

  @Test(arguments: runs) func everyOperatorAgrees(_ run: Run) throws {
    let accounting = Accounting.llmViewer
    let precision = try #require(accounting.precision(run.precision))
    let estimate = try Estimate(
      model(run.model), on: Catalog.standard.hardware(run.hardware), precision: precision,
      visualInput: .tokens(run.tokens), textTokens: 0, batch: run.batch, accounting: accounting)
    let stage = try #require(estimate.mainStage)
    var ours: [String: (figures: [Double], bound: String)] = [:]
    for entry in stage.operators {
      let work = entry.cost.flops + entry.cost.vectorFLOPs
      ours[entry.operation.name.description] = (
        figures(work, entry.cost.traffic, entry.time.longest), entry.time.bound.rawValue
      )
    }
    ours["total"] = (figures(stage.flops + stage.vectorFLOPs, stage.traffic, stage.seconds), "")

    let theirs = Self.lines.filter { $0.run == run }
    #expect(Set(ours.keys) == Set(theirs.map(\.operator)))
    for line in theirs {
      let entry = try #require(ours[line.operator])
      #expect(entry.bound == line.bound, "\(line.operator)")
      for (mine, expected) in zip(entry.figures, line.figures) {
        #expect(abs(mine - expected) <= 1e-12 * abs(expected), "\(line.operator): \(mine), expected \(expected)")
      }
    }
  }

  @Test(arguments: [
    // Bits of weights, activations and cache; INT8 units only if none has more than 8.
    ("w4a4kv4", 4.0, 4.0, 4.0, NumberFormat.int8), ("int4", 4, 4, 4, .int8), ("int8", 8, 8, 8, .int8),
    ("fp16", 16, 16, 16, .fp16), ("w4a16kv16", 4, 16, 16, .fp16), ("w1a2kv16", 1, 2, 16, .fp16),
  ])
  func precisionNamesGiveBits(
    name: String, weights: Double, activations: Double, cache: Double, format: NumberFormat
  ) throws {
    let precision = try #require(Accounting.llmViewer.precision(name))
    #expect(precision.weightBits == weights)
    #expect(precision.activationBits == activations)
    #expect(precision.cacheBits == cache)
    #expect(precision.productFormat == format)
  }

  @Test(arguments: [
    "w3a4kv4", "w4a4", "a4w4kv4", "w04a4kv4", "w4a4kv4x", "kv", "", "bf16", "w99999999999999999999a4kv4",
  ])
  func otherNamesAreNone(_ name: String) {
    #expect(Accounting.llmViewer.precision(name) == nil)
  }
}
