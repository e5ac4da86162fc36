internal import Documents

extension VisualFeatures {
  /// The tokens of some patches as they are, in the order of `patches`.
  func selecting(_ patches: [Int], note: String? = nil) -> ReducedTokens {
    ReducedTokens(tokens: rows(patches), kept: patches, note: note)
  }

  /// The tokens of some patches, -1 being the class token: [patches.count, width].
  func rows(_ patches: [Int]) -> Matrix {
    Matrix(rows: patches.count, columns: width) { output in
      tokens.withRows { rows in
        for (row, patch) in patches.enumerated() { (output + row * width).update(from: rows[patch + 1], count: width) }
      }
    }
  }

  /// - Throws: `Diagnostic` if `count` is more than there are patches.
  func check(_ count: Int, for reducer: String) throws(Diagnostic) {
    guard count <= patches else {
      throw Diagnostic(file: name, "\(reducer) keeps \(count) tokens, and there are only \(patches) patches")
    }
  }
}

/// Sums of tokens that are merged, one for each token that is left.
struct TokenSums {
  private(set) var elements: [Float]
  private let features: VisualFeatures

  /// `count` tokens of zeros.
  init(_ features: VisualFeatures, count: Int) {
    self.features = features
    elements = [Float](repeating: 0, count: count * features.width)
  }

  /// Adds the token of a patch (-1: the class token), times `weight`, to token `index`.
  mutating func add(_ patch: Int, to index: Int, times weight: Float = 1) {
    let width = features.width
    elements.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      features.tokens.add([patch + 1], weights: [weight], to: start + index * width)
    }
  }

  /// Multiplies token `index` by `factor`.
  mutating func scale(_ index: Int, by factor: Float) {
    for position in index * features.width..<(index + 1) * features.width { elements[position] *= factor }
  }

  /// The tokens.
  ///
  /// - Throws: `Diagnostic` if they are so large that sums overflowed.
  func matrix() throws(Diagnostic) -> Matrix {
    guard elements.firstNonFinite == nil, let matrix = Matrix(columns: features.width, elements: elements) else {
      throw Diagnostic(file: features.name, "tokens are so large that their weighted sums overflow")
    }
    return matrix
  }
}
