package import Architectures
package import Documents

extension ImagePreprocessing {
  /// How a picture is cut into tiles, each of which passes the tower.
  package enum Tiling: Sendable, Equatable {
    /// The whole picture, stretched, then the tiles of the resolution that suits it best, black around it (LLaVA-NeXT,
    /// LLaVA-OneVision).
    case resolutions(ImageTiling)
    /// The tiles of a canvas to which the picture is stretched, then, where they are several, the whole (InternVL).
    case canvas(TileCanvas)
  }

  /// The picture as the tower sees it, tile by tile, all of one size, 8 bits a channel: itself where it is not cut.
  ///
  /// After `LlavaNextImageProcessorPil`, `LlavaOnevisionImageProcessorPil` and `GotOcr2ImageProcessorPil` of transformers
  /// 5.24.0.
  /// - Throws: `Diagnostic` as `crop(of:)` does.
  package func tiles(of image: Image) throws(Diagnostic) -> [Image] {
    let size = ImageSize(width: image.width, height: image.height)
    switch tiling {
    case nil: return [try crop(of: image)]
    case .resolutions(let tiling):
      guard let tile = tileSide, let fitted = tiling.resolution(for: size) else { throw tooNarrow(image) }
      let scaled = Self.fitted(size, into: fitted)
      let padded = try image.resized(width: scaled.width, height: scaled.height, by: filter).padded(
        width: fitted.width, height: fitted.height, left: (fitted.width - scaled.width) / 2,
        top: (fitted.height - scaled.height) / 2)
      let edge = wholeSide ?? tile
      var tiles = [try crop(of: image.resized(width: edge, height: edge, by: filter))]
      for part in padded.cut(tile) { tiles.append(try crop(of: part)) }
      return tiles
    case .canvas(let canvas):
      guard let tile = tileSide else { throw tooNarrow(image) }
      let (across, down) = canvas.grid(for: size, tile: tile)
      guard across * down > 1 else { return [try crop(of: image)] }
      let tiles = try image.resized(width: across * tile, height: down * tile, by: filter).cut(tile)
      return canvas.whole == .never ? tiles : tiles + [try crop(of: image)]
    }
  }

  /// Which of the tiles shows the whole picture, and how many there are of it; nil where it is cut and none does.
  package func wholeTile(of count: Int) -> Int? {
    switch tiling {
    case nil, .resolutions: return 0
    case .canvas(let canvas): return count == 1 ? 0 : canvas.whole == .never ? nil : count - 1
    }
  }

  /// The side of a tile, which is that of the crop or, without one, of the size.
  private var tileSide: Int? { crop?.height ?? wholeSide }

  /// The side that a whole picture is stretched to.
  private var wholeSide: Int? {
    switch size {
    case .shortestEdge(let edge): edge
    case .exactly(let height, let width): height == width ? height : nil
    default: nil
    }
  }

  /// Whether tiles of these sizes can be cut: squares.
  package var canCutTiles: Bool { tileSide != nil && crop?.height == crop?.width && wholeSide != nil }

  private func tooNarrow(_ image: Image) -> Diagnostic {
    Diagnostic("a picture of \(image.width) x \(image.height) pixels is too narrow to be cut into tiles")
  }

  /// The size within another that keeps a picture's ratio: the shorter side rounded up.
  private static func fitted(_ image: ImageSize, into size: ImageSize) -> ImageSize {
    let across = Double(size.width) / Double(image.width)
    let down = Double(size.height) / Double(image.height)
    func scaled(_ length: Int, _ scale: Double, _ limit: Int) -> Int {
      min(Int((Double(length) * scale).rounded(.up)), limit)
    }
    if across < down { return ImageSize(width: size.width, height: scaled(image.height, across, size.height)) }
    return ImageSize(width: scaled(image.width, down, size.width), height: size.height)
  }
}

extension Image {
  /// Its tiles of `side` pixels, row by row; its sides are multiples of that.
  fileprivate func cut(_ side: Int) -> [Image] {
    stride(from: 0, to: height, by: side).flatMap { top in
      stride(from: 0, to: width, by: side).map { left in
        part(columns: left..<min(width, left + side), rows: top..<min(height, top + side))
      }
    }
  }
}
