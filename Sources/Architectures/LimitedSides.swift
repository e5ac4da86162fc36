/// How Idefics 2 scales an image: down to a longest side, then up to a shortest one, each side by itself; if it splits images,
/// the four quarters of one are scaled so, too, and all five filled up to the largest.
///
/// After Idefics2ImageProcessor of transformers 5.24.0.
package struct LimitedSides: Sendable, Hashable {
  /// Pixels of the shorter side at least, and of the longer one at most.
  package var shortest, longest: Int
  /// Whether quarters of the image pass besides.
  package var splits: Bool
  /// Tokens of every image and quarter.
  package var tokensPerTile: Int

  /// Sides within limits.
  package init(shortest: Int, longest: Int, splits: Bool, tokensPerTile: Int) {
    (self.shortest, self.longest) = (shortest, longest)
    (self.splits, self.tokensPerTile) = (splits, tokensPerTile)
  }

  func plan(for image: ImageSize, patchSize: Int) -> ImagePlan? {
    var (width, height) = scaled(image.width, image.height)
    if splits {
      // The right and lower halves are the larger ones.
      for across in [image.width / 2, image.width - image.width / 2] {
        for down in [image.height / 2, image.height - image.height / 2] {
          guard across > 0, down > 0 else { return nil }
          let part = scaled(across, down)
          (width, height) = (max(width, part.width), max(height, part.height))
        }
      }
    }
    let tiles = splits ? 5 : 1
    return ImagePlan(
      tiles: tiles, grid: PatchGrid(rows: height / patchSize, columns: width / patchSize), tokens: tiles * tokensPerTile
    )
  }

  private func scaled(_ width: Int, _ height: Int) -> (width: Int, height: Int) {
    let ratio = Double(width) / Double(height)
    var size = (width: width, height: height)
    if width >= height, width > longest {
      size = (longest, Int(Double(longest) / ratio))
    } else if height > width, height > longest {
      size = (Int(Double(longest) * ratio), longest)
    }
    return (max(size.width, shortest), max(size.height, shortest))
  }
}
