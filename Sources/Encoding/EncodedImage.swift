package import Documents
package import Reduction
package import Tensors

/// What an encoder says of one image: its penultimate layer's output and its last layer's queries and keys.
package struct EncodedImage: Sendable {
  /// What the image is called.
  package let name: String
  /// How the patches lie.
  package let grid: VisualFeatures.Grid
  /// The attention heads of a layer.
  package let heads: Int
  /// The penultimate layer's output, the class token first: [patches + 1, width].
  package let tokens: Matrix
  /// The last layer's keys and queries, with bias, unscaled: [patches + 1, width].
  package let keys, queries: Matrix
  /// The keys of the layer before: [patches + 1, width]; nil in a tower of one layer.
  package let penultimateKeys: Matrix?
  /// The class token's query in the layer before: [width]; nil in a tower of one layer.
  package let penultimateClassQuery: [Float]?

  /// The class token's query in the last layer: [width].
  package var classQuery: [Float] { [Float](queries.row(0)) }

  /// The same for reducers.
  ///
  /// - Throws: `Diagnostic` if a number is NaN or infinite, or there is no patch.
  package func features() throws(Diagnostic) -> VisualFeatures {
    try VisualFeatures(
      name: name, keys: keys, classQuery: classQuery, tokens: tokens, penultimateKeys: penultimateKeys,
      penultimateClassQuery: penultimateClassQuery, grid: grid, heads: heads)
  }

  /// Writes a features file; see `safetensors`.
  ///
  /// - Throws: `Diagnostic` if the file cannot be written.
  package func write(to path: String, pixelValues: Tensor<Float>) throws(Diagnostic) {
    try Files.write(safetensors(pixelValues: pixelValues), to: path)
  }

  /// The bytes of a features file: `tokens`, `keys`, `queries` [patches + 1, width], `cls_query` [width], where there are
  /// `penultimate_keys` and `penultimate_cls_query`, and `pixel_values` [channels, height, width], all F32; `grid` and
  /// `heads` in the metadata.
  package func safetensors(pixelValues: Tensor<Float>) throws(Diagnostic) -> [UInt8] {
    var floats = ["pixel_values": pixelValues]
    for (name, matrix) in [
      ("tokens", tokens), ("keys", keys), ("queries", queries), ("penultimate_keys", penultimateKeys),
    ] {
      floats[name] = matrix.flatMap { Tensor(shape: [$0.rows, $0.columns], elements: $0.elements) }
    }
    for (name, row) in [("cls_query", classQuery), ("penultimate_cls_query", penultimateClassQuery)] {
      floats[name] = row.flatMap { Tensor(shape: [$0.count], elements: $0) }
    }
    return try Safetensors.bytes(floats: floats, metadata: ["grid": grid.description, "heads": String(heads)])
  }
}
