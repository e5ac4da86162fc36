/// Layers of a vision encoder whose tokens attend within windows of the grid of patches.
package struct WindowedLayers: Sendable, Hashable {
  /// Patches along a side of a window.
  package var side: Int
  /// How many layers have windows; the others attend to all tokens.
  package var layers: Int

  /// Windows of so many patches a side in so many layers.
  package init(side: Int, layers: Int) { (self.side, self.layers) = (side, layers) }

  /// Tokens of a window, and how many windows have as many; those at the right and lower edges are smaller.
  func sizes(_ grid: PatchGrid) -> [(tokens: Int, count: Int)] {
    func parts(_ length: Int) -> [(length: Int, count: Int)] {
      let (whole, rest) = length.quotientAndRemainder(dividingBy: max(1, side))
      return [(side, whole), (rest, 1)].filter { $0.0 > 0 && $0.1 > 0 }
    }
    return parts(grid.rows).flatMap { row in
      parts(grid.columns).map { (row.length * $0.length, row.count * $0.count) }
    }
  }
}
