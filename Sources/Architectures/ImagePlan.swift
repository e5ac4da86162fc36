/// What becomes of an image in front of a vision encoder.
package struct ImagePlan: Sendable, Hashable {
  /// Tiles that pass the encoder, one of the whole image included.
  package var tiles = 1
  /// How the patches of a tile lie, where it is not a square of the encoder's size.
  package var grid: PatchGrid?
  /// Tokens that enter the language model.
  package var tokens: Int
  /// Those of them that are no patches: ends of rows.
  package var separators = 0
}

extension MultimodalModel.Vision {
  /// How an image of any size is treated, as the image processor of a family does it.
  package enum Resolution: Sendable, Hashable {
    /// Cut into tiles of the encoder's size, whose patches are put in rows again (LLaVA-NeXT).
    case tiles(ImageTiling)
    /// Scaled to whole cells of merged patches (Qwen2-VL).
    case native(NativeResolution)
    /// Shrunk to a longest side, every row of cells with a token at its end (Pixtral).
    case rows(PatchRows)
    /// Cut into tiles on the canvas that fits best, each of them a fixed number of tokens (InternVL, Llama 4, Idefics 3).
    case canvas(TileCanvas)
    /// Scaled to sides within limits, with or without its quarters (Idefics 2).
    case sides(LimitedSides)

    /// Whether a token ends every row of patches.
    var endsRows: Bool {
      if case .rows = self { return true }
      return false
    }

    /// The plan for an image; nil for one that is too narrow.
    func plan(for image: ImageSize, _ encoder: VisionEncoder) -> ImagePlan? {
      switch self {
      case .tiles(let tiling): tiling.plan(for: image, tileSize: encoder.imageSize, grid: encoder.gridSize)
      case .native(let native): native.plan(for: image, patchSize: encoder.patchSize)
      case .rows(let rows): rows.plan(for: image, patchSize: encoder.patchSize)
      case .canvas(let canvas): canvas.plan(for: image, tile: encoder.imageSize)
      case .sides(let sides): sides.plan(for: image, patchSize: encoder.patchSize)
      }
    }
  }
}
