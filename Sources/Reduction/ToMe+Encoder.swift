package import Architectures
package import Documents

extension ToMe {
  /// Which tokens at even positions are merged into which at odd ones; the class token's position is 0.
  struct Matching {
    /// The odd positions, and the even ones but the class token's.
    let odd, even: [Int]
    /// For every even position the most similar odd one, as an index into `odd`.
    let best: [Int]
    /// The indices into `even` of those that are merged, and of the others in order.
    let merged: Set<Int>
    let unmerged: [Int]

    /// The `count` most similar pairs of tokens with these keys, of length 1.
    ///
    /// Positions are those of the tokens with the class token, which is never merged, or without one of the patches.
    init(_ keys: Matrix, count: Int, classToken: Bool = true) {
      let odd = [Int](stride(from: classToken ? 1 : 2, to: keys.rows, by: 2))
      even = [Int](stride(from: classToken ? 2 : 1, to: keys.rows, by: 2))
      let found = keys.mostSimilar(to: even, among: odd)
      best = found.map(\.position)
      let merged = Set(found.map(\.product).indicesOfLargest(count))
      self.odd = odd
      self.merged = merged
      unmerged = even.indices.filter { !merged.contains($0) }
    }
  }

  /// One step inside a layer: means weighted with the tokens' sizes, those unmerged first.
  ///
  /// As in tome/merge.py and tome/patch/timm.py of the released code.
  /// - Throws: `Diagnostic` if keys are so large that their norms overflow.
  package func step(
    _ tokens: LayerTokens, layer: Int, of encoder: VisionEncoder
  ) throws(Diagnostic) -> [CombinedToken]? {
    let count = min(merged(inLayer: layer, of: encoder.layers), (tokens.count - 1) / 2)
    guard count > 0 else { return nil }
    let matching = Matching(try tokens.keys.meanOfHeads(tokens.heads, name: tokens.name), count: count)
    let sizes = tokens.sizes
    var groups = matching.odd.map { [$0] }
    for index in matching.merged.sorted() { groups[matching.best[index]].append(matching.even[index]) }
    let unmerged = ([0] + matching.unmerged.map { matching.even[$0] }).map { CombinedToken(row: $0, size: sizes[$0]) }
    return unmerged
      + groups.map { group in
        let size = group.reduce(0) { $0 + sizes[$1] }
        let terms = group.map { CombinedToken.Term(row: $0, weight: sizes[$0] / size) }
        return CombinedToken(terms, size: size, continues: group[0])
      }
  }
}
