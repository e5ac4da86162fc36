#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// How an image is cut into tiles of a fixed number of tokens each, and one more that shows the whole where there are
/// several.
package struct TileCanvas: Sendable, Hashable {
  /// How the number of tiles across and down is chosen.
  package enum Rule: Sendable, Hashable {
    /// The ratio of sides nearest to the image's, of equal ones the one with more tiles where the image is large enough
    /// (InternVL's `dynamic_preprocess`).
    case nearestRatio(least: Int, most: Int)
    /// The smallest canvas that shows the image at its own size or larger, else the one that shrinks it least (Llama 3.2
    /// Vision and Llama 4: `get_best_fit` and `get_optimal_tiled_canvas`).
    case bestFit(most: Int)
    /// The image is scaled to a longest side, up as well, and cut (Idefics 3).
    case scaled(longest: Int)
    /// As many tiles along the longer side as the budget allows, the other padded (Phi-3.5-vision).
    case padded(most: Int)
    /// As many tiles as the image's pixels fill, one more or one less, in the shape nearest to its own (MiniCPM-V).
    case filled(most: Int)
    /// That of some sizes that shows most of the image and, of several such, wastes least (DeepSeek-VL2).
    case listed(ImageTiling)
  }

  /// When a tile of the whole image is added.
  package enum Whole: Sendable, Hashable { case never, toSeveral, always }

  /// The rule.
  package var rule: Rule
  /// Tokens of a tile.
  package var tokensPerTile: Int
  /// When a tile of the whole image is added.
  package var whole = Whole.toSeveral
  /// Rows of tokens of a tile, where a learned token ends each and one more all of them (Phi-3.5-vision, DeepSeek-VL2); 0
  /// for no such tokens.
  package var rowsPerTile = 0

  /// A rule for tiles of so many tokens.
  package init(_ rule: Rule, tokensPerTile: Int) { (self.rule, self.tokensPerTile) = (rule, tokensPerTile) }

  func plan(for image: ImageSize, tile: Int) -> ImagePlan? {
    let (across, down) = grid(for: image, tile: tile)
    let tiles = across * down
    let all = whole == .always || whole == .toSeveral && tiles > 1 ? tiles + 1 : tiles
    let separators = rowsPerTile > 0 ? rowsPerTile * (down + all - tiles) + 1 : 0
    return ImagePlan(tiles: all, tokens: all * tokensPerTile + separators, separators: separators)
  }

  /// Tiles across and down of an image.
  package func grid(for image: ImageSize, tile: Int) -> (across: Int, down: Int) {
    switch rule {
    case .nearestRatio(let least, let most): nearestRatio(image, tile, least: least, most: most)
    case .bestFit(let most): bestFit(image, tile, most: most)
    case .padded(let most): padded(image, tile, most: most)
    case .filled(let most): filled(image, tile, most: most)
    case .scaled(let longest): scaled(image, tile, longest: longest)
    case .listed(let sizes): sizes.grid(for: image, tile: tile)
    }
  }

  /// The grid whose ratio is the nearest to the picture's; of two that are as near, the larger where the picture is large.
  private func nearestRatio(_ image: ImageSize, _ tile: Int, least: Int, most: Int) -> (across: Int, down: Int) {
    let (width, height) = (Double(image.width), Double(image.height))
    var best = (across: 1, down: 1)
    var difference = Double.infinity
    for (across, down) in Self.grids(least: least, most: most) {
      let found = abs(width / height - Double(across) / Double(down))
      let isLarge = width * height > 0.5 * Double(tile * tile) * Double(across * down)
      if found < difference || found == difference && isLarge {
        (best, difference) = ((across, down), found)
      }
    }
    return best
  }

  /// The grid in which most of the picture is seen with the fewest tiles, scaled without distortion.
  private func bestFit(_ image: ImageSize, _ tile: Int, most: Int) -> (across: Int, down: Int) {
    let (width, height) = (Double(image.width), Double(image.height))
    var best: (across: Int, down: Int, scale: Double) = (1, 1, -1)
    for (across, down) in Self.grids(least: 1, most: most) {
      let scale = min(Double(across * tile) / width, Double(down * tile) / height)
      let isBetter: Bool
      if scale == best.scale {
        isBetter = across * down < best.across * best.down
      } else if scale >= 1 {
        isBetter = best.scale < 1 || scale < best.scale
      } else {
        isBetter = best.scale < 1 && scale > best.scale
      }
      if isBetter { best = (across, down, scale) }
    }
    return (best.across, best.down)
  }

  /// The longest grid of whole tiles around the picture that has at most so many.
  private func padded(_ image: ImageSize, _ tile: Int, most: Int) -> (across: Int, down: Int) {
    let (width, height) = (Double(image.width), Double(image.height))
    let ratio = max(width, height) / min(width, height)
    var long = 1
    while long * Int((Double(long) / ratio).rounded(.up)) <= most { long += 1 }
    long = max(1, long - 1)
    let short = max(1, Int((Double(Int(Double(long * tile) / ratio)) / Double(tile)).rounded(.up)))
    return width < height ? (short, long) : (long, short)
  }

  /// The grid of about as many tiles as the picture fills whose ratio is the nearest; none for one tile.
  private func filled(_ image: ImageSize, _ tile: Int, most: Int) -> (across: Int, down: Int) {
    let (width, height) = (Double(image.width), Double(image.height))
    let filled = min(Int((width * height / Double(tile * tile)).rounded(.up)), most)
    guard filled > 1 else { return (0, 0) }
    var best = (across: 1, down: 1)
    var difference = Double.infinity
    for tiles in [filled - 1, filled, filled + 1] where tiles > 1 && tiles <= most {
      for across in 1...tiles where tiles % across == 0 {
        let found = abs(log(width / height) - log(Double(across) / Double(tiles / across)))
        if found < difference { (best, difference) = ((across, tiles / across), found) }
      }
    }
    return best
  }

  /// The grid after the longest side is scaled to a length.
  private func scaled(_ image: ImageSize, _ tile: Int, longest: Int) -> (across: Int, down: Int) {
    let (width, height) = (Double(image.width), Double(image.height))
    // The longest side first, the other in proportion, both up to even numbers; then each up to whole tiles.
    func whole(_ pixels: Int) -> Int { max(1, (pixels + tile - 1) / tile) }
    let ratio = width / height
    func scaled(_ pixels: Double) -> Int {
      let whole = max(1, Int(pixels))
      return whole + whole % 2
    }
    let (wide, high) =
      width >= height ? (longest, scaled(Double(longest) / ratio)) : (scaled(Double(longest) * ratio), longest)
    if wide >= high {
      let across = whole(wide)
      return (across, whole(Int(Double(across * tile) / (Double(wide) / Double(high)))))
    }
    let down = whole(high)
    return (whole(Int(Double(down * tile) * (Double(wide) / Double(high)))), down)
  }

  /// All numbers of tiles across and down of so many in all, the fewest first.
  private static func grids(least: Int, most: Int) -> [(across: Int, down: Int)] {
    var grids: [(across: Int, down: Int)] = []
    for tiles in max(1, least)...max(1, least, most) {
      for across in 1...tiles where tiles % across == 0 { grids.append((across, tiles / across)) }
    }
    return grids
  }
}
