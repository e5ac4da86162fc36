internal import Architectures
package import Documents
package import Reduction
internal import Tensors

/// What an encoder says of a picture: of each tile that it is cut into, or of each frame of a clip.
package struct EncodedPicture: Sendable {
  /// What the tower says of the tiles, in the order in which they pass it; one for a picture that is not cut.
  package let tiles: [EncodedImage]
  /// What enters the language model: nil where the tower's files have neither merger nor projector, or it was not asked for.
  package let merged: Matrix?

  /// The first tile, which says what all have in common.
  package var first: EncodedImage { tiles[0] }
  /// Patches of all tiles or, behind a merger, cells.
  package var patches: Int { tiles.reduce(0) { $0 + $1.tokens.rows - ($1.hasClassToken ? 1 : 0) } }

  /// What is known of one or more tiles.
  init(_ tiles: [EncodedImage], merged: Matrix?) { (self.tiles, self.merged) = (tiles, merged) }

  /// The same for reducers, which look at each tile by itself.
  ///
  /// - Throws: `Diagnostic` if a number is NaN or infinite, or there is no patch.
  package func features() throws(Diagnostic) -> [VisualFeatures] {
    var features: [VisualFeatures] = []
    for tile in tiles { features.append(try tile.features()) }
    return features
  }

  /// Writes a features file; see `safetensors`.
  ///
  /// - Throws: `Diagnostic` if the file cannot be written.
  package func write(to path: String, pixels: PicturePixels) throws(Diagnostic) {
    try Files.write(safetensors(pixels: pixels), to: path)
  }

  /// The bytes of a features file, all numbers F32.
  ///
  /// `tokens`, `keys`, `queries` [tokens, width], `cls_query` [width], where there are `penultimate_keys`,
  /// `penultimate_cls_query` and `mean_attention`; `penultimate`, `last`, `merged`, `deepstack.N`; `pixel_values`, with
  /// `grid_thw` [1, 3] in I32 where they are rows of patches; `grid` and `heads` in the metadata. Of several tiles all but
  /// `merged` has one dimension more, that of the tiles, whose number is in the metadata; `image_sizes` [1, 2] is the
  /// height and width of the picture that was cut.
  package func safetensors(pixels: PicturePixels) throws(Diagnostic) -> [UInt8] {
    var floats: [String: Tensor<Float>] = [:]
    func add(_ name: String, _ tensors: [Tensor<Float>?]) {
      let tensors = tensors.compactMap { $0 }
      guard let tensor = tensors.first, tensors.count == tiles.count else { return }
      floats[name] =
        tensors.count == 1
        ? tensor : Tensor(shape: [tensors.count] + tensor.shape, elements: tensors.flatMap(\.elements))
    }
    func add(_ name: String, _ matrix: (EncodedImage) -> Matrix?) { add(name, tiles.map { matrix($0)?.tensor }) }
    func add(row name: String, _ row: (EncodedImage) -> [Float]?) {
      add(name, tiles.map { row($0).flatMap { Tensor(shape: [$0.count], elements: $0) } })
    }
    add("pixel_values", pixels.tiles.map(\.values))
    add("tokens") { $0.tokens }
    add("keys") { $0.keys }
    add("queries") { $0.queries }
    add("penultimate_keys", \.penultimateKeys)
    add("penultimate") { $0.states?.penultimate }
    add("last") { $0.states?.last }
    for index in first.states?.deepstack.indices ?? 0..<0 { add("deepstack.\(index)") { $0.states?.deepstack[index] } }
    add(row: "cls_query") { $0.classQuery }
    add(row: "penultimate_cls_query", \.penultimateClassQuery)
    add(row: "mean_attention", \.meanAttention)
    floats["merged"] = merged?.tensor
    var metadata = ["grid": first.grid.description, "heads": String(first.heads)]
    if tiles.count > 1 { metadata["tiles"] = String(tiles.count) }
    return try Safetensors.bytes(floats: floats, integers: pixels.integers, metadata: metadata)
  }
}

extension Matrix {
  fileprivate var tensor: Tensor<Float>? { Tensor(shape: [rows, columns], elements: elements) }
}
