import Foundation
import Reduction
import Tensors
import Testing

/// Features and outputs of released code: see `make_reducer_fixtures.py`, which names these commits.
///
/// facebookresearch/ToMe af95e4b, youweiliang/evit 5ca95a7, adaptivetokensampling/ATS 9271257, sdc17/CrossGET dc32975,
/// dvlab-research/VisionZip 3151f6d, Theia-4869/FasterVLM f5d5f12, Theia-4869/VisPruner aefa01a, vbdi/divprune 799e2d9; pooling is torch's avg_pool2d.
struct ReleasedReducersTests {
  static let specifications = [
    "tome:r=5", "tome:r=40", "evit:keep=0.62", "evit:keep=0.1", "ats:64", "ats:79", "crossget:r=7", "crossget:r=60",
    "visionzip:12+5", "visionzip:1+10", "fastervlm:9", "vispruner:16", "vispruner:20,important=0.2",
    "vispruner:6,important=1.0", "vispruner:10,important=0.0", "divprune:0.25", "divprune:0.07", "pool:2", "pool:3",
  ]

  private func path(_ scene: Int) throws -> String {
    let url = Bundle.module.url(
      forResource: "reducers_\(scene)", withExtension: "safetensors", subdirectory: "Fixtures")
    return try #require(url?.path)
  }

  @Test(arguments: specifications, 0..<2)
  func agreesWithReleasedCode(specification: String, scene: Int) throws {
    let features = try VisualFeatures(contentsOf: path(scene))
    let file = try SafetensorsFile(path: path(scene))
    let reduced = try Reducers.named(specification).reduce(features)
    if file.names.contains("\(specification).kept") {
      var kept = reduced.kept
      // The released code of VisionZip does not say which patches the contextual tokens are.
      if specification.hasPrefix("visionzip") {
        let dominant = try file.integers(named: "\(specification).kept").elements.count
        kept = [Int](kept.prefix(dominant))
      }
      #expect(kept == (try file.integers(named: "\(specification).kept").elements.map { Int($0) }))
    }
    if file.names.contains("\(specification).tokens") {
      let tensor = try file.tensor(named: "\(specification).tokens")
      let expected = try #require(Matrix(columns: tensor.shape[1], elements: tensor.elements))
      #expect(difference(reduced.tokens, expected) < 1e-4)
    } else {
      let rows = reduced.kept.flatMap { features.tokens.row($0 + 1) }
      #expect(reduced.tokens.elements == rows)
    }
  }

  /// Where every patch went: the tokens are the (weighted) means of what is assigned to them.
  @Test(arguments: ["tome:r=5", "tome:r=40", "pool:2", "pool:3"])
  func assignmentsExplainTheMeans(specification: String) throws {
    let features = try VisualFeatures(contentsOf: path(0))
    let reduced = try Reducers.named(specification).reduce(features)
    let assignment = try #require(reduced.assignment)
    #expect(assignment.count == 64)
    for token in 0..<reduced.count {
      let patches = assignment.indices.filter { assignment[$0] == token }
      for column in 0..<features.width {
        let mean = patches.reduce(0) { $0 + features.tokens.row($1 + 1).map { $0 }[column] } / Float(patches.count)
        #expect(abs(reduced.tokens.row(token).map { $0 }[column] - mean) < 1e-5)
      }
    }
  }
}
