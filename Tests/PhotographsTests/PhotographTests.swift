import Architectures
import Encoding
import Foundation
import Photographs
import Reduction
import Tensors
import Testing

@Suite("A photograph in front of an encoder")
struct PhotographTests {
  private static let cases = ["plain", "deep"].flatMap { tower in Fixtures.pictures.map { (tower, $0) } }

  @Test("from the file on, features are those of transformers", arguments: cases)
  func features(tower: String, picture: String) throws {
    let photograph = try Photograph(Fixtures.picture(picture), for: Fixtures.runner(tower))
    let image = try photograph.encoded().first
    for (found, name) in [(image.tokens, "tokens"), (image.queries, "queries"), (image.keys, "keys")] {
      let expected = try Fixtures.expected("\(tower)/\(picture)/\(name)")
      #expect(expected.shape == [found.rows, found.columns])
      let mean = expected.elements.reduce(0, +) / Float(expected.elements.count)
      let variance = expected.elements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(expected.elements.count)
      // 2e-2 of the standard deviation is what is promised; pixels that agree to the last bit leave F32's rounding.
      let largest = zip(found.elements, expected.elements).map { abs($0 - $1) }.max() ?? Float.infinity
      #expect(largest < 1e-3 * variance.squareRoot(), "\(name)")
    }
  }

  @Test("PruMerge leaves as many tokens as numpy finds in transformers' features", arguments: ["plain", "deep"])
  func tokens(tower: String) throws {
    let runner = try Fixtures.runner(tower)
    let expected = try Fixtures.counts(tower).tokens
    for picture in Fixtures.pictures {
      let result = try Photograph(Fixtures.picture(picture), for: runner).reduced(by: PruMerge())
      #expect(result.count == expected[picture], "\(picture)")
    }
  }

  @Test("a method that can run inside the encoder does")
  func insideTheEncoder() throws {
    let photograph = try Photograph(Fixtures.picture("rgb-420.jpg"), for: Fixtures.runner("plain"))
    // 16 patches and a class token; ToMe takes 3 away in each of the two layers before the last.
    #expect(try photograph.reduced(by: Reducers.method("tome:r=3")).count == 10)
    // One step on features would take 3 away once.
    #expect(try Reducers.named("tome:r=3").reduce(photograph.onlyFeatures()).count == 13)
  }

  @Test("an EXIF orientation is ignored, and that is said")
  func orientation() throws {
    let runner = try Fixtures.runner("plain")
    let turned = try Photograph(Fixtures.picture("rgb-exif-big.jpg"), for: runner)
    #expect(turned.notes.count == 1 && turned.notes[0].contains("EXIF orientation 8 is ignored"))
    #expect(turned.size.width == 67 && turned.size.height == 45)
    #expect(try Photograph(Fixtures.picture("rgb-exif-upright.jpg"), for: runner).notes.isEmpty)
  }

  @Test("a planning script gets features in one call")
  func frontDoor() throws {
    let features = try VisualFeatures(image: Fixtures.picture("gray.jpg"), encoder: Fixtures.tower("plain"))
    #expect(features.patches == 16 && features.width == 32 && features.heads == 4)
  }
}
