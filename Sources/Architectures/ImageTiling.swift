/// How LLaVA-NeXT cuts an image of any size into tiles, and how many tokens it makes of them.
///
/// After transformers 5.23.0: the resolution out of `resolutions` that wastes least is filled with tiles; one tile more
/// shows the whole image. Rows and columns of patches that show padding are dropped, and every row that is left gets a
/// newline token.
package struct ImageTiling: Sendable, Hashable {
  /// The sizes that an image may be fitted into, each a multiple of the tile.
  package var resolutions: [ImageSize]
  /// Patches of so many tiles at most are left; more are scaled down to as many, where they are a tenth more along a side
  /// (LLaVA-OneVision's `anyres_max_9`). Nil for any number.
  package var mostTiles: Int?

  /// A choice of resolutions.
  package init(resolutions: [ImageSize]) { self.resolutions = resolutions }

  /// The resolution that shows most of an image and, of several such, wastes least.
  package func resolution(for image: ImageSize) -> ImageSize? {
    var best: (size: ImageSize, shown: Int, wasted: Int)?
    for size in resolutions {
      let scale = min(
        Double(size.width) / Double(image.width), Double(size.height) / Double(image.height))
      let scaled = Int(Double(image.width) * scale) * Int(Double(image.height) * scale)
      let shown = min(scaled, image.width * image.height)
      let wasted = size.width * size.height - shown
      guard shown > (best?.shown ?? 0) || (shown == best?.shown && wasted < best?.wasted ?? 0) else { continue }
      best = (size, shown, wasted)
    }
    return best?.size
  }

  /// How many tiles across and down an image is cut into; one where no size is listed.
  func grid(for image: ImageSize, tile: Int) -> (across: Int, down: Int) {
    guard let size = resolution(for: image), tile > 0 else { return (1, 1) }
    return (max(1, size.width / tile), max(1, size.height / tile))
  }

  /// The tiles of an image and which of their patches are left.
  package struct Layout: Sendable, Hashable {
    /// Tiles down and across.
    package var tiles: PatchGrid
    /// The patches of all tiles, rows and columns counted from the upper left, that show no padding.
    package var rows, columns: Range<Int>
    /// What these are scaled down to, where they are too many.
    package var scaled: PatchGrid?

    /// The patches that enter the language model, besides those of the whole image.
    package var grid: PatchGrid { scaled ?? PatchGrid(rows: rows.count, columns: columns.count) }
  }

  /// How an image is cut where a tile of `tileSize` pixels makes `grid` x `grid` patches; nil for one that is too narrow.
  package func layout(for image: ImageSize, tileSize: Int, grid: Int) -> Layout? {
    guard let size = resolution(for: image), tileSize > 0 else { return nil }
    let tiles = PatchGrid(rows: size.height / tileSize, columns: size.width / tileSize)
    var (rows, columns) = (0..<tiles.rows * grid, 0..<tiles.columns * grid)
    let imageRatio = Double(image.width) / Double(image.height)
    if imageRatio > Double(columns.count) / Double(rows.count) {
      let shown = Self.floor(Double(image.height) * (Double(columns.count) / Double(image.width)))
      rows = Self.middle(rows, shown)
    } else {
      let shown = Self.floor(Double(image.width) * (Double(rows.count) / Double(image.height)))
      columns = Self.middle(columns, shown)
    }
    var layout = Layout(tiles: tiles, rows: rows, columns: columns)
    if let mostTiles {
      let ratio = (Double(rows.count * columns.count) / Double(mostTiles * grid * grid)).squareRoot()
      if ratio > 1.1 {
        layout.scaled = PatchGrid(
          rows: Int((Double(rows.count) / ratio).rounded(.down)),
          columns: Int((Double(columns.count) / ratio).rounded(.down)))
      }
    }
    return layout
  }

  /// A range without as much at both ends as leaves about `count` of it.
  private static func middle(_ range: Range<Int>, _ count: Int) -> Range<Int> {
    let padding = (range.count - count) / 2
    return range.lowerBound + padding..<range.upperBound - padding
  }

  /// What becomes of an image where a tile of `tileSize` pixels makes `grid` x `grid` patches.
  package func plan(for image: ImageSize, tileSize: Int, grid: Int) -> ImagePlan? {
    guard let layout = layout(for: image, tileSize: tileSize, grid: grid) else { return nil }
    let left = layout.grid
    return ImagePlan(
      tiles: layout.tiles.rows * layout.tiles.columns + 1, tokens: grid * grid + left.rows * left.columns + left.rows,
      separators: left.rows)
  }

  /// The whole part of a number that is first rounded to seven decimals, as transformers does.
  private static func floor(_ value: Double) -> Int {
    Int(((value * 1e7).rounded(.toNearestOrEven) / 1e7).rounded(.down))
  }
}
