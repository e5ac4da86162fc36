/// A part of a scene that draws the attention of the class token: the ellipse that fills some rows and columns.
struct SalientArea: Sendable {
  /// The patches that it spans, from 0.
  let rows: ClosedRange<Int>
  let columns: ClosedRange<Int>

  /// How far inside the area a patch lies: 1 in its middle, above 0 within, nil outside.
  func depth(row: Int, column: Int) -> Float? {
    let depth = 1 - Self.squaredDistance(row, from: rows) - Self.squaredDistance(column, from: columns)
    return depth > 0 ? depth : nil
  }

  /// The distance of a coordinate from the middle of `range`, in units of half its length, squared.
  private static func squaredDistance(_ coordinate: Int, from range: ClosedRange<Int>) -> Float {
    let distance = Float(2 * coordinate - range.lowerBound - range.upperBound) / Float(range.count)
    return distance * distance
  }
}
