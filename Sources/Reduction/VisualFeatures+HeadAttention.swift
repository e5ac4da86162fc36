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
  /// The class token's own share is left out.
  /// - Throws: `Diagnostic` if the products of such large features overflow.
  func headAttention(keys: Matrix, query: [Float]) throws(Diagnostic) -> [Float] {
    [Float](try keys.headAttention(query: query, heads: heads, name: name).dropFirst())
  }

  /// The keys and the class query of the layer that the tokens leave or, where the features lack one of them, of the
  /// layer behind it, with a note that says so.
  private var leavingLayer: (keys: Matrix, query: [Float], note: String?) {
    if let penultimateKeys, let penultimateClassQuery { return (penultimateKeys, penultimateClassQuery, nil) }
    let missing = [
      penultimateKeys == nil ? "penultimate_keys" : nil, penultimateClassQuery == nil ? "penultimate_cls_query" : nil,
    ].compactMap { $0 }.joined(separator: " and ")
    return (keys, classQuery, "the features have no \(missing): the last layer's keys and query stand for them")
  }

  /// How much attention each patch gets in the layer that the tokens leave, that layer's keys, and what to say of both: the
  /// class token's attention or, without one, the mean of all patches'.
  ///
  /// - Throws: `Diagnostic` if the products of such large features overflow.
  func leavingAttention() throws(Diagnostic) -> (attention: [Float], keys: Matrix, note: String?) {
    if let meanAttention {
      let note = "no class token: the mean attention of all patches decides"
      return (meanAttention, penultimateKeys ?? keys, note)
    }
    let layer = leavingLayer
    return (try headAttention(keys: layer.keys, query: layer.query), layer.keys, layer.note)
  }

  /// How much the class token attends to each patch in the last layer, for a method that has no meaning without one.
  ///
  /// - Throws: `Diagnostic` if there is no class token, or the products of such large features overflow.
  func classTokenAttention(for method: String) throws(Diagnostic) -> [Float] {
    guard hasClassToken else {
      throw Diagnostic(file: name, "\(method) chooses by the attention of a class token; this encoder has none")
    }
    return try headAttention(keys: keys, query: classQuery)
  }

  /// The mean of the keys of all heads, at length 1: [patches + 1, width / heads].
  ///
  /// - Throws: `Diagnostic` if such large keys overflow.
  func meanHeadKeys(_ keys: Matrix) throws(Diagnostic) -> Matrix { try keys.meanOfHeads(heads, name: name) }
}

extension Matrix {
  /// How much a query attends to the key in each row, the mean over the heads: in every head of width d the softmax of
  /// q . k_j / sqrt(d) over all rows.
  ///
  /// - Throws: `Diagnostic`, naming the features, if the products of such large keys overflow.
  func headAttention(query: [Float], heads: Int, name: String) throws(Diagnostic) -> [Float] {
    let headWidth = columns / heads
    let scale = 1 / Double(headWidth).squareRoot()
    var means = [Double](repeating: 0, count: rows)
    for head in 0..<heads {
      let logits = products(with: query, columns: head * headWidth..<(head + 1) * headWidth)
      guard let largest = logits.max(), logits.allSatisfy(\.isFinite) else {
        throw Diagnostic(file: name, "keys and cls_query are so large that their products overflow")
      }
      let exponentials = logits.map { exp(Double($0 - largest) * scale) }
      let share = 1 / (exponentials.reduce(0, +) * Double(heads))
      for row in 0..<rows { means[row] += exponentials[row] * share }
    }
    return means.map { Float($0) }
  }

  /// The mean of the parts of all heads of each row, at length 1: [rows, columns / heads].
  ///
  /// A mean of zeros stays one, and so is like no other (similarity 0).
  /// - Throws: `Diagnostic`, naming the features, if such large keys overflow.
  func meanOfHeads(_ heads: Int, name: String) throws(Diagnostic) -> Matrix {
    let headWidth = columns / heads
    let (parts, weights) = ([Int](0..<heads), [Float](repeating: 1 / Float(heads), count: heads))
    let means = Matrix(rows: rows, columns: headWidth) { output in
      withRows { rows in
        parts.withUnsafeBufferPointer { parts in
          for row in 0..<self.rows {
            // The parts of a row that belong to the heads are rows themselves.
            Matrix.Rows(start: rows[row], columns: headWidth).add(
              parts, weights: weights, to: nil, columns: 0..<headWidth, into: output + row * headWidth)
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
}

extension Float {
  /// tanh((self - other) / 2): by how much the first share of the softmax of the two exceeds the second.
  func hyperbolicAdvantage(over other: Float) -> Float { Float(tanh(Double(self - other) / 2)) }
}

/// The number whose third power is `number`.
func cubeRoot(_ number: Double) -> Double { cbrt(number) }
