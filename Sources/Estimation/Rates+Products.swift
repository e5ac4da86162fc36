internal import Hardware
internal import Operators
internal import Quantities

/// A tile of a product's output, rows x columns.
private struct Tile {
  let rows, columns: Double
  /// FLOPs of a step of the inner dimension, loading the tile's edges counted as such.
  let flopsPerStep: Double

  /// A tile that loads `edge` rows and columns a step.
  init(_ rows: Double, _ columns: Double, edge: Double) {
    (self.rows, self.columns) = (rows, columns)
    flopsPerStep = 2 * rows * columns * (1 + KernelConstants.edge * edge / (rows * columns))
  }

  static let wide = zip(KernelConstants.tileRows, KernelConstants.tileColumns).map { Tile($0, $1, edge: $0 + $1) }
  static let vector =
    wide + zip(KernelConstants.vectorTileRows, KernelConstants.vectorTileColumns).map { Tile($0, $1, edge: $0 + $1) }
  static let narrow = zip(KernelConstants.narrowTileRows, KernelConstants.narrowTileColumns).map {
    Tile($0, $1, edge: $0)
  }
}

/// A product whose inner dimension is split into parts, whatever the tile.
private struct Split {
  /// How many parts.
  var parts = 1.0
  /// Steps of a part, filling the pipeline included.
  var steps = 0.0
  /// Seconds of the bytes that move.
  var memory = 0.0
  /// Seconds of the kernel that adds the parts up.
  var more = 0.0
}

extension Rates {
  /// A product: the mean over tiles, each with its best split, weighted by how likely a library takes it.
  func product(_ operation: Operator, _ bytes: Double, rows: Double, inner: Double, columns: Double) -> Double {
    let rate = self[operation.arithmetic]
    if rows == 1, hasRowKernels {
      return matrixVector(operation, bytes, secondsPerByte: rate.secondsPerByte) + rate.overhead
    }
    // Weights of more than some rows are unpacked into memory first, not beside the products.
    let unpacking =
      rows > KernelConstants.packedRows
      ? operation.moves.convertedBytes(widths) * rate.unpackSecondsPerByte : 0
    guard multiprocessors > 0 else { return product(operation, bytes, rows: rows) + unpacking }
    let parts = KernelConstants.splits
    return withUnsafeTemporaryAllocation(of: Split.self, capacity: parts.count) { splits in
      for index in parts.indices {
        let isWhole = parts[index] == 1
        let partial = isWhole ? 0 : KernelConstants.partialTraffic * parts[index] * rows * columns
        splits[index] = Split(
          parts: parts[index], steps: (inner / parts[index]).rounded(.up) + KernelConstants.fill,
          memory: (bytes + partial) * rate.secondsPerByte, more: isWhole ? 0 : KernelConstants.secondKernelSeconds)
      }
      var choice = Choice()
      for tile in rate.isMatrix ? Tile.wide : Tile.vector {
        choice.add(seconds(tile, rows: rows, columns: columns, splits, rate))
      }
      for tile in Tile.narrow where rows <= tile.rows {
        choice.add(seconds(tile, rows: rows, columns: columns, splits, rate))
      }
      if rows == 1 { choice.add(matrixVector(operation, bytes, secondsPerByte: rate.secondsPerByte)) }
      return choice.mean + rate.overhead + unpacking
    }
  }

  /// The time of a product in one tile's kernel with its best split.
  private func seconds(
    _ tile: Tile, rows: Double, columns: Double, _ splits: UnsafeMutableBufferPointer<Split>,
    _ rate: Rates.Products
  ) -> Double {
    let turns = (rows / tile.rows).rounded(.up) * (columns / tile.columns).rounded(.up) / multiprocessors
    let perStep = tile.flopsPerStep * multiprocessors * rate.secondsPerFLOP
    var best = Double.infinity
    for split in splits {
      // At the clock of a lightly used chip a wave that is partly empty takes as long as a full one. Under the power
      // limit idle multiprocessors save energy, so that the tiles count, not the waves.
      let full = (turns * split.parts).rounded(.up)
      let busy = turns * split.parts * rate.perSustained
      // What it takes at least: most splits are longer than the best one already.
      guard max(max(full, busy) * split.steps * perStep, split.memory) + split.more < best else { continue }
      best = min(best, joined(joined8(full, busy) * split.steps * perStep, split.memory) + split.more)
    }
    return best
  }

