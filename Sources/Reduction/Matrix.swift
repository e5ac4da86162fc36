/// Rows of numbers in single precision, one after the other.
public struct Matrix: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The numbers in a row.
  public let columns: Int
  /// The numbers, row by row: `rows * columns` of them.
  public internal(set) var elements: [Float]

  /// A matrix of `elements`, row by row; nil unless they fill rows of `columns`.
  public init?(columns: Int, elements: [Float]) {
    guard columns > 0, elements.count.isMultiple(of: columns) else { return nil }
    rows = elements.count / columns
    self.columns = columns
    self.elements = elements
  }

  /// A matrix that `fill` writes in full, row by row from the pointer on.
  init(rows: Int, columns: Int, fill: (UnsafeMutablePointer<Float>) -> Void) {
    self.rows = rows
    self.columns = columns
    elements = [Float](unsafeUninitializedCapacity: rows * columns) { buffer, initialized in
      if let start = buffer.baseAddress { fill(start) }
      initialized = rows * columns
    }
  }

  /// The numbers of one row, counted from 0.
  public func row(_ row: Int) -> ArraySlice<Float> { elements[row * columns..<(row + 1) * columns] }

  /// Calls `body` with the rows in memory, which may not outlive the call.
  func withRows<Result>(_ body: (Rows) -> Result) -> Result {
    func call(_ start: UnsafePointer<Float>) -> Result { body(Rows(start: start, columns: columns)) }
    return call(elements)
  }

  /// The rows of a matrix in memory. No bounds are checked.
  struct Rows {
    fileprivate let start: UnsafePointer<Float>
    fileprivate let columns: Int

    /// The first number of a row.
    subscript(row: Int) -> UnsafePointer<Float> { start + row &* columns }

    /// The rows that four of `indices` name, from the position `first` on; past the end, the last one again.
    func four(_ indices: [Int], from first: Int) -> RowKernels.FourRows {
      let last = indices.count - 1
      return (
        self[indices[first]], self[indices[min(first + 1, last)]],
        self[indices[min(first + 2, last)]], self[indices[min(first + 3, last)]]
      )
    }
  }
}
