internal import Architectures
package import Documents
internal import Jobs
internal import LinearAlgebra
internal import Reduction

/// Runs a tower on one image after the other, with memory and threads of its own.
///
/// Arithmetic is in F32. Several runners may share a tower, each used by one thread at a time.
package final class TowerRunner {
  /// The tower that runs.
  package let tower: VisionTower
  let blas: BLAS
  let workers: Workers
  let encoder: VisionEncoder
  let width, heads, inner: Int
  /// The tokens [tokens, width]: what layers add to.
  let stream: Buffer<Float>
  /// Their norm, later the attention's output: [tokens, width].
  let normed: Buffer<Float>
  /// Queries, keys and values side by side: [tokens, 3 width].
  let projected: Buffer<Float>
  /// The inner numbers of the feed-forward block, or the pixels of the patches.
  let hidden: Buffer<Float>
  /// For every thread, scores of a few tokens, and rows of weights that are not stored in F32.
  let scores, scratch: [Buffer<Float>]
  /// Rows of scores that a thread holds at a time.
  let scoreRows: Int
  /// Tokens at the moment, and how many of the first ones each is the mean of where that is not 1 for all.
  var tokens = 0
  var sizes: [Float]?
  /// The image at hand, for errors.
  var name = ""

  /// The processors that this program may use.
  package static var processors: Int { Jobs.processors }

  /// Makes room for one image, and threads.
  ///
  /// - Parameter threads: how many threads work on one image.
  /// - Throws: `Diagnostic` without OpenBLAS, or if memory is short.
  package init(_ tower: VisionTower, threads: Int = TowerRunner.processors) throws(Diagnostic) {
    let needs = Self.needs(tower, runners: 1, threads: threads)
    blas = try BLAS(for: Self.purpose, threads: needs.threads, bytes: needs.bytes)
    self.tower = tower
    workers = Workers(threads: threads)
    encoder = tower.encoder
    (width, heads, inner) = (encoder.block.width, encoder.block.heads, encoder.block.feedForward)
    let tokens = encoder.tokens
    stream = Buffer(uninitialized: tokens * width)
    normed = Buffer(uninitialized: tokens * width)
    projected = Buffer(uninitialized: tokens * 3 * width)
    hidden = Buffer(uninitialized: max(tokens * inner, encoder.patches * tower.patches.columns))
    // Half a megabyte of scores stays in a second-level cache between the two products.
    let scoreRows = min(tokens, max(1, 131_072 / tokens))
    self.scoreRows = scoreRows
    scores = (0..<workers.count).map { _ in Buffer(uninitialized: scoreRows * tokens) }
    let scratchCount = Self.scratchCount(tower)
    scratch = (0..<workers.count).map { _ in Buffer(uninitialized: scratchCount) }
  }

  private static let purpose = "running an encoder"

  /// - Throws: `Diagnostic` if there is no memory for so many runners at a time, each of so many threads.
  package static func checkMemory(_ tower: VisionTower, runners: Int, threads: Int) throws(Diagnostic) {
    let needs = needs(tower, runners: runners, threads: threads)
    try BLAS.checkMemory(for: purpose, threads: needs.threads, bytes: needs.bytes)
  }

  /// The threads of so many runners, and the memory of their own.
  private static func needs(_ tower: VisionTower, runners: Int, threads: Int) -> (threads: Int, bytes: Int) {
    let (encoder, threads) = (tower.encoder, min(max(1, threads), Workers.limit))
    let (tokens, width) = (encoder.tokens, encoder.block.width)
    let hidden = max(tokens * encoder.block.feedForward, encoder.patches * tower.patches.columns)
    let scores = max(tokens, 131_072)
    let numbers = tokens * 5 * width + hidden + threads * (scores + scratchCount(tower))
    return (runners * threads, runners * (numbers * 4 + threads << 23))
  }

  /// What an image looks like to the tower.
  ///
  /// - Parameters:
  ///   - pixels: [channels, height, width], as the tower's preprocessing leaves them.
  ///   - name: what to call the image.
  /// - Throws: `Diagnostic` if the sizes are not the tower's, or a pixel, a weight or a result is NaN or infinite.
  package func encode(pixels: [Float], height: Int, width: Int, name: String) throws(Diagnostic) -> EncodedImage {
    try embed(pixels, height: height, width: width, name: name)
    var penultimate: Projected?
    for layer in tower.rests.indices {
      attend(layer)
      if layer == tower.rests.count - 1 { penultimate = projections() }
      feedForward(layer)
    }
    let output = copy(stream.start, rows: tokens, stride: self.width, columns: self.width)
    try checkFinite()
    project(tower.projections[encoder.layers - 1], value: nil)
    let last = projections()
    guard let tokens = Matrix(columns: self.width, elements: output), let last,
      last.keys.elements.allSatisfy(\.isFinite), last.queries.elements.allSatisfy(\.isFinite)
    else { throw broken() }
    return EncodedImage(
      name: name, grid: VisualFeatures.Grid(rows: encoder.gridSize, columns: encoder.gridSize), heads: heads,
      tokens: tokens, keys: last.keys, queries: last.queries, penultimateKeys: penultimate?.keys,
      penultimateClassQuery: penultimate.map { [Float]($0.queries.row(0)) })
  }

  /// Queries and keys of a layer.
  struct Projected {
    let queries, keys: Matrix
  }

  /// The queries and keys that were projected last; nil never, as they fill whole rows.
  func projections() -> Projected? {
    let parts = [0, width].compactMap { offset in
      Matrix(columns: width, elements: copy(projected.start + offset, rows: tokens, stride: 3 * width, columns: width))
    }
    return parts.count == 2 ? Projected(queries: parts[0], keys: parts[1]) : nil
  }

  /// Some columns of rows in memory, one row after the other.
  func copy(_ start: UnsafePointer<Float>, rows: Int, stride: Int, columns: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows * columns) { buffer, initialized in
      for row in 0..<rows {
        (buffer.baseAddress.map { $0 + row * columns })?.update(from: start + row * stride, count: columns)
      }
      initialized = rows * columns
    }
  }

  /// - Throws: `Diagnostic` if a token is NaN or infinite.
  func checkFinite() throws(Diagnostic) {
    // Zero times a finite number is zero; times infinity or NaN it is NaN, which every sum passes on.
    var sum: Float = 0
    for index in 0..<tokens * width { sum += stream.start[index] * 0 }
    guard sum == 0 else { throw broken() }
  }

  /// The error of a result that is NaN or infinite although the pixels are not.
  func broken() -> Diagnostic {
    tower.brokenWeight()
      ?? Diagnostic(file: tower.folder, "the weights are so large that the features of \(name) overflow")
  }
}
