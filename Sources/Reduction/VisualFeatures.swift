public import Documents

/// What a vision encoder says of one image, as far as token reducers need it.
///
/// Row 0 of each matrix is the class token's, row `1 + p` that of patch `p`, in reading order. Where the encoder has no class
/// token, or it does not enter the language model, row 0 holds the means of the others, and `meanAttention` is there; where a
/// merger makes the tokens, a patch is a cell that it makes one of. In LLaVA-1.5, `tokens` leave layer 23 of 24 (the penultimate one), and `keys` and
/// `classQuery` are the last layer's projections, bias included, unscaled.
public struct VisualFeatures: Sendable {
  /// The patches of the image, in rows and columns.
  public struct Grid: Sendable, Hashable, CustomStringConvertible {
    /// The patches from top to bottom.
    public let rows: Int
    /// The patches from left to right.
    public let columns: Int

    /// A grid of at least one row and one column.
    public init(rows: Int, columns: Int) {
      self.rows = rows
      self.columns = columns
    }

    /// The side of a square of `patches`, or nil if there is no such square.
    public init?(squareOf patches: Int) {
      let side = Int(Double(patches).squareRoot().rounded())
      guard patches > 0, side.multipliedReportingOverflow(by: side) == (patches, false) else { return nil }
      self.init(rows: side, columns: side)
    }

    /// As in `24x24`: rows, then columns.
    public var description: String { "\(rows)x\(columns)" }
  }

  /// The sample's name, or the file as the user named it.
  public let name: String
  /// Whether the features come from a generator, not from an image.
  public let isSynthetic: Bool
  /// How the patches lie in the image.
  public let grid: Grid
  /// The attention heads of the encoder's layers, which divide the width.
  public let heads: Int
  /// The keys, [patches + 1, width].
  public let keys: Matrix
  /// The class token's query, [width].
  public let classQuery: [Float]
  /// The tokens that the language model would read, [patches + 1, width].
  public let tokens: Matrix
  /// Without a class token the share of the attention that each patch gets, the mean over heads and patches: [patches]. Nil
  /// where there is a class token.
  public let meanAttention: [Float]?
  /// The keys of the layer before that of `keys`, the one that the tokens leave; nil if they are not known.
  public let penultimateKeys: Matrix?
  /// The class token's query in that layer, [width]; nil if it is not known.
  public let penultimateClassQuery: [Float]?

  /// Images of more patches are refused: many reducers compare each with each.
  public static let patchLimit = 10_000

  /// The number of patches, the class token not counted.
  public var patches: Int { keys.rows - 1 }
  /// The numbers in a key or a query and, but behind a merger, a token.
  public var width: Int { keys.columns }
  /// Whether row 0 is a class token's.
  public var hasClassToken: Bool { meanAttention == nil }

  /// Features of one image.
  ///
  /// `grid` is by default the square of as many patches as there are; `heads` by default one for every 64 of the width
  /// (1 where that does not divide it). Tokens must be as wide as keys, both having the encoder's hidden width, where there is
  /// a class token. With `meanAttention` there is none: matrices have a row for every patch and no other, and `classQuery` is
  /// the mean of all queries.
  /// - Throws: `Diagnostic` for shapes that do not match, more than `patchLimit` patches, and for NaN or infinity, naming matrix, row and column.
  public init(
    name: String, keys: Matrix, classQuery: [Float], tokens: Matrix, penultimateKeys: Matrix? = nil,
    penultimateClassQuery: [Float]? = nil, meanAttention: [Float]? = nil, grid: Grid? = nil, heads: Int? = nil
  ) throws(Diagnostic) {
    var (keys, tokens, penultimateKeys) = (keys, tokens, penultimateKeys)
    if let meanAttention {
      guard keys.rows == tokens.rows, meanAttention.count == keys.rows, let first = keys.following(keys.meanRow),
        let second = tokens.following(tokens.meanRow)
      else {
        throw Diagnostic(
          file: name,
          "mean_attention has \(meanAttention.count) numbers, keys \(keys.rows) rows and tokens \(tokens.rows); expected "
            + "one for every patch")
      }
      (keys, tokens) = (first, second)
      penultimateKeys = penultimateKeys.flatMap { $0.following($0.meanRow) }
    }
    try Self.check(keys, tokens, penultimateKeys, name, tokensMayDiffer: meanAttention != nil)
    let width = keys.columns
    for case (let row?, let label) in [(classQuery, "cls_query"), (penultimateClassQuery, "penultimate_cls_query")]
    where row.count != width {
      throw Diagnostic(file: name, "\(label) has \(row.count) numbers; expected \(width), as in a row of keys")
    }
    let heads = heads ?? Self.defaultHeads(width: width)
    guard heads > 0, width.isMultiple(of: heads) else {
      throw Diagnostic(file: name, "\(heads) attention heads do not divide a width of \(width)")
    }
    self.init(
      name: name, isSynthetic: false, grid: try Self.grid(grid, patches: keys.rows - 1, name: name), heads: heads,
      uncheckedKeys: keys, classQuery: classQuery, tokens: tokens, penultimateKeys: penultimateKeys,
      penultimateClassQuery: penultimateClassQuery, meanAttention: meanAttention)
    try checkFinite()
  }

