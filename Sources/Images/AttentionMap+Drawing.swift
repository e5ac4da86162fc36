package import Documents

extension AttentionMap {
  /// Panels are at most this wide and high.
  package static let panelLimit = 4096

  private static let ground = SIMD3<Float>(255, 255, 255)
  private static let frame = SIMD3<Float>(255, 214, 64)
  /// The share of a gap in the width of a panel.
  private static let gap: Float = 0.03

  /// Two panels on white: the class attention as a heat map over the picture in grey, and the picture with the kept
  /// patches clear and framed, the others dimmed.
  ///
  /// A panel's longer edge is at least `panel` pixels, so many more that each patch has a whole number.
  /// - Throws: `Diagnostic` if `panel` is not from 1 to `panelLimit`.
  package func drawn(panel: Int = 672) throws(Diagnostic) -> Image {
    guard (1...Self.panelLimit).contains(panel) else {
      throw Diagnostic("a panel of \(panel) pixels cannot be drawn; expected 1 to \(Self.panelLimit)")
    }
    let cell = (panel + max(rows, columns) - 1) / max(rows, columns)
    let (width, height) = (columns * cell, rows * cell)
    let gap = max(1, Int(Float(max(width, height)) * Self.gap))
    let enlarged = try picture.resized(width: width, height: height, by: .bicubic)
    var canvas = Canvas(width: 2 * width + 3 * gap, height: height + 2 * gap, ground: Self.ground)
    drawHeat(on: &canvas, over: enlarged, cell: cell, left: gap, top: gap)
    drawKept(on: &canvas, over: enlarged, cell: cell, left: 2 * gap + width, top: gap)
    return canvas.image
  }

  private func drawHeat(on canvas: inout Canvas, over picture: Image, cell: Int, left: Int, top: Int) {
    let colors = brightness.map { ColorMap.inferno[$0] }
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let heat = colors[y / cell * columns + x / cell]
        let gray = picture.color(x, y).gray
        // The picture's light and dark stay to be seen, the hue is the attention's.
        canvas[left + x, top + y] = heat * (0.5 + 0.5 * gray / 255) + SIMD3(repeating: gray) * 0.1
      }
    }
  }

  private func drawKept(on canvas: inout Canvas, over picture: Image, cell: Int, left: Int, top: Int) {
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let color = picture.color(x, y)
        let isClear = isKept[y / cell * columns + x / cell]
        canvas[left + x, top + y] = isClear ? color : SIMD3(repeating: color.gray) * 0.26 + color * 0.08 + 14
      }
    }
    // Lines between two kept patches are thin, those towards dropped ones and the edge thick.
    let thick = max(1, cell / 14)
    for row in 0..<rows {
      for column in 0..<columns where isKept[row * columns + column] {
        for side in Side.allCases {
          let isOuter = !isKept(row + side.step.row, column + side.step.column)
          let line = side.line(cell: cell, thickness: isOuter ? thick : 1)
          let strength: Float = isOuter ? 0.95 : 0.3
          for y in line.rows {
            for x in line.columns {
              let place = (left + column * cell + x, top + row * cell + y)
              canvas[place.0, place.1] = canvas[place.0, place.1] * (1 - strength) + Self.frame * strength
            }
          }
        }
      }
    }
  }

  private func isKept(_ row: Int, _ column: Int) -> Bool {
    (0..<rows).contains(row) && (0..<columns).contains(column) && isKept[row * columns + column]
  }
}

/// A side of a patch.
private enum Side: CaseIterable {
  case top, bottom, left, right

  /// Where the neighbour on this side is.
  var step: (row: Int, column: Int) {
    switch self {
    case .top: (-1, 0)
    case .bottom: (1, 0)
    case .left: (0, -1)
    case .right: (0, 1)
    }
  }

  /// The pixels of a line along this side, inside the patch.
  func line(cell: Int, thickness: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    switch self {
    case .top: (0..<thickness, 0..<cell)
    case .bottom: (cell - thickness..<cell, 0..<cell)
    case .left: (0..<cell, 0..<thickness)
    case .right: (0..<cell, cell - thickness..<cell)
    }
  }
}

/// Pixels to draw on.
private struct Canvas {
  private let width: Int
  private let height: Int
  private var pixels: [UInt8]

  init(width: Int, height: Int, ground: SIMD3<Float>) {
    self.width = width
    self.height = height
    pixels = [UInt8](repeating: 0, count: 3 * width * height)
    for y in 0..<height {
      for x in 0..<width { self[x, y] = ground }
    }
  }

  /// The colour of a pixel, 0 to 255 a channel.
  subscript(x: Int, y: Int) -> SIMD3<Float> {
    get {
      let place = 3 * (y * width + x)
      return SIMD3(Float(pixels[place]), Float(pixels[place + 1]), Float(pixels[place + 2]))
    }
    set {
      let place = 3 * (y * width + x)
      for channel in 0..<3 { pixels[place + channel] = UInt8(max(0, min(255, newValue[channel].rounded()))) }
    }
  }

  var image: Image { Image(unchecked: pixels, width: width, height: height) }
}

extension Image {
  /// The colour of a pixel, 0 to 255 a channel.
  fileprivate func color(_ x: Int, _ y: Int) -> SIMD3<Float> {
    let place = 3 * (y * width + x)
    return SIMD3(Float(pixels[place]), Float(pixels[place + 1]), Float(pixels[place + 2]))
  }
}

extension SIMD3<Float> {
  /// How bright a colour is: Rec. 601 luma.
  fileprivate var gray: Float { 0.299 * x + 0.587 * y + 0.114 * z }
}
