import Architectures
import Encoding
import Foundation
import Reduction
import ReductionMethods
import Tensors
import Testing

/// What the released code of ToMe, EViT and ATS makes of the tower `deep`; see `Fixtures/make_reduced.py`, which names
/// repositories and commits.
@Suite("Reducers inside a tower")
struct InEncoderTests {
  private func run(_ specification: String) throws -> (EncoderReduction, EncoderPlan) {
    let reducer = try #require(Reducers.method(specification) as? any InEncoderReducer)
    let tower = try VisionTower(folder: Towers.folder("deep"))
    let pixels = try Towers.file("deep").pixels(for: tower.description)
    let found = try TowerRunner(tower, threads: 2).reduce(
      pixels.tiles[0], name: "pixels", by: reducer)
    return (found, try reducer.plan(for: tower.encoder, layersUsed: 11))
  }

  private func expected() throws -> SafetensorsFile {
    try SafetensorsFile(path: Towers.folder("reduced.safetensors"))
  }

  /// The tokens that leave each of 11 layers.
  private func leaving(_ schedule: TokenSchedule) -> [Int32] {
    schedule.runs(layers: 11).flatMap { [Int32](repeating: Int32($0.leaving), count: $0.layers) }
  }

  /// To 1e-4 of the tokens' deviation; ATS's softmax, as released, adds 1e-6 to its sums.
  @Test(arguments: [
    "tome:r=1", "tome:r=2", "tome:r=1,inflection=-1.0", "evit:keep=0.62", "evit:keep=0.3", "ats:16+16+16",
  ])
  func doWhatTheReleasedCodeDoes(specification: String) throws {
    let (found, plan) = try run(specification)
    let all = try expected().matrix(specification)
    let tokens = try #require(Matrix(columns: 16, elements: [Float](all.elements.dropFirst(16))))
    #expect(error(found.result.tokens, tokens) < 1e-4)
    let counts = try expected().integers(named: "\(specification).counts").elements
    #expect(leaving(found.schedule) == counts)
    // What ATS samples depends on the image; its plan has the most.
    if specification.hasPrefix("ats") {
      #expect(zip(counts, leaving(plan.tokens)).allSatisfy { $0 <= $1 })
    } else {
      #expect(leaving(plan.tokens) == counts)
    }
  }

  @Test("say which token every patch went into")
  func assignment() throws {
    for specification in ["tome:r=2", "evit:keep=0.3", "ats:7"] {
      let (found, _) = try run(specification)
      let assignment = try #require(found.result.assignment)
      #expect(assignment.count == 16)
      #expect(assignment.allSatisfy { $0 < found.result.count })
      // A patch that a token continues is in that token.
      for (token, patch) in found.result.kept.enumerated() where patch >= 0 { #expect(assignment[patch] == token) }
      // ATS drops what the others merge.
      #expect(assignment.contains(-1) == specification.hasPrefix("ats"))
    }
  }

  @Test("leave the tower as it is where they remove nothing")
  func nothing() throws {
    let image = try Towers.encode("deep")
    for specification in ["tome:r=0", "evit:keep=1"] {
      let (found, _) = try run(specification)
      #expect(found.result.tokens.elements == [Float](image.tokens.elements.dropFirst(16)))
      #expect(found.schedule == TokenSchedule(17))
      #expect(found.result.kept == [Int](0..<16))
    }
  }
}
