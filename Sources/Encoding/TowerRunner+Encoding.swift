internal import Architectures
internal import Configurations
package import Documents
internal import LinearAlgebra
internal import Reduction
internal import Tensors

extension TowerRunner {
  /// What an image looks like to the tower.
  ///
  /// - Parameters:
  ///   - pixels: as the tower's preprocessing leaves them.
  ///   - name: what to call the image.
  ///   - states: whether all hidden states are wanted, for which the last layer runs to its end.
  /// - Throws: `Diagnostic` if the sizes are not the tower's, or a weight or a result is NaN or infinite.
  package func encode(_ pixels: TowerPixels, name: String, states: Bool = false) throws(Diagnostic) -> EncodedImage {
    try prepare(pixels, name: name)
    embed(pixels)
    let (count, projector) = (tower.layers.count, tower.projector)
    let isMerger = projector?.description.isMerger == true
    // Whether a perceptron reads what the last layer leaves, before the norm behind it; and whether that layer runs to its end.
    let readsLast = !isMerger && tower.description.projector?.layer == count
    let runsAll = isMerger || states || readsLast || (count == 1 && !encoder.classToken)
    var seen = try runLayers(to: runsAll, merging: isMerger || states, isMerger || readsLast)
    try checkFinite()
    var read: Matrix?
    if readsLast {
      read = try matrix()
      if states, let projector { seen.merged = try project(projector) }
    }
    if isMerger || states {
      if let norm = tower.postNorm { normalize(norm, to: stream.start) }
      if states { seen.last = try matrix() }
      if let projector, seen.merged == nil { seen.merged = try project(projector) }
    }
    guard let penultimate = seen.penultimate, let keys = seen.keys, let queries = seen.queries else { throw broken() }
    let all: EncodedImage.States? =
      if states, let last = seen.last {
        EncodedImage.States(penultimate: penultimate, last: last, deepstack: seen.deepstack)
      } else { nil }
    if isMerger, let merged = seen.merged, let projector {
      return try image(name, pixels, keys, queries, merged, projector, seen.attention, all)
    }
    let grid = pixels.grid
    return EncodedImage(
      name: name, grid: VisualFeatures.Grid(rows: grid.rows * pixels.frames, columns: grid.columns), heads: heads,
      hasClassToken: encoder.classToken, tokens: read ?? penultimate, keys: keys,
      queries: queries, penultimateKeys: readsLast ? nil : seen.earlierKeys,
      penultimateClassQuery: encoder.classToken && !readsLast ? seen.earlierQueries.map { [Float]($0.row(0)) } : nil,
      meanAttention: encoder.classToken ? nil : seen.attention, merged: seen.merged, states: all)
  }

  /// What the layers leave on their way.
  private struct Seen {
    var merged, penultimate, last: Matrix?
    var keys, queries, earlierKeys, earlierQueries: Matrix?
    var deepstack: [Matrix] = []
    var attention: [Float]?
  }

  /// Runs the layers, the last one to its end if `runsAll`. Attention is kept of the last layer if `readsLast`, and else,
  /// without a class token, of the one before.
  private func runLayers(to runsAll: Bool, merging: Bool, _ readsLast: Bool) throws(Diagnostic) -> Seen {
    var seen = Seen()
    let count = tower.layers.count
    for (index, layer) in tower.layers.enumerated() {
      if let projector = tower.projector, projector.description.layer == index, merging {
        seen.merged = try project(projector)
      }
      let isLast = index == count - 1
      if isLast { seen.penultimate = try matrix() }
      project(layer, layer: index, values: !isLast || runsAll)
      if isLast {
        (seen.queries, seen.keys) = (try matrix(projected: 0), try matrix(projected: 1))
      } else if index == count - 2 {
        (seen.earlierQueries, seen.earlierKeys) = (try matrix(projected: 0), try matrix(projected: 1))
      }
      guard !isLast || runsAll else { break }
      let isRead = readsLast ? isLast : !encoder.classToken && index == max(0, count - 2)
      let shares = attend(layer, layer: index, summing: isRead)
      if isRead { seen.attention = shares }
      feedForward(layer)
      for part in tower.deepstack where part.description.layer == index + 1 { seen.deepstack.append(try project(part)) }
    }
    return seen
  }

