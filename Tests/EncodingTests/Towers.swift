import Documents
import Encoding
import Foundation
import Reduction
import Tensors
import Testing

/// The towers that `Fixtures/make_towers.py` made, and what transformers says of their pixels.
enum Towers {
  /// Those of CLIP.
  static let names = ["plain", "half", "brain", "sharded", "deep", "single"]

  static func folder(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil)).appendingPathComponent(name).path
  }

  static func file(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(path: "\(folder(name))/expected.safetensors")
  }

  /// Runs a tower on its pixels.
  static func encode(_ name: String, threads: Int = 2, folder: String? = nil, states: Bool = false) throws
    -> EncodedImage
  {
    try picture(name, threads: threads, folder: folder, states: states).first
  }

  /// The same as a whole picture.
  static func picture(_ name: String, threads: Int = 2, folder: String? = nil, states: Bool = false) throws
    -> EncodedPicture
  {
    let tower = try VisionTower(folder: folder ?? self.folder(name))
    let pixels = try file(name).pixels(for: tower.description)
    return try TowerRunner(tower, threads: threads).encode(pixels, name: "pixels", states: states)
  }
}

extension SafetensorsFile {
  func matrix(_ name: String) throws -> Matrix {
    let tensor = try tensor(named: name)
    return try #require(Matrix(columns: tensor.shape.last ?? 1, elements: tensor.elements))
  }
}

/// The largest difference relative to the standard deviation of what is expected; infinite if sizes differ.
func error(_ found: Matrix, _ expected: Matrix) -> Float {
  guard (found.rows, found.columns) == (expected.rows, expected.columns) else { return .infinity }
  let numbers = expected.elements
  let mean = numbers.reduce(0, +) / Float(numbers.count)
  let deviation = (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(numbers.count)).squareRoot()
  return zip(found.elements, numbers).reduce(0) { max($0, abs($1.0 - $1.1)) } / deviation
}

/// A copy of a tower's folder that may be broken, removed with its last user.
final class BrokenTower {
  let path = NSTemporaryDirectory() + "roofline-tower-\(UUID().uuidString)"

  init(of name: String) throws {
    try FileManager.default.copyItem(atPath: Towers.folder(name), toPath: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func url(_ name: String) -> URL { URL(fileURLWithPath: "\(path)/\(name)") }

  func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: url(name))) }

  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws { try Data(bytes).write(to: url(name)) }

  /// Replaces a text of a file by another one.
  func replace(_ text: String, by other: String, in name: String) throws {
    let content = try String(contentsOf: url(name), encoding: .utf8)
    #expect(content.contains(text))
    try write(name, content.replacingOccurrences(of: text, with: other).utf8)
  }

  /// Replaces a text of the header of the weights by another one of the same length.
  func replaceInHeader(_ text: String, by other: String) throws {
    try #require(text.utf8.count == other.utf8.count)
    var bytes = try bytes("model.safetensors")
    let place = try #require(Data(bytes).range(of: Data(text.utf8)))
    bytes.replaceSubrange(place.lowerBound..<place.upperBound, with: other.utf8)
    try write("model.safetensors", bytes)
  }

  /// The error of loading or running it; nil if there is none. No error but a `Diagnostic` is one.
  func failure(_ name: String) throws -> String? {
    do {
      _ = try Towers.encode(name, folder: path)
      return nil
    } catch let error as Diagnostic {
      return error.description
    }
  }
}
