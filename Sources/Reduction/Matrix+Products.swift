extension Matrix {
  /// The scalar product of every row with `vector`, which is as long as a row.
  func products(with vector: [Float]) -> [Float] {
    withRows { rows in (0..<self.rows).map { RowKernels.dot(rows[$0], vector, count: columns) } }
  }

  /// The scalar product of every row with itself.
  func squaredNorms() -> [Float] {
    withRows { rows in (0..<self.rows).map { RowKernels.dot(rows[$0], rows[$0], count: columns) } }
  }

  /// Writes the scalar products of the rows `chosen` with the rows `others`: [chosen.count, others.count] numbers.
  func multiply(_ chosen: [Int], with others: Range<Int>, into products: UnsafeMutablePointer<Float>) {
    withRows { rows in
      // Four of the chosen rows stay in the first-level cache while a tile of the others passes from the second.
      for tile in stride(from: 0, to: others.count, by: 32) {
        for first in stride(from: 0, to: chosen.count, by: 4) {
          let four = rows.four(chosen, from: first)
          let output = products + first * others.count
          for x in stride(from: tile, to: min(tile + 32, others.count), by: 2) {
            let y = min(x + 1, others.count - 1)
            let (xRow, yRow) = (rows[others.lowerBound + x], rows[others.lowerBound + y])
            let sums = RowKernels.dots(four, xRow, yRow, count: columns)
            for lane in 0..<min(4, chosen.count - first) {
              output[lane * others.count + x] = sums.x[lane]
              output[lane * others.count + y] = sums.y[lane]
            }
          }
        }
      }
    }
  }

  /// Adds the rows `chosen`, each times its weight, to `sum`, which is as long as a row.
  func add(_ chosen: [Int], weights: [Float], to sum: UnsafeMutablePointer<Float>) {
    withRows { rows in
      for first in stride(from: 0, to: chosen.count, by: 4) {
        var four = RowKernels.Lanes.zero
        for lane in 0..<min(4, chosen.count - first) { four[lane] = weights[first + lane] }
        RowKernels.add(rows.four(chosen, from: first), times: four, to: sum, count: columns)
      }
    }
  }

  /// The row and column of the first number that is NaN or infinite, if there is one.
  var firstNonFinite: (row: Int, column: Int)? {
    elements.firstNonFinite.map { ($0 / columns, $0 % columns) }
  }
}

extension [Float] {
  /// The index of the first number that is NaN or infinite, if there is one.
  var firstNonFinite: Int? {
    RowKernels.isFinite(self, count: count) ? nil : firstIndex { !$0.isFinite }
  }
}
