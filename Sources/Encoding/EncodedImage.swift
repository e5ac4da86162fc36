internal import Architectures
package import Documents
package import Reduction
internal import Tensors

/// What an encoder says of one image: the tokens that a language model would read, and the queries and keys behind them.
package struct EncodedImage: Sendable {
  /// What the image is called.
  package let name: String
  /// How the patches, or the cells that a merger makes tokens of, lie.
  package let grid: VisualFeatures.Grid
  /// The attention heads of a layer.
  package let heads: Int
  /// Whether a class token stands before the patches, in row 0 of every matrix of tokens, keys and queries.
  package let hasClassToken: Bool
  /// What reducers work on: the penultimate layer's output or, behind a merger, what enters the language model.
  package let tokens: Matrix
  /// The last layer's keys and queries, as its attention compares them, unscaled; of cells the means.
  package let keys, queries: Matrix
  /// The keys of the layer before: nil in a tower of one layer, and behind a merger.
  package let penultimateKeys: Matrix?
  /// The class token's query in the layer before: [width]; nil as above, and without a class token.
  package let penultimateClassQuery: [Float]?
  /// Without a class token in the tokens, the share of the attention that each of them gets, the mean over heads and
  /// patches, in the layer that the tokens leave.
  package let meanAttention: [Float]?
  /// The hidden states that the tower was asked for; nil where only what reducers read was.
  package let states: States?

  /// Hidden states of a tower.
  package struct States: Sendable {
    /// Tokens before the last layer and behind the last layer and norm, in the tower's order: [tokens, width].
    package let penultimate, last: Matrix
    /// What enters the language model, in reading order: nil where the tower's files have neither merger nor projector.
    package let merged: Matrix?
    /// The same of earlier layers, which are added inside the language model.
    package let deepstack: [Matrix]
  }

  /// What stands for the class token's query in the last layer, [width]: its own or the mean of all.
  package var classQuery: [Float] { hasClassToken ? [Float](queries.row(0)) : queries.meanRow }

  /// The same for reducers.
  ///
  /// - Throws: `Diagnostic` if a number is NaN or infinite, or there is no patch.
  package func features() throws(Diagnostic) -> VisualFeatures {
    try VisualFeatures(
      name: name, keys: keys, classQuery: classQuery, tokens: tokens, penultimateKeys: penultimateKeys,
      penultimateClassQuery: penultimateClassQuery, meanAttention: meanAttention, grid: grid, heads: heads)
  }

  /// Writes a features file; see `safetensors`.
  ///
  /// - Throws: `Diagnostic` if the file cannot be written.
  package func write(to path: String, pixels: TowerPixels) throws(Diagnostic) {
    try Files.write(safetensors(pixels: pixels), to: path)
  }

  /// The bytes of a features file, all numbers F32.
  ///
  /// `tokens`, `keys`, `queries` [tokens, width], `cls_query` [width], where there are `penultimate_keys`,
  /// `penultimate_cls_query` and `mean_attention`; `penultimate`, `last`, `merged`, `deepstack.N`; `pixel_values`, with
  /// `grid_thw` [1, 3] in I32 where they are rows of patches; `grid` and `heads` in the metadata.
  package func safetensors(pixels: TowerPixels) throws(Diagnostic) -> [UInt8] {
    var floats = ["pixel_values": pixels.values]
    var matrices = [("tokens", tokens), ("keys", keys), ("queries", queries), ("penultimate_keys", penultimateKeys)]
    if let states {
      matrices += [("penultimate", states.penultimate), ("last", states.last), ("merged", states.merged)]
      for (index, matrix) in states.deepstack.enumerated() { matrices.append(("deepstack.\(index)", matrix)) }
    }
    for (name, matrix) in matrices {
      floats[name] = matrix.flatMap { Tensor(shape: [$0.rows, $0.columns], elements: $0.elements) }
    }
    for (name, row) in [
      ("cls_query", classQuery), ("penultimate_cls_query", penultimateClassQuery), ("mean_attention", meanAttention),
    ] {
      floats[name] = row.flatMap { Tensor(shape: [$0.count], elements: $0) }
    }
    var integers: [String: Tensor<Int32>] = [:]
    if pixels.values.shape.count == 2 {
      let sides = [pixels.frames, pixels.grid.rows, pixels.grid.columns].map { Int32(clamping: $0) }
      integers["grid_thw"] = Tensor(shape: [1, 3], elements: sides)
    }
    return try Safetensors.bytes(
      floats: floats, integers: integers, metadata: ["grid": grid.description, "heads": String(heads)])
  }
}
