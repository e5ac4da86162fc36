internal import Architectures
internal import Configurations

/// In which order the patches of a picture pass a tower, and which of them see each other.
struct TokenOrder {
  /// For each token behind the leading ones, the patch that it is: frame by frame, in reading order.
  let places: [Int]
  /// The same for each row of pixels that comes in, which windows leave as it is.
  let inputPlaces: [Int]
  /// Tokens that see each other, leading ones included, where the picture is seen whole.
  let frames: [Range<Int>]
  /// The same in layers with windows.
  let windows: [Range<Int>]
  /// For the cells of each frame in reading order, the tokens that they are made of, leading ones not counted: rows of as
  /// many as a cell has.
  private let tokens: [Int]
  private let grid: PatchGrid

  /// The order in which a tower takes a grid of patches in so many groups of frames.
  init(grid: PatchGrid, frames: Int, _ tower: TowerDescription) {
    let (count, leading) = (grid.rows * grid.columns, tower.leading)
    self.grid = grid
    let cells = tower.cell
    let reading = (0..<frames).flatMap { frame in
      Self.cells(of: grid, cells).flatMap { cell in cell.map { frame * count + $0 } }
    }
    inputPlaces = reading
    self.frames = (0..<frames).map { frame in
      (frame == 0 ? 0 : leading + frame * count)..<leading + (frame + 1) * count
    }
    if let windows = tower.windows {
      let order = Self.windows(
        of: PatchGrid(rows: grid.rows / cells, columns: grid.columns / cells), side: windows.side)
      let perCell = cells * cells
      var places: [Int] = []
      var ranges: [Range<Int>] = []
      for frame in 0..<frames {
        for window in order {
          let start = places.count
          for cell in window {
            places += reading[frame * count + cell * perCell..<frame * count + (cell + 1) * perCell]
          }
          ranges.append(start..<places.count)
        }
      }
      (self.places, self.windows) = (places, ranges)
    } else {
      (places, self.windows) = (reading, self.frames)
    }
    var tokens = [Int](repeating: 0, count: places.count)
    for (token, place) in places.enumerated() { tokens[place] = token }
    self.tokens = tokens
  }

  /// The patches of each cell of a grid, cells and the patches in them in reading order.
  private static func cells(of grid: PatchGrid, _ side: Int) -> [[Int]] {
    guard side > 1 else { return (0..<grid.rows * grid.columns).map { [$0] } }
    return (0..<grid.rows / side).flatMap { row in
      (0..<grid.columns / side).map { column in
        (0..<side * side).map { (row * side + $0 / side) * grid.columns + column * side + $0 % side }
      }
    }
  }

  /// The cells of each window of a grid of cells, windows in reading order.
  private static func windows(of grid: PatchGrid, side: Int) -> [[Int]] {
    stride(from: 0, to: grid.rows, by: side).flatMap { top in
      stride(from: 0, to: grid.columns, by: side).map { left in
        (top..<min(top + side, grid.rows)).flatMap { row in
          (left..<min(left + side, grid.columns)).map { row * grid.columns + $0 }
        }
      }
    }
  }

  /// For the cells of `side` patches a side in each frame, in reading order, the tokens behind the leading ones that they are
  /// made of, one cell after the other; a rest at the right and lower edges is left out.
  func cells(_ side: Int) -> [Int] {
    let count = grid.rows * grid.columns
    let perFrame = Self.cells(of: grid, side)
    return (0..<tokens.count / count).flatMap { frame in perFrame.flatMap { $0.map { tokens[frame * count + $0] } } }
  }

  /// How the cells lie.
  func grid(ofCells side: Int) -> PatchGrid { PatchGrid(rows: grid.rows / side, columns: grid.columns / side) }
}
