package import Documents

/// What a vision tower looks at in a picture, and which patches a reducer keeps, as in Figure 3 (b) of LLaVA-PruMerge
/// (arXiv 2403.15388).
package struct AttentionMap: Sendable {
  /// The picture as the tower sees it.
  let picture: Image
  /// Rows of patches.
  let rows: Int
  /// Columns of patches.
  let columns: Int
  /// For each patch, row by row, from 0 for none to 1 for the most.
  let brightness: [Float]
  /// For each patch whether it is kept.
  let isKept: [Bool]

  /// A map of a picture, which `ImagePreprocessing.crop(of:)` made, that the tower cut into `rows` x `columns` patches.
  ///
  /// `attention` has one number at least 0 for each patch, row by row, how much of the class token's attention it gets;
  /// only their ratio matters. `kept` are indices of patches, in any order.
  /// - Throws: `Diagnostic` if the numbers do not fit each other.
  package init(
    picture: Image, rows: Int, columns: Int, attention: [Float], kept: [Int]
  ) throws(Diagnostic) {
    let edges = 1...Self.edgeLimit
    guard edges.contains(rows), edges.contains(columns) else {
      throw Diagnostic("a map of \(rows) x \(columns) patches cannot be drawn; at most \(Self.edgeLimit) each way")
    }
    guard attention.count == rows * columns else {
      throw Diagnostic("expected the attention of \(rows) x \(columns) patches, found \(attention.count) numbers")
    }
    var isKept = [Bool](repeating: false, count: attention.count)
    for index in kept {
      guard isKept.indices.contains(index) else {
        throw Diagnostic("the kept patch \(index) is none of the \(rows) x \(columns)")
      }
      isKept[index] = true
    }
    self.picture = picture
    self.rows = rows
    self.columns = columns
    self.brightness = Self.brightness(attention)
    self.isKept = isKept
  }

  /// More patches each way are not drawn.
  static let edgeLimit = 512

  /// Class attention is heavy-tailed: a few patches hold most of it. The square root of its ratio to the 98th percentile
  /// keeps them from leaving the others black.
  private static func brightness(_ attention: [Float]) -> [Float] {
    let sound = attention.map { $0.isFinite ? max(0, $0) : 0 }
    let sorted = sound.sorted()
    var reference = sorted[min(sorted.count - 1, sorted.count * 98 / 100)]
    if reference == 0 { reference = sorted[sorted.count - 1] }
    return sound.map { reference > 0 ? min(1, $0 / reference).squareRoot() : 0 }
  }
}