  /// A matrix times a vector, of which no library makes a tile: the vector units multiply the weights in FP32 as they
  /// stream in, each thread its part of a row, so that all multiprocessors work to the end.
  private func matrixVector(_ operation: Operator, _ bytes: Double, secondsPerByte: Double) -> Double {
    joined(
      operation.flops.value * self[operation.arithmetic].secondsPerRowFLOP, bytes * secondsPerByte)
  }

  /// Products on devices that have no multiprocessors to share tiles.
  ///
  /// One row is a matrix times a vector: vector units multiply the weights as they stream in, with the bandwidth of
  /// streams, that of element-wise kernels (which `roofline calibrate` measures with such products, too), unless they take
  /// longer than the kernels for more rows. These do first what libraries do: they copy the weights into the order of
  /// their kernels, which the share of the bandwidth has in it. Where it is known how the rows are divided, copying and
  /// multiplying come in turn, as OpenBLAS does them.
  private func product(_ operation: Operator, _ bytes: Double, rows: Double) -> Double {
    let rate = self[operation.arithmetic]
    var seconds = untiled(operation, bytes)
    if let division = rate.division {
      let work = operation.flops.value * rate.secondsPerFLOP * rate.perSustained
      seconds = bytes * rate.secondsPerByte + work * division.wideRows(rows) / rows + rate.overhead
    }
    guard rows == 1 else { return seconds }
    return min(seconds, matrixVector(operation, bytes, secondsPerByte: elementwiseSecondsPerByte) + rate.overhead)
  }

  /// Products of unknown shape, and those of devices that cut work too finely for tiles to matter.
  func untiled(_ operation: Operator, _ bytes: Double) -> Double {
    let rate = self[operation.arithmetic]
    let work = operation.flops.value * rate.secondsPerFLOP * rate.perSustained
    return joined(work, bytes * rate.secondsPerByte) + rate.overhead
  }
}

/// Kernels of which a library takes one by heuristics: a kernel that would take twice as long is taken 2^-8 as often.
private struct Choice {
  /// The first kernel's time, by which all are divided so that no power leaves the range of numbers.
  private var scale = 0.0
  private var weighted = 0.0
  private var weights = 0.0

  mutating func add(_ seconds: Double) {
    if scale == 0 { scale = seconds }
    let ratio = scale / seconds
    let fourth = ratio * ratio * ratio * ratio
    // Of k seconds the weight is k^-8, and the weight times k is k^-7.
    weights += fourth * fourth
    weighted += fourth * ratio * ratio * ratio
  }

  /// The mean time.
  var mean: Double { weights > 0 ? scale * weighted / weights : 0 }
}

/// The time of two resources that work side by side: the longer one, or a little more where both take equally long,
/// (a^2.5 + b^2.5)^0.4, without powers.
///
/// (1 + s)^0.4 for s from 0 to 1 is a polynomial of degree 9, fitted in Chebyshev nodes: the relative error is at most 7e-10.
private func joined(_ a: Double, _ b: Double) -> Double {
  let longer = max(a, b)
  guard longer > 0 else { return 0 }
  let ratio = min(a, b) / longer
  let s = ratio * ratio * ratio.squareRoot()
  let high = -0.01789244930712555 + s * (0.009146243220637645 + s * (-0.003096455714834822 + s * 0.0004973550908064562))
  let middle = 0.06393573111984555 + s * (-0.04114712939169346 + s * (0.028060025490414527 + s * high))
  return longer * (1.0000000006586178 + s * (0.39999986329804266 + s * (-0.11999527320480805 + s * middle)))
}

/// The same with the power 8: three squares and three square roots.
private func joined8(_ a: Double, _ b: Double) -> Double {
  let longer = max(a, b)
  guard longer > 0 else { return 0 }
  let second = min(a, b) / longer * (min(a, b) / longer)
  let eighth = second * second * (second * second)
  return longer * (1 + eighth).squareRoot().squareRoot().squareRoot()
}
