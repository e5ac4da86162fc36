import Documents
import Encoding
import Foundation
import Photographs
import Tensors
import Testing

/// Pictures, towers, and what `Fixtures/make_features.py` found with transformers.
enum Fixtures {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  static let pictures = [
    "rgb-420.jpg", "rgb-progressive.jpg", "gray.jpg", "rgb8.png", "palette8.png", "large.png", "tall.png",
  ]

  static func picture(_ name: String) -> String { tests.appendingPathComponent("ImagesTests/Fixtures/\(name)").path }

  static func tower(_ name: String) -> String { tests.appendingPathComponent("EncodingTests/Fixtures/\(name)").path }

  static func runner(_ tower: String) throws -> ImageRunner {
    try ImageRunner(ImageEncoder(self.tower(tower)), threads: 1)
  }

  /// What transformers says: [tokens, width].
  static func expected(_ name: String) throws -> Tensor<Float> {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return try SafetensorsFile(path: folder.appendingPathComponent("features.safetensors").path).tensor(named: name)
  }

  /// How many tokens the script's PruMerge leaves of each picture, and what numpy says of the numbers.
  static func counts(_ tower: String) throws -> (tokens: [String: Int], statistics: [String: Double]) {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let data = try Data(contentsOf: folder.appendingPathComponent("tokens.json"))
    let all = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
    let found = try #require(all[tower])
    let tokens = try #require(found["tokens"] as? [String: Int])
    return (tokens, found.compactMapValues { $0 as? Double })
  }
}

/// A folder that is removed with its last user.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "roofline-photographs-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, making the folders on its way; returns its path.
  @discardableResult
  func write(_ name: String, _ text: String = "") throws -> String {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }
}

/// Calls `body`, which must throw a diagnostic, and returns that.
func diagnostic(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) -> String {
  do {
    try body()
  } catch {
    return "\(error)"
  }
  Issue.record("no error was thrown", sourceLocation: sourceLocation)
  return ""
}
