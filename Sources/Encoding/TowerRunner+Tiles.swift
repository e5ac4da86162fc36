internal import Architectures
internal import Configurations
internal import Documents
internal import Reduction

extension TowerRunner {
  /// The tokens of all tiles as they enter the language model: one tile after the other or, with a learned token at the end
  /// of rows, as LLaVA-NeXT and LLaVA-OneVision put them together. Nil where tiles have none, or the size of the picture is
  /// not known that the rows depend on.
  ///
  /// After `pack_image_features` in modeling_llava_next.py and modeling_llava_onevision.py of transformers 5.24.0.
  /// - Throws: `Diagnostic` if the tiles are not those that a picture of this size has.
  func packed(_ tiles: [EncodedImage], of size: ImageSize?) throws(Diagnostic) -> Matrix? {
    let merged = tiles.compactMap(\.merged)
    guard merged.count == tiles.count else { return nil }
    guard let packing = tower.description.packing, let newline = tower.newline else {
      return Matrix(columns: merged[0].columns, elements: merged.flatMap(\.elements))
    }
    guard merged.count > 1 else { return Matrix(columns: newline.count, elements: merged[0].elements + newline) }
    guard let size else { return nil }
    let side = encoder.gridSize
    guard let layout = packing.tiling.layout(for: size, tileSize: encoder.imageSize, grid: side),
      merged.count == layout.tiles.rows * layout.tiles.columns + 1, merged.allSatisfy({ $0.rows == side * side })
    else {
      throw Diagnostic(
        file: name, "a picture of \(size) pixels has other tiles than the \(merged.count) of \(merged[0].rows) patches")
    }
    let rows = TileRows(tiles: [Matrix](merged.dropFirst()), side: side, layout)
    var numbers = merged[0].elements
    for row in 0..<layout.grid.rows {
      for column in 0..<layout.grid.columns { rows.append(row: row, column: column, to: &numbers) }
      numbers += newline
    }
    guard let matrix = Matrix(columns: newline.count, elements: numbers), matrix.isFinite else { throw broken() }
    return matrix
  }
}

/// The patches of all tiles as one grid, without padding.
private struct TileRows {
  let tiles: [Matrix]
  /// Patches along a side of a tile.
  let side: Int
  let layout: ImageTiling.Layout
  private let down, across: [[(index: Int, weight: Float)]]

  init(tiles: [Matrix], side: Int, _ layout: ImageTiling.Layout) {
    (self.tiles, self.side, self.layout) = (tiles, side, layout)
    let scaled = layout.scaled
    down = Self.taps(layout.rows.count, to: scaled?.rows)
    across = Self.taps(layout.columns.count, to: scaled?.columns)
  }

  /// What each place of a line that is scaled down takes of its two neighbours, centres on centres, as torch's bilinear
  /// `interpolate`.
  private static func taps(_ count: Int, to scaled: Int?) -> [[(index: Int, weight: Float)]] {
    guard let scaled else { return (0..<count).map { [($0, 1)] } }
    let step = Float(count) / Float(scaled)
    return (0..<scaled).map { place in
      let source = max(0, (Float(place) + 0.5) * step - 0.5)
      let low = min(count - 1, Int(source))
      let part = source - Float(low)
      return [(low, 1 - part), (min(count - 1, low + 1), part)]
    }
  }

  /// Appends the token at a place.
  func append(row: Int, column: Int, to numbers: inout [Float]) {
    let start = numbers.count
    numbers.append(contentsOf: repeatElement(0, count: tiles[0].columns))
    for first in down[row] {
      for second in across[column] {
        let weight = first.weight * second.weight
        let (place, line) = (layout.rows.lowerBound + first.index, layout.columns.lowerBound + second.index)
        let tile = tiles[place / side * layout.tiles.columns + line / side]
        for (index, number) in tile.row(place % side * side + line % side).enumerated() {
          numbers[start + index] += weight * number
        }
      }
    }
  }
}