  /// - Throws: `Diagnostic` for too few or too many rows, and for matrices of different shapes; tokens may be wider or narrower
  ///   where that is said.
  private static func check(
    _ keys: Matrix, _ tokens: Matrix, _ penultimateKeys: Matrix?, _ name: String, tokensMayDiffer: Bool
  ) throws(Diagnostic) {
    let width = keys.columns
    guard keys.rows >= 2 else {
      throw Diagnostic(file: name, "keys have \(keys.rows) rows; expected the class token's and one for every patch")
    }
    guard keys.rows - 1 <= Self.patchLimit else {
      throw Diagnostic(
        file: name,
        "\(keys.rows - 1) patches; reducers, which compare them with each other, take at most \(Self.patchLimit)")
    }
    for case (let matrix?, let label) in [(tokens, "tokens"), (penultimateKeys, "penultimate_keys")]
    where matrix.rows != keys.rows || (matrix.columns != width && (label != "tokens" || !tokensMayDiffer)) {
      throw Diagnostic(
        file: name,
        "\(label) are [\(matrix.rows), \(matrix.columns)] and keys [\(keys.rows), \(width)]; expected the same shape")
    }
  }

  /// Features that are known to be sound.
  init(
    name: String, isSynthetic: Bool, grid: Grid, heads: Int,
    uncheckedKeys keys: Matrix, classQuery: [Float], tokens: Matrix, penultimateKeys: Matrix? = nil,
    penultimateClassQuery: [Float]? = nil, meanAttention: [Float]? = nil
  ) {
    self.name = name
    self.isSynthetic = isSynthetic
    self.grid = grid
    self.heads = heads
    self.keys = keys
    self.classQuery = classQuery
    self.tokens = tokens
    self.penultimateKeys = penultimateKeys
    self.penultimateClassQuery = penultimateClassQuery
    self.meanAttention = meanAttention
  }

  private static func defaultHeads(width: Int) -> Int {
    let heads = width / 64
    return heads > 0 && width.isMultiple(of: heads) ? heads : 1
  }

  private static func grid(_ grid: Grid?, patches: Int, name: String) throws(Diagnostic) -> Grid {
    guard let grid else {
      if let square = Grid(squareOf: patches) { return square }
      throw Diagnostic(
        file: name, "\(patches) patches are no square; say in the metadata how they lie: \"grid\": \"ROWSxCOLUMNS\"")
    }
    guard grid.rows > 0, grid.columns > 0,
      grid.rows.multipliedReportingOverflow(by: grid.columns) == (patches, false)
    else { throw Diagnostic(file: name, "the grid \(grid) does not hold \(patches) patches") }
    return grid
  }

  private func checkFinite() throws(Diagnostic) {
    let matrices = [(keys, "keys"), (tokens, "tokens"), (penultimateKeys, "penultimate_keys")]
    for case (let matrix?, let label) in matrices {
      guard let (row, column) = matrix.firstNonFinite else { continue }
      let value = matrix.elements[row * matrix.columns + column]
      guard hasClassToken else {
        // The mean, which is no row of the file, is the first to be broken.
        throw Diagnostic(file: name, "\(label) holds \(value) in column \(column) (from 0) of some row")
      }
      throw Diagnostic(
        file: name, "\(label) holds \(value) in row \(row), column \(column) (from 0; row 0 is the class token's)")
    }
    for case (let row?, let label) in [
      (classQuery, "cls_query"), (penultimateClassQuery, "penultimate_cls_query"), (meanAttention, "mean_attention"),
    ] {
      guard let column = row.firstNonFinite else { continue }
      throw Diagnostic(file: name, "\(label) holds \(row[column]) in column \(column) (from 0)")
    }
  }
}
