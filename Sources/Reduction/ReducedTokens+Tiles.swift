extension ReducedTokens {
  /// What is left of one tile, and the patches that it had.
  package typealias Tile = (result: ReducedTokens, patches: Int)

  /// What is left of all tiles of a picture, or frames of a clip, one behind the other; patches are counted on from tile to
  /// tile, in the order in which tiles pass the encoder.
  ///
  /// A token in the midst that stands for no one patch is -1 in `kept`. Tokens of the tiles have one width.
  package init(joining tiles: [Tile]) {
    guard tiles.count != 1 else {
      self = tiles[0].result
      return
    }
    let columns = tiles.first?.result.tokens.columns ?? 1
    let tokens = Matrix(columns: columns, elements: tiles.flatMap(\.result.tokens.elements))
    var (kept, assignment): ([Int], [Int]?) = ([], [])
    var (patches, count) = (0, 0)
    for (result, own) in tiles {
      kept += repeatElement(-1, count: count - kept.count)
      kept += result.kept.map { $0 < 0 ? $0 : $0 + patches }
      assignment = assignment.flatMap { all in result.assignment.map { all + $0.map { $0 < 0 ? $0 : $0 + count } } }
      (patches, count) = (patches + own, count + result.count)
    }
    var notes: [String] = []
    for case let note? in tiles.map(\.result.note) where !notes.contains(note) { notes.append(note) }
    self.init(
      tokens: tokens ?? Matrix(rows: 0, columns: columns) { _ in }, kept: kept, assignment: assignment,
      note: notes.isEmpty ? nil : notes.joined(separator: "; "))
  }
}
