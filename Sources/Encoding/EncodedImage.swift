package import Documents
package import Reduction

/// What an encoder says of one image: the tokens that a language model would read, and the queries and keys behind them.
package struct EncodedImage: Sendable {
  /// What the image is called.
  package let name: String
  /// How the patches, or the cells that a merger makes tokens of, lie.
  package let grid: VisualFeatures.Grid
  /// The attention heads of a layer.
  package let heads: Int
  /// Whether a class token stands before the patches, in row 0 of every matrix of tokens, keys and queries.
  package let hasClassToken: Bool
  /// What reducers work on: the penultimate layer's output or, behind a merger, what enters the language model.
  package let tokens: Matrix
  /// The last layer's keys and queries, as its attention compares them, unscaled; of cells the means.
  package let keys, queries: Matrix
  /// The keys of the layer before: nil in a tower of one layer, and behind a merger.
  package let penultimateKeys: Matrix?
  /// The class token's query in the layer before: [width]; nil as above, and without a class token.
  package let penultimateClassQuery: [Float]?
  /// Without a class token in the tokens, the share of the attention that each of them gets, the mean over heads and
  /// patches, in the layer that the tokens leave.
  package let meanAttention: [Float]?
  /// What enters the language model, in reading order: nil where the tower's files have neither merger nor projector, or
  /// where it was not asked for and reducers do not read it.
  package let merged: Matrix?
  /// The hidden states that the tower was asked for; nil where only what reducers read was.
  package let states: States?

  /// Hidden states of a tower.
  package struct States: Sendable {
    /// Tokens before the last layer and behind the last layer and norm, in the tower's order: [tokens, width].
    package let penultimate, last: Matrix
    /// The same of earlier layers, which are added inside the language model.
    package let deepstack: [Matrix]
  }

  /// What stands for the class token's query in the last layer, [width]: its own or the mean of all.
  package var classQuery: [Float] { hasClassToken ? [Float](queries.row(0)) : queries.meanRow }

  /// The same for reducers.
  ///
  /// - Throws: `Diagnostic` if a number is NaN or infinite, or there is no patch.
  package func features() throws(Diagnostic) -> VisualFeatures {
    try VisualFeatures(
      name: name, keys: keys, classQuery: classQuery, tokens: tokens, penultimateKeys: penultimateKeys,
      penultimateClassQuery: penultimateClassQuery, meanAttention: meanAttention, grid: grid, heads: heads)
  }
}
