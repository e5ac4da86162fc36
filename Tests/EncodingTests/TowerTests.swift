import Encoding
import Foundation
import Reduction
import Tensors
import Testing

/// Differences of rounding only: sums of up to a hundred products in F32, through up to twelve layers.
private let tolerance: Float = 5e-5

@Suite("A tower's features")
struct TowerTests {
  /// Sizes, widths, depths, activations, prefixes, one file or several, F32, F16 and BF16; on one and on several threads.
  @Test(arguments: Towers.names, [1, 2, 5])
  func areThoseOfTransformers(name: String, threads: Int) throws {
    let (image, expected) = (try Towers.encode(name, threads: threads), try Towers.file(name))
    #expect(error(image.tokens, try expected.matrix("tokens")) < tolerance)
    #expect(error(image.keys, try expected.matrix("keys")) < tolerance)
    #expect(error(image.queries, try expected.matrix("queries")) < tolerance)
    guard expected.names.contains("penultimate_keys") else {
      #expect(image.penultimateKeys == nil && image.penultimateClassQuery == nil)
      return
    }
    #expect(error(try #require(image.penultimateKeys), try expected.matrix("penultimate_keys")) < tolerance)
    let queries = try expected.matrix("penultimate_queries")
    let found = try #require(image.penultimateClassQuery)
    let query = try #require(Matrix(columns: queries.columns, elements: found))
    let first = try #require(Matrix(columns: queries.columns, elements: [Float](queries.row(0))))
    #expect(error(query, first) < tolerance)
  }

  @Test("are a features file that reducers read")
  func file() throws {
    let picture = try Towers.picture("half")
    let image = picture.first
    let path = NSTemporaryDirectory() + "roofline-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let pixels = try Towers.file("half").pixels(for: VisionTower(folder: Towers.folder("half")).description)
    try picture.write(to: path, pixels: pixels)
    let features = try VisualFeatures(contentsOf: path)
    #expect(features.keys == image.keys && features.tokens == image.tokens && features.classQuery == image.classQuery)
    #expect(features.penultimateKeys == image.penultimateKeys)
    #expect(features.heads == 3 && features.grid == VisualFeatures.Grid(rows: 5, columns: 5))
    #expect(try SafetensorsFile(path: path).tensor(named: "pixel_values") == pixels.tiles[0].values)
    #expect(try SafetensorsFile(path: path).matrix("queries") == image.queries)
    #expect(try image.features().penultimateClassQuery == features.penultimateClassQuery)
  }

  @Test("are the same for an image whatever was run before")
  func again() throws {
    let pixels = try Towers.file("plain").tensor(named: "pixel_values")
    let runner = try TowerRunner(VisionTower(folder: Towers.folder("plain")), threads: 2)
    func run(_ elements: [Float]) throws -> EncodedImage {
      try runner.encode(pixels: elements, height: 56, width: 56, name: "pixels")
    }
    let first = try run(pixels.elements)
    #expect(try run(pixels.elements.map { -$0 }).tokens != first.tokens)
    #expect(try run(pixels.elements).tokens == first.tokens)
  }
}
