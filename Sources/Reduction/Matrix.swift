internal import CKernels

/// Rows of numbers in single precision, one after the other.
public struct Matrix: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The numbers in a row.
  public let columns: Int
  /// The numbers, row by row: `rows * columns` of them. Those of lent memory are copied.
  public internal(set) var elements: [Float] {
    get { lent.map { [Float](UnsafeBufferPointer(start: $0.start, count: rows * columns)) } ?? own }
    _modify { yield &own }
  }
  private var own: [Float]
  /// Memory of somebody else's that the numbers lie in; nil where they are its own, and can be changed.
  private let lent: Lent?

  /// Memory that stays as it is while anybody looks at it.
  private struct Lent: @unchecked Sendable {
    let start: UnsafePointer<Float>
  }

  /// A matrix of `elements`, row by row; nil unless they fill rows of `columns`.
  public init?(columns: Int, elements: [Float]) {
    guard columns > 0, elements.count.isMultiple(of: columns) else { return nil }
    rows = elements.count / columns
    self.columns = columns
    (own, lent) = (elements, nil)
  }

  /// The numbers that lie row by row from `start` on. Nothing is copied: the memory must stay until the matrix and all its
  /// copies are gone.
  package init(rows: Int, columns: Int, lentBy start: UnsafePointer<Float>) {
    (self.rows, self.columns, own, lent) = (rows, columns, [], Lent(start: start))
  }

  /// A matrix that `fill` writes in full, row by row from the pointer on.
  package init(rows: Int, columns: Int, fill: (UnsafeMutablePointer<Float>) -> Void) {
    self.rows = rows
    self.columns = columns
    lent = nil
    own = [Float](unsafeUninitializedCapacity: rows * columns) { buffer, initialized in
      if let start = buffer.baseAddress { fill(start) }
      initialized = rows * columns
    }
  }

  /// The mean of all rows.
  package var meanRow: [Float] {
    var means = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for (column, number) in self.row(row).enumerated() { means[column] += Double(number) }
    }
    return means.map { Float($0 / Double(max(1, rows))) }
  }

  /// The matrix with a row before the others.
  func following(_ row: [Float]) -> Matrix? { Matrix(columns: columns, elements: row + elements) }

  /// The numbers of one row, counted from 0.
  public func row(_ row: Int) -> ArraySlice<Float> {
    guard let lent else { return own[row * columns..<(row + 1) * columns] }
    return ArraySlice(UnsafeBufferPointer(start: lent.start + row * columns, count: columns))
  }

  /// Whether both hold the same numbers, wherever they lie.
  public static func == (a: Matrix, b: Matrix) -> Bool {
    (a.rows, a.columns) == (b.rows, b.columns) && a.elements == b.elements
  }

  /// Calls `body` with the rows in memory, which may not outlive the call.
  func withRows<Result>(_ body: (Rows) -> Result) -> Result {
    func call(_ start: UnsafePointer<Float>) -> Result { body(Rows(start: start, columns: columns)) }
    return if let lent { call(lent.start) } else { call(own) }
  }

  /// Calls `body` with the first of the numbers, which lie row by row and may not outlive the call.
  package func withNumbers<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result { withRows { body($0.start) } }

  /// The rows of a matrix in memory. No bounds are checked.
  struct Rows {
    typealias Indices = UnsafeBufferPointer<Int>
    let start: UnsafePointer<Float>
    let columns: Int

    /// The first number of a row.
    subscript(row: Int) -> UnsafePointer<Float> { start + row &* columns }

    /// Writes the scalar products of the rows `chosen` with the rows `others`: [chosen.count, others.count] numbers.
    func multiply(_ chosen: Indices, with others: Indices, into products: UnsafeMutablePointer<Float>) {
      guard let chosenStart = chosen.baseAddress, let othersStart = others.baseAddress else { return }
      let bytes = kernels_products_scratch(columns) * MemoryLayout<Float>.stride
      withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { scratch in
        guard let room = scratch.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
        kernels_products(start, columns, columns, chosenStart, chosen.count, othersStart, others.count, room, products)
      }
    }

    /// Writes `base` (zeros, if there is none) plus the rows `chosen`, each times its weight, to `sum`; all of it only
    /// for some of the columns. `base` and `sum` point to the number in the first column of all, and may be the same.
    func add(
      _ chosen: Indices, weights: UnsafePointer<Float>?, to base: UnsafePointer<Float>?, columns range: Range<Int>,
      into sum: UnsafeMutablePointer<Float>
    ) {
      let first = range.lowerBound
      kernels_sum(
        start + first, columns, range.count, chosen.baseAddress, weights, chosen.count,
        base.map { $0 + first }, sum + first)
    }
  }
}
