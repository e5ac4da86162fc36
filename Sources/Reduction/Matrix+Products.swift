internal import Documents

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
  ///
  /// Large products are shared among the processors.
  func multiply(_ chosen: [Int], with others: [Int], into products: UnsafeMutablePointer<Float>) {
    let work = 2 * chosen.count * others.count * columns
    withRows { rows in
      chosen.withUnsafeBufferPointer { chosen in
        others.withUnsafeBufferPointer { others in
          Threads.share(chosen.count, work: work) { part in
            let mine = UnsafeBufferPointer(rebasing: chosen[part])
            rows.multiply(mine, with: others, into: products + part.lowerBound * others.count)
          }
        }
      }
    }
  }

  /// The position among `others` of the row whose scalar product with each of the rows `chosen` is the largest, the first
  /// of equal ones, and that product.
  func mostSimilar(to chosen: [Int], among others: [Int]) -> [(position: Int, product: Float)] {
    // Few enough that the products stay in a cache, and in memory.
    let block = max(1, min(chosen.count, 262_144 / max(1, others.count)))
    var products = [Float](repeating: 0, count: block * others.count)
    var found: [(position: Int, product: Float)] = []
    found.reserveCapacity(chosen.count)
    for start in stride(from: 0, to: chosen.count, by: block) {
      let rows = [Int](chosen[start..<min(start + block, chosen.count)])
      multiply(rows, with: others, into: &products)
      products.withUnsafeBufferPointer { products in
        for row in rows.indices {
          var (best, position) = (-Float.infinity, 0)
          for other in others.indices where products[row * others.count + other] > best {
            (best, position) = (products[row * others.count + other], other)
          }
          found.append((position, best))
        }
      }
    }
    return found
  }

  /// The scalar products of all rows from `first` on with each other: a square of rows.
  func gram(from first: Int) -> [Float] {
    let count = rows - first
    return [Float](unsafeUninitializedCapacity: count * count) { buffer, initialized in
      if let start = buffer.baseAddress { multiply([Int](first..<rows), with: [Int](first..<rows), into: start) }
      initialized = count * count
    }
  }

  /// The rows at length 1; a row of zeros stays one.
  ///
  /// - Throws: `Diagnostic`, naming the features, if norms overflow.
  func normalized(name: String) throws(Diagnostic) -> Matrix {
    let norms = squaredNorms().map { $0.squareRoot() }
    guard norms.allSatisfy(\.isFinite) else {
      throw Diagnostic(file: name, "keys or tokens are so large that their norms overflow")
    }
    return Matrix(rows: rows, columns: columns) { output in
      withRows { rows in
        for (index, norm) in norms.enumerated() {
          let (row, result) = (rows[index], output + index * columns)
          let divisor = norm > 0 ? norm : 1
          for column in 0..<columns { result[column] = row[column] / divisor }
        }
      }
    }
  }

  /// The row and column of the first number that is NaN or infinite, if there is one.
  var firstNonFinite: (row: Int, column: Int)? {
    let isFinite = withRows { RowKernels.isFinite($0.start, count: rows * columns) }
    return isFinite ? nil : elements.firstNonFinite.map { ($0 / columns, $0 % columns) }
  }
}

extension [Float] {
  /// The index of the first number that is NaN or infinite, if there is one.
  var firstNonFinite: Int? {
    RowKernels.isFinite(self, count: count) ? nil : firstIndex { !$0.isFinite }
  }
}
