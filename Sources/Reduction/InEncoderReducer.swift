package import Architectures
package import Documents
package import ReductionMethods

/// A method inside an encoder that needs no training, so that it can run there for real.
package protocol InEncoderReducer: EncoderReducer {
  /// What becomes of the tokens of a layer (from 0) between its attention and its feed-forward block; nil if they stay
  /// as they are. The class token stays first.
  ///
  /// - Throws: `Diagnostic` if the numbers of such large tokens overflow.
  func step(
    _ tokens: LayerTokens, layer: Int, of encoder: VisionEncoder
  ) throws(Diagnostic) -> [CombinedToken]?
}

/// What a layer of an encoder knows of its tokens after its attention, the class token's in row 0.
package struct LayerTokens: Sendable {
  /// The keys and values of all heads, with bias: [tokens, width].
  package var keys, values: Matrix
  /// The class token's query, with bias, unscaled: [width].
  package var classQuery: [Float]
  /// How many of the first layer's tokens each one is the mean of.
  package var sizes: [Float]
  /// Attention heads, which divide the width.
  package var heads: Int
  /// What the image is called in errors.
  package var name: String

  /// The tokens of one image.
  package init(keys: Matrix, values: Matrix, classQuery: [Float], sizes: [Float], heads: Int, name: String) {
    (self.keys, self.values, self.classQuery) = (keys, values, classQuery)
    (self.sizes, self.heads, self.name) = (sizes, heads, name)
  }

  /// The number of tokens, class token included.
  package var count: Int { keys.rows }

  /// How much the class token attends to every other one, the mean over the heads.
  func classAttention() throws(Diagnostic) -> [Float] {
    [Float](try keys.headAttention(query: classQuery, heads: heads, name: name).dropFirst())
  }
}

/// A token that a step makes of those before it: their weighted sum.
package struct CombinedToken: Sendable, Hashable {
  /// A token before the step, by its row, and its weight.
  package struct Term: Sendable, Hashable {
    /// The row, from 0.
    package var row: Int
    /// The weight.
    package var weight: Float

    /// A row and its weight.
    package init(row: Int, weight: Float = 1) { (self.row, self.weight) = (row, weight) }
  }

  /// What is summed up.
  package var terms: [Term]
  /// How many of the first layer's tokens it is the mean of, for attention in proportion to size.
  package var size: Float
  /// The row of the token that it continues; nil for a new one.
  package var continues: Int?

  /// A sum of tokens.
  package init(_ terms: [Term], size: Float = 1, continues: Int? = nil) {
    (self.terms, self.size, self.continues) = (terms, size, continues)
  }

  /// The token in a row as it is.
  package init(row: Int, size: Float = 1) { self.init([Term(row: row)], size: size, continues: row) }
}
