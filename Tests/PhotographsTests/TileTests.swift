import Architectures
import Documents
import Encoding
import Foundation
import Photographs
import Reduction
import Tensors
import Testing

/// Pictures that pass the tower in several tiles; `Fixtures/make_tiles.py` says what transformers makes of them.
@Suite("A picture in tiles")
struct TileTests {
  static let models = ["llava_next", "llava_onevision", "internvl"]
  static let pictures = ["large.png", "tall.png", "rgb8.png", "rgb-420.jpg"]

  private func folder(_ model: String) throws -> String {
    let fixtures = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return fixtures.appendingPathComponent(model).path
  }

  private func photograph(_ picture: String, _ model: String) throws -> Photograph {
    try Photograph(Fixtures.picture(picture), for: ImageRunner(ImageEncoder(folder(model)), threads: 2))
  }

  private func expected(_ model: String, _ name: String) throws -> Tensor<Float> {
    try SafetensorsFile(path: "\(folder(model))/expected.safetensors").tensor(named: name)
  }

  /// The largest difference, relative to the standard deviation of what is expected.
  private func difference(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    let mean = expected.reduce(0, +) / Float(expected.count)
    let variance = expected.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(expected.count)
    return zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / variance.squareRoot()
  }

  @Test(
    "is cut as transformers' processor cuts it, and enters the language model as transformers has it", arguments: models
  )
  func asTransformers(model: String) throws {
    for picture in Self.pictures {
      let photograph = try photograph(picture, model)
      let pixels = try photograph.pixels()
      let wanted = try expected(model, "\(picture)/pixel_values")
      #expect([pixels.tiles.count] + pixels.tiles[0].values.shape == wanted.shape, "\(picture)")
      // Half precision of numbers up to 2.7 is what the file has.
      let largest =
        zip(pixels.tiles.flatMap(\.values.elements), wanted.elements).map { abs($0 - $1) }.max() ?? .infinity
      #expect(largest < 2e-3, "\(picture)")
      let run = try photograph.timedEncoding().picture
      let last = run.tiles.flatMap { $0.states?.last.elements ?? [] }
      #expect(try difference(last, expected(model, "\(picture)/last").elements) < 1e-3, "\(picture)")
      let merged = try #require(run.merged)
      #expect(try difference(merged.elements, expected(model, "\(picture)/merged").elements) < 1e-3, "\(picture)")
    }
  }

  @Test("has a file from which the tower runs again", arguments: models)
  func again(model: String) throws {
    let encoder = try ImageEncoder(folder(model))
    let photograph = try photograph("tall.png", model)
    let run = try photograph.timedEncoding()
    let path = NSTemporaryDirectory() + "roofline-tiles-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try run.picture.write(to: path, pixels: run.pixels)
    let file = try SafetensorsFile(path: path)
    let again = try TimedEncoding(
      TowerRunner(encoder.tower, threads: 1), pixels: file.pixels(for: encoder.tower.description), name: path)
    #expect(again.picture.merged?.rows == run.picture.merged?.rows)
    #expect(try difference(#require(again.picture.merged).elements, #require(run.picture.merged).elements) < 1e-5)
    #expect(try file.tensor(named: "last").shape.first == run.pixels.tiles.count)
    // What reducers read is of one tile.
    let text = diagnostic { _ = try VisualFeatures(contentsOf: path) }
    #expect(text.contains("of \(run.pixels.tiles.count) tiles"))
  }

  @Test("is reduced tile by tile")
  func reduced() throws {
    for (model, patches) in [("llava_next", 16), ("internvl", 4)] {
      let photograph = try photograph("large.png", model)
      let tiles = try photograph.features()
      let kept = patches / 2
      let result = try photograph.reduced(by: Reducers.named("fastervlm:\(kept)"))
      #expect(result.count == tiles.count * kept)
      var wanted: [Int] = []
      for (tile, features) in tiles.enumerated() {
        wanted += try Reducers.named("fastervlm:\(kept)").reduce(features).kept.map { $0 + tile * patches }
      }
      #expect(result.kept == wanted)
      let time = try photograph.timedReduction(by: Reducers.named("fastervlm:\(kept)"))
      #expect(time.patches == tiles.count * patches)
    }
    // Three patches less in each of the two layers before the last, of each of five tiles.
    #expect(try photograph("large.png", "llava_next").reduced(by: Reducers.method("tome:r=3")).count == 5 * 10)
    // Tokens that stand for no one patch, in the midst of the others.
    let merged = try photograph("large.png", "llava_next").reduced(by: PruMerge())
    #expect(merged.kept.count >= merged.count - 1 && merged.kept.filter { $0 == -1 }.count == 4)
  }

  @Test("is drawn as a whole")
  func attention() throws {
    for model in Self.models {
      let drawn = try photograph("large.png", model).attentionMap(of: Reducers.named("fastervlm:2"))
      #expect(drawn.patches == (model == "internvl" ? 4 : 16) && drawn.kept == 2)
    }
  }

  @Test("that is larger than its pixel values say is refused")
  func otherSize() throws {
    let encoder = try ImageEncoder(folder("llava_next"))
    let pixels = try photograph("large.png", "llava_next").pixels()
    // 5 tiles of 2 x 2; a picture of 28 x 280 pixels has 4.
    let text = diagnostic {
      let other = try PicturePixels(pixels.tiles, size: ImageSize(width: 28, height: 280), name: "p")
      _ = try TowerRunner(encoder.tower, threads: 1).encode(other, name: "p", states: true)
    }
    #expect(text.contains("28 x 280 pixels has other tiles than the 5 of 16 patches"))
  }
}
