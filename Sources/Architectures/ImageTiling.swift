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
  func resolution(for image: ImageSize) -> ImageSize? {
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

  /// What becomes of an image where a tile of `tileSize` pixels makes `grid` x `grid` patches.
  package func plan(for image: ImageSize, tileSize: Int, grid: Int) -> ImagePlan? {
    guard let size = resolution(for: image), tileSize > 0 else { return nil }
    let tilesAcross = size.width / tileSize
    let tilesDown = size.height / tileSize
    var columns = tilesAcross * grid
    var rows = tilesDown * grid
    let imageRatio = Double(image.width) / Double(image.height)
    if imageRatio > Double(columns) / Double(rows) {
      let shown = Self.floor(Double(image.height) * (Double(columns) / Double(image.width)))
      rows -= (rows - shown) / 2 * 2
    } else {
      let shown = Self.floor(Double(image.width) * (Double(rows) / Double(image.height)))
      columns -= (columns - shown) / 2 * 2
    }
    if let mostTiles {
      let ratio = (Double(rows * columns) / Double(mostTiles * grid * grid)).squareRoot()
      if ratio > 1.1 {
        rows = Int((Double(rows) / ratio).rounded(.down))
        columns = Int((Double(columns) / ratio).rounded(.down))
      }
    }
    return ImagePlan(
      tiles: tilesAcross * tilesDown + 1, tokens: grid * grid + rows * columns + rows, separators: rows)
  }

  /// The whole part of a number that is first rounded to seven decimals, as transformers does.
  private static func floor(_ value: Double) -> Int {
    Int(((value * 1e7).rounded(.toNearestOrEven) / 1e7).rounded(.down))
  }
}
