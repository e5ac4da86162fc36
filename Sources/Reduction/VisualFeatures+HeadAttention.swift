internal import Documents

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension VisualFeatures {
  /// How much the class token attends to each patch, the mean over the heads of a layer.
  ///
  /// In every head of width d the softmax of q . k_j / sqrt(d) over the keys of the class token and of all patches; the
  /// class token's own share is left out.
  /// - Throws: `Diagnostic` if the products of such large features overflow.
  func headAttention(keys: Matrix, query: [Float]) throws(Diagnostic) -> [Float] {
    let headWidth = width / heads
    let scale = 1 / Double(headWidth).squareRoot()
    var means = [Double](repeating: 0, count: patches)
    for head in 0..<heads {
      let logits = keys.products(with: query, columns: head * headWidth..<(head + 1) * headWidth)
      guard let largest = logits.max(), logits.allSatisfy(\.isFinite) else {
        throw Diagnostic(file: name, "keys and cls_query are so large that their products overflow")
      }
      let exponentials = logits.map { exp(Double($0 - largest) * scale) }
      let share = 1 / (exponentials.reduce(0, +) * Double(heads))
      for patch in 0..<patches { means[patch] += exponentials[patch + 1] * share }
    }
    return means.map { Float($0) }
  }

  /// The keys and the class query of the layer that the tokens leave or, where the features lack one of them, of the
  /// layer behind it, with a note that says so.
  var leavingLayer: (keys: Matrix, query: [Float], note: String?) {
    if let penultimateKeys, let penultimateClassQuery { return (penultimateKeys, penultimateClassQuery, nil) }
    let missing = [
      penultimateKeys == nil ? "penultimate_keys" : nil, penultimateClassQuery == nil ? "penultimate_cls_query" : nil,
    ].compactMap { $0 }.joined(separator: " and ")
    return (keys, classQuery, "the features have no \(missing): the last layer's keys and query stand for them")
  }

  /// The mean of the keys of all heads, at length 1: [patches + 1, width / heads].
  ///
  /// A key of zeros stays one, and so is like no other (similarity 0).
  /// - Throws: `Diagnostic` if such large keys overflow.
  func meanHeadKeys(_ keys: Matrix) throws(Diagnostic) -> Matrix {
    let headWidth = width / heads
    let means = Matrix(rows: keys.rows, columns: headWidth) { output in
      keys.withRows { rows in
        for row in 0..<keys.rows {
          let mean = output + row * headWidth
          mean.update(repeating: 0, count: headWidth)
          for head in 0..<heads {
            for column in 0..<headWidth { mean[column] += rows[row][head * headWidth + column] / Float(heads) }
          }
        }
      }
    }
    return try means.normalized(name: name)
  }
}

extension Matrix {
  /// The scalar product of every row with `vector` over some of the columns.
  func products(with vector: [Float], columns: Range<Int>) -> [Float] {
    vector.withUnsafeBufferPointer { vector in
      guard let start = vector.baseAddress else { return [] }
      return withRows { rows in
        (0..<self.rows).map {
          RowKernels.dot(rows[$0] + columns.lowerBound, start + columns.lowerBound, count: columns.count)
        }
      }
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
    var result = self
    for row in 0..<rows where norms[row] > 0 {
      for index in row * columns..<(row + 1) * columns { result.elements[index] /= norms[row] }
    }
    return result
  }

  /// The scalar products of all rows from `first` on with each other: a square of rows.
  func gram(from first: Int) -> [Float] {
    let count = rows - first
    return [Float](unsafeUninitializedCapacity: count * count) { buffer, initialized in
      if let start = buffer.baseAddress { multiply([Int](first..<rows), with: first..<rows, into: start) }
      initialized = count * count
    }
  }
}

extension Float {
  /// tanh((self - other) / 2): by how much the first share of the softmax of the two exceeds the second.
  func hyperbolicAdvantage(over other: Float) -> Float { Float(tanh(Double(self - other) / 2)) }
}

/// The number whose third power is `number`.
func cubeRoot(_ number: Double) -> Double { cbrt(number) }
