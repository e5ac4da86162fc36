internal import Architectures
internal import Configurations

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The vectors that tell patches their place, resampled to a grid.
enum TowerPositions {
  /// What a place along an axis takes of a table's side.
  private typealias Taps = [(index: Int, weight: Float)]

  /// The vectors [rows x columns, width] of a grid, of a square table [side x side, width].
  static func resampled(
    _ table: [Float], side: Int, width: Int, to grid: PatchGrid, _ resampling: TowerDescription.Resampling
  ) -> [Float] {
    if resampling == .bicubic, (grid.rows, grid.columns) == (side, side) { return table }
    let down = (0..<grid.rows).map { taps($0, of: grid.rows, side, resampling) }
    let across = (0..<grid.columns).map { taps($0, of: grid.columns, side, resampling) }
    var result = [Float](repeating: 0, count: grid.rows * grid.columns * width)
    var line = [Float](repeating: 0, count: side * width)
    for (row, taps) in down.enumerated() {
      for index in line.indices { line[index] = 0 }
      for tap in taps {
        for index in 0..<side * width { line[index] += tap.weight * table[tap.index * side * width + index] }
      }
      for (column, taps) in across.enumerated() {
        let start = (row * grid.columns + column) * width
        for tap in taps {
          for index in 0..<width { result[start + index] += tap.weight * line[tap.index * width + index] }
        }
      }
    }
    return result
  }

  private static func taps(_ index: Int, of count: Int, _ side: Int, _ resampling: TowerDescription.Resampling) -> Taps
  {
    func inside(_ index: Int) -> Int { min(max(0, index), side - 1) }
    switch resampling {
    case .bilinearCorners:
      let source = Float(index) * Float(side - 1) / Float(max(1, count - 1))
      let low = source.rounded(.down)
      return [(inside(Int(low)), 1 - (source - low)), (inside(Int(low) + 1), source - low)]
    case .bicubic:
      let source = (Float(index) + 0.5) * Float(side) / Float(count) - 0.5
      let low = source.rounded(.down)
      return (-1...2).map { offset in
        let distance = abs(source - low - Float(offset))
        let a: Float = -0.75
        let near = ((a + 2) * distance - (a + 3)) * distance * distance + 1
        let far = ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a
        return (inside(Int(low) + offset), distance <= 1 ? near : far)
      }
    case .antialiasedBilinear:
      let scale = Float(side) / Float(count)
      let center = (Float(index) + 0.5) * scale - 0.5
      let all = (0..<side).map { (index: $0, weight: max(0, 1 - abs(Float($0) - center) / max(1, scale))) }
      let sum = all.reduce(0) { $0 + $1.weight }
      return all.filter { $0.weight > 0 }.map { ($0.index, $0.weight / sum) }
    }
  }

  /// The angles of every patch, as their cosines and sines: [patches, width / 2], the first half of them by row.
  ///
  /// A head of `width` numbers, a multiple of 4, is rotated by p / base^(4 i / width) for i below width / 4.
  static func rotations(
    _ places: [Int], columns: Int, rows: Int, width: Int, base: Double
  ) -> (cosines: [Float], sines: [Float]) {
    let quarter = width / 4
    let frequencies = (0..<quarter).map { Float(1 / pow(base, Double(2 * $0) / Double(2 * quarter))) }
    var (cosines, sines) = ([Float](), [Float]())
    cosines.reserveCapacity(places.count * 2 * quarter)
    sines.reserveCapacity(places.count * 2 * quarter)
    for place in places {
      let patch = place % (rows * columns)
      for position in [patch / columns, patch % columns] {
        for frequency in frequencies {
          let angle = Double(Float(position) * frequency)
          cosines.append(Float(cos(angle)))
          sines.append(Float(sin(angle)))
        }
      }
    }
    return (cosines, sines)
  }
}
