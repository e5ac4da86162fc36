internal import Architectures
internal import Configurations
package import Documents
internal import Jobs
internal import LinearAlgebra
internal import Reduction

/// Runs a tower on one image after the other, with memory and threads of its own.
///
/// Several runners may share a tower, each used by one thread at a time.
package final class TowerRunner {
  /// The tower that runs.
  package let tower: VisionTower
  let blas: BLAS
  let workers: Workers
  let encoder: VisionEncoder
  let width, heads, inner: Int
  /// The tokens [tokens, width]: what layers add to.
  var stream: Buffer<Float>
  /// Their norm, later the attention's output: [tokens, width].
  var normed: Buffer<Float>
  /// Queries, keys and values side by side: [tokens, 3 width].
  var projected: Buffer<Float>
  /// The inner numbers of the feed-forward block, those of a gate before them, or the pixels of the patches.
  var hidden: Buffer<Float>
  /// For every thread, scores of a few tokens, sums of their columns, and rows of weights that are not stored in F32.
  var scores, sums: [Buffer<Float>]
  let scratch: [Buffer<Float>]
  /// The input of a product rounded to BF16, where that is how products are computed.
  var rounded = Buffer<Float>(uninitialized: 0)
  /// The tokens that there is room for.
  private var room: Int
  /// Tokens at the moment, and how many of the first ones each is the mean of where that is not 1 for all.
  var tokens = 0
  var sizes: [Float]?
  /// How the image's patches are ordered, and by how much each of them is rotated.
  var order: TokenOrder
  var rotations: (cosines: [Float], sines: [Float])?
  /// The table of positions for the grid that was seen last.
  var positions: (grid: PatchGrid, numbers: [Float])?
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
    let workers = Workers(threads: threads)
    self.workers = workers
    encoder = tower.encoder
    (width, heads, inner) = (encoder.block.width, encoder.block.heads, encoder.block.feedForward)
    let scratchCount = Self.scratchCount(tower)
    scratch = (0..<workers.count).map { _ in Buffer(uninitialized: scratchCount) }
    order = TokenOrder(grid: PatchGrid(rows: 1, columns: 1), frames: 1, tower.description)
    (stream, normed, projected, hidden) = (
      Buffer(uninitialized: 0), Buffer(uninitialized: 0), Buffer(uninitialized: 0), Buffer(uninitialized: 0)
    )
    (scores, sums, room) = ([], [], 0)
    if tower.description.isFixed { makeRoom(encoder.tokens) }
  }

  private static let purpose = "running an encoder"
  /// Half a megabyte of scores stays in a second-level cache between the two products of attention.
  static let scoreCount = 131_072

  /// - Throws: `Diagnostic` if there is no memory for so many runners at a time, each of so many threads.
  package static func checkMemory(_ tower: VisionTower, runners: Int, threads: Int) throws(Diagnostic) {
    let needs = needs(tower, runners: runners, threads: threads)
    try BLAS.checkMemory(for: purpose, threads: needs.threads, bytes: needs.bytes)
  }

  /// The threads of so many runners, and the memory of their own.
  private static func needs(_ tower: VisionTower, runners: Int, threads: Int) -> (threads: Int, bytes: Int) {
    let threads = min(max(1, threads), Workers.limit)
    let numbers = numbers(tower, tokens: tower.encoder.tokens, threads: threads) + threads * scratchCount(tower)
    return (runners * threads, runners * (numbers * 4 + threads << 23))
  }

  /// The numbers that an image of so many tokens takes.
  private static func numbers(_ tower: VisionTower, tokens: Int, threads: Int) -> Int {
    let rounded = tower.brainProducts == nil ? 0 : hiddenWidth(tower) / 2
    let widths = 5 * tower.encoder.block.width + hiddenWidth(tower) + rounded
    return tokens * widths + threads * (max(tokens, scoreCount) + tokens)
  }

  /// The numbers of a token in `hidden`.
  private static func hiddenWidth(_ tower: VisionTower) -> Int {
    let block = tower.encoder.block
    return max((block.gated ? 2 : 1) * block.feedForward, tower.patches.weight.columns)
  }

  /// Has room for an image of so many tokens.
  private func makeRoom(_ tokens: Int) {
    guard tokens > room else { return }
    room = tokens
    stream = Buffer(uninitialized: tokens * width)
    normed = Buffer(uninitialized: tokens * width)
    projected = Buffer(uninitialized: tokens * 3 * width)
    hidden = Buffer(uninitialized: tokens * Self.hiddenWidth(tower))
    scores = (0..<workers.count).map { _ in Buffer(uninitialized: max(tokens, Self.scoreCount)) }
    sums = (0..<workers.count).map { _ in Buffer(uninitialized: tokens) }
  }

  /// Orders the patches of an image and makes room for them.
  ///
  /// - Throws: `Diagnostic` if they are too many, or memory is short.
  func prepare(_ pixels: TowerPixels, name: String) throws(Diagnostic) {
    let description = tower.description
    let tokens = description.leading + pixels.frames * pixels.grid.rows * pixels.grid.columns
    try description.checkWork(tokens: tokens, file: name)
    if tokens > room {
      try BLAS.checkMemory(
        for: Self.purpose, threads: 0, bytes: 4 * Self.numbers(tower, tokens: tokens, threads: workers.count))
      makeRoom(tokens)
    }
    self.name = name
    (self.tokens, sizes) = (tokens, nil)
    order = TokenOrder(grid: pixels.grid, frames: pixels.frames, description)
    rotations = description.rotary.map { base in
      TowerPositions.rotations(
        order.places, columns: pixels.grid.columns, rows: pixels.grid.rows, width: width / heads, base: base)
    }
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

  /// The tokens as they are, or the same columns of what was projected last: 0 queries, 1 keys, 2 values.
  ///
  /// - Throws: `Diagnostic` if one of them is NaN or infinite.
  func matrix(projected part: Int? = nil) throws(Diagnostic) -> Matrix {
    let start = part.map { projected.start + $0 * width } ?? stream.start
    let numbers = copy(start, rows: tokens, stride: part == nil ? width : 3 * width, columns: width)
    guard let matrix = Matrix(columns: width, elements: numbers), matrix.isFinite else { throw broken() }
    return matrix
  }

  /// - Throws: `Diagnostic` if a token is NaN or infinite.
  func checkFinite() throws(Diagnostic) {
    guard UnsafeBufferPointer(start: stream.start, count: tokens * width).areFinite else { throw broken() }
  }

  /// The error of a result that is NaN or infinite although the pixels are not.
  func broken() -> Diagnostic {
    tower.brokenWeight()
      ?? Diagnostic(file: tower.folder, "the weights are so large that the features of \(name) overflow")
  }
}

extension UnsafeBufferPointer<Float> {
  /// Whether no number is NaN or infinite.
  fileprivate var areFinite: Bool {
    // Zero times a finite number is zero; times infinity or NaN it is NaN, which every sum passes on.
    var sum: Float = 0
    for number in self { sum += number * 0 }
    return sum == 0
  }
}

extension Matrix {
  /// Whether no number is NaN or infinite.
  var isFinite: Bool { elements.withUnsafeBufferPointer(\.areFinite) }
}
