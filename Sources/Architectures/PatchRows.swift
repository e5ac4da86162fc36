/// How Pixtral scales an image: only ever down, to a longest side, and up to whole cells; a token ends every row.
///
/// After PixtralImageProcessor of transformers 5.24.0.
package struct PatchRows: Sendable, Hashable {
  /// Pixels of the longest side at most.
  package var longest: Int
  /// Patches along a side of a cell that becomes one token (Mistral 3 merges 2 x 2).
  package var merged: Int

  /// Sides of at most `longest` pixels in cells of so many patches a side.
  package init(longest: Int, merged: Int = 1) { (self.longest, self.merged) = (longest, merged) }

  func plan(for image: ImageSize, patchSize: Int) -> ImagePlan? {
    let cell = patchSize * merged
    let ratio = Double(max(image.width, image.height)) / Double(longest)
    func cells(_ pixels: Int) -> Int {
      let scaled = ratio > 1 ? Int((Double(pixels) / ratio).rounded(.down)) : pixels
      return max(1, (scaled - 1) / cell + 1)
    }
    let (rows, columns) = (cells(image.height), cells(image.width))
    return ImagePlan(
      grid: PatchGrid(rows: rows * merged, columns: columns * merged), tokens: rows * (columns + 1), separators: rows)
  }
}
