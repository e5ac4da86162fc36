internal import Documents

extension VisualFeatures {
  /// The tokens of some patches as they are, in the order of `patches`.
  func selecting(_ patches: [Int], note: String? = nil) -> ReducedTokens {
    ReducedTokens(tokens: rows(patches), kept: patches, note: note)
  }

  /// The tokens of some patches, -1 being the class token: [patches.count, width].
  func rows(_ patches: [Int]) -> Matrix {
    let width = tokens.columns
    return Matrix(rows: patches.count, columns: width) { output in
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
