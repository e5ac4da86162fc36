import Foundation
import Reduction
import Tensors
import Testing

/// A scene and what the released PruMerge made of it; see `make_fixtures.py` beside the files.
struct Fixture {
  let features: VisualFeatures
  let file: SafetensorsFile

  init(_ scene: Int) throws {
    let url = Bundle.module.url(forResource: "scene_\(scene)", withExtension: "safetensors", subdirectory: "Fixtures")
    let path = try #require(url?.path)
    features = try VisualFeatures(contentsOf: path)
    file = try SafetensorsFile(path: path)
  }

  func tokens(_ name: String) throws -> Matrix {
    let tensor = try file.tensor(named: name)
    return try #require(Matrix(columns: tensor.shape[1], elements: tensor.elements))
  }
}

extension VisualFeatures {
  /// Features whose class attention is the softmax of `logits`, the class token's logit first.
  ///
  /// Two wide: the query is [sqrt 2, 0], so that a logit q . k / sqrt 2 is the first number of the key.
  static func made(logits: [Float], tokens: [[Float]], second: [Float]? = nil, grid: Grid? = nil) throws -> Self {
    let rest = second ?? [Float](repeating: 0, count: logits.count)
    return try VisualFeatures(
      name: "made", keys: try #require(Matrix(columns: 2, elements: zip(logits, rest).flatMap { [$0, $1] })),
      classQuery: [Float(2).squareRoot(), 0], tokens: try #require(Matrix(columns: 2, elements: tokens.flatMap { $0 })),
      grid: grid)
  }

  /// A square of patches with these logits, a class token with logit 0, and token j = [j, 1].
  static func numbered(logits: [Float]) throws -> Self {
    try made(logits: [0] + logits, tokens: [[0, 0]] + logits.indices.map { [Float($0), 1] })
  }
}

/// The largest difference of two matrices' numbers, infinite if their sizes differ.
func difference(_ a: Matrix, _ b: Matrix) -> Float {
  guard (a.rows, a.columns) == (b.rows, b.columns) else { return .infinity }
  return zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