  /// What a merger leaves: tokens of cells, with the means of their keys and queries.
  private func image(
    _ name: String, _ pixels: TowerPixels, _ keys: Matrix, _ queries: Matrix, _ merged: Matrix,
    _ projector: VisionTower.Projector, _ attention: [Float]?, _ states: EncodedImage.States?
  ) throws(Diagnostic) -> EncodedImage {
    let side = projector.description.cell
    let (cells, grid) = (order.cells(side), order.grid(ofCells: side))
    let tokens = cells.map { $0 + tower.description.leading }
    return EncodedImage(
      name: name, grid: VisualFeatures.Grid(rows: grid.rows * pixels.frames, columns: grid.columns), heads: heads,
      hasClassToken: false, tokens: merged, keys: try means(keys, of: tokens, side * side),
      queries: try means(queries, of: tokens, side * side), penultimateKeys: nil, penultimateClassQuery: nil,
      meanAttention: attention.map { attention in
        stride(from: 0, to: tokens.count, by: side * side).map { start in
          tokens[start..<start + side * side].reduce(0) { $0 + attention[$1 - tower.description.leading] }
        }
      }, merged: merged, states: states)
  }

  /// What a picture looks like to the tower, tile by tile.
  ///
  /// - Throws: `Diagnostic` as above, and for tiles that are not those of the picture's size.
  package func encode(
    _ pixels: PicturePixels, name: String, states: Bool = false
  ) throws(Diagnostic) -> EncodedPicture {
    var tiles: [EncodedImage] = []
    for tile in pixels.tiles { tiles.append(try encode(tile, name: name, states: states)) }
    return EncodedPicture(tiles, merged: states ? try packed(tiles, of: pixels.size) : nil)
  }

  /// The same of planes [channels, height, width].
  package func encode(
    pixels: [Float], height: Int, width: Int, name: String, states: Bool = false
  ) throws(Diagnostic) -> EncodedImage {
    guard height > 0, width > 0, let planes = Tensor(shape: [encoder.channels, height, width], elements: pixels) else {
      throw Diagnostic(
        file: name, "has \(pixels.count) pixel values, which are not \(encoder.channels) x \(height) x \(width)")
    }
    return try encode(TowerPixels(planes: [planes], for: tower.description, name: name), name: name, states: states)
  }

  /// The means of so many rows each.
  private func means(_ matrix: Matrix, of rows: [Int], _ count: Int) throws(Diagnostic) -> Matrix {
    var numbers = [Float](repeating: 0, count: rows.count / count * matrix.columns)
    for (index, row) in rows.enumerated() {
      let start = index / count * matrix.columns
      for (column, number) in matrix.row(row).enumerated() { numbers[start + column] += number / Float(count) }
    }
    guard let means = Matrix(columns: matrix.columns, elements: numbers) else { throw broken() }
    return means
  }

  /// What a projector makes of the tokens as they are: [cells, its output].
  func project(_ projector: VisionTower.Projector) throws(Diagnostic) -> Matrix {
    let (part, leading) = (projector.description, tower.description.leading)
    let cells = order.cells(part.cell)
    let perCell = part.cell * part.cell
    let rows = cells.count / perCell
    guard rows > 0 else {
      throw Diagnostic(file: name, "has fewer patches than a cell of \(part.cell) x \(part.cell)")
    }
    let gathered = Buffer<Float>(uninitialized: rows * perCell * width)
    let (inside, output) = (
      Buffer<Float>(uninitialized: rows * part.inner), Buffer<Float>(uninitialized: rows * part.output)
    )
    for (index, token) in cells.enumerated() {
      (gathered.start + index * width).update(from: stream.start + (leading + token) * width, count: width)
    }
    if let norm = projector.norm {
      let length = part.norm?.isOfCells == true ? perCell * width : width
      normalize(norm, gathered.start, rows: rows * perCell * width / length, width: length, to: gathered.start)
    }
    run(
      [
        Product(
          projector.first, input: gathered.start, inputStride: perCell * width, output: inside.start,
          outputStride: part.inner, activation: part.activation)
      ], rows: rows)
    run(
      [
        Product(
          projector.second, input: inside.start, inputStride: part.inner, output: output.start,
          outputStride: part.output)
      ], rows: rows)
    let numbers = copy(output.start, rows: rows, stride: part.output, columns: part.output)
    guard let matrix = Matrix(columns: part.output, elements: numbers), matrix.isFinite else { throw broken() }
    return matrix
  }
}
