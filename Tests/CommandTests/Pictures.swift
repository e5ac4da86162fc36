import Foundation
import Testing

/// Pictures, a tower of 16 patches with random weights, and a model that has it.
struct Pictures {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// The tower of Tests/EncodingTests: 3 layers of width 32.
  static let tower = tests.appendingPathComponent("EncodingTests/Fixtures/plain").path

  /// A picture of Tests/ImagesTests.
  static func path(_ name: String) -> String { tests.appendingPathComponent("ImagesTests/Fixtures/\(name)").path }

  /// Tokens that PruMerge leaves of pictures, as numpy finds in transformers' features: PhotographsTests/Fixtures.
  static let tokens = ["rgb-420.jpg": 4, "gray.jpg": 3, "rgb8.png": 4, "palette8.png": 3, "large.png": 2]
  static let names = tokens.keys.sorted()

  let folder: TemporaryFolder
  let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try folder.write("tiny.yaml", Self.modelFile.utf8)
  }

  /// The file of a model that has the tower.
  static let modelFile = """
      name: tiny
      title: Tiny
      vision: { image_size: 56, patch_size: 14, channels: 3, layers: 3, width: 32, heads: 4, feed_forward: 64, \
      activation: quick_gelu, layers_used: 2 }
      connector: { widths: [32, 4096], activation: gelu }
      language: { model: vicuna-7b }
      sources: { vision: made up, connector: made up, language: vicuna }

    """

  /// A call that prices pictures.
  func call(_ images: [String], _ rest: String...) -> [String] {
    ["--model", model, "--gpu", "v100", "--encoder", Self.tower, "--image"] + images + rest
  }

  /// A folder with copies of all pictures in it.
  func album(broken: Bool = false) throws -> String {
    for name in Self.names {
      try folder.write("album/\(name)", try Data(contentsOf: URL(fileURLWithPath: Self.path(name))))
    }
    if broken {
      try folder.write(
        "album/m-broken.jpg", try Data(contentsOf: URL(fileURLWithPath: Self.path("rgb-420.jpg"))).prefix(600))
    }
    return "\(folder.path)/album"
  }

  /// What a JSON text holds.
  static func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
