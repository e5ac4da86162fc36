internal import Architectures
public import Hardware
internal import Operators
internal import Quantities

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How long real kernels take on a device: the roofline with what the device achieves of it.
///
/// Few figures per device (`Achieved`: shares of peak and bandwidth, overheads), a few constants for all, no look-up
/// of shapes. `Tools/fit_achieved.py` fits the same formulas to measured times. Every kernel takes
///
///     max(ideal, sqrt[p](work^p + memory^p) + overhead)
///
/// where `work` is the time of the arithmetic units at the share of the peak that they reach, and `memory` that of
/// the bytes at the share of the bandwidth. Both run side by side but not perfectly: where they take equally long, a
/// kernel takes longer than either (p = 2.5 for products, 2 for attention; element-wise kernels load, compute and
/// store in turn: p = 1, in `ExpectedTime+Elementwise.swift`). `overhead` is the start of a kernel, its first loads and
/// last stores. Between two kernels passes a gap (`ExpectedTime+Gap.swift`).
public struct ExpectedTime: Sendable {
  /// The device.
  let hardware: Accelerator
  /// How kernels come to it.
  let launch: Launch

  /// The model of a device.
  public init(on hardware: Accelerator, launch: Launch = .stream) { (self.hardware, self.launch) = (hardware, launch) }

  /// The time of a kernel by the formulas alone; zero for what neither computes nor moves anything.
  ///
  /// Shorter than the ideal time where that counts what kernels skip, the hidden half of causal attention, takes from
  /// memory what the step before left in the last-level cache, or is bound by softmax, which is not in the formulas.
  func kernelSeconds(_ operation: Operator, _ cost: Cost) -> Seconds {
    if case .collective = operation.kernel { return collective(cost) }
    guard cost.flops > .zero || cost.vectorFLOPs > .zero || cost.traffic.total > .zero else { return .zero }
    return switch operation.kernel {
    case .product(let rows, let inner, let columns):
      product(cost, rows: max(1, rows), inner: max(1, inner), columns: max(1, columns))
    case .attention(let shape): attention(cost, AttentionTiles(shape))
    case .crossAttention(let shape): attention(cost, AttentionTiles(shape))
    case .overCache: cacheBounds(cost).max() ?? .zero
    case .normalization, .gate, .activation, .rotation, .collective, .other:
      cost.flops > .zero ? untiled(cost) : elementwise(operation.kernel, cost)
    }
  }

  // MARK: Matrix products

  /// Tiles of the output, rows x columns, that libraries have kernels for.
  private static let tiles: [(rows: Double, columns: Double)] = [
    (256, 128), (128, 256), (128, 128), (128, 64), (64, 128), (64, 64),
  ]
  /// Vector units, without matrix units' appetite for operands, have kernels with narrower tiles, too.
  private static let vectorTiles = tiles + [(128, 32), (32, 128)]
  /// Tiles for products of few rows, taken where all rows fit into one: a matrix unit's instruction multiplies 16 rows,
  /// so that no more than those are wasted on a step of decoding (Marlin's kernels for 4-bit weights have 16 x 256). No
  /// other tile needs their weights, which come from memory, not from the cache.
  private static let narrowTiles: [(rows: Double, columns: Double)] = [(32, 256), (16, 256)]
  /// Parts that libraries split the inner dimension into, so that small outputs occupy all multiprocessors.
  private static let splits: [Double] = [1, 2, 4, 8, 16]
  /// Loading the two edges of a tile from the cache takes as long as so many rows or columns of products: large tiles
  /// reuse what they load more often.
  private static let edge = 6.0
  /// Filling and draining a tile's pipeline takes as long as so many steps of the inner dimension.
  private static let fill = 80.0
  /// A split product adds its parts up in a second kernel, which reads and writes FP32, mostly within the cache.
  private static let secondKernel = 2.3e-6
  private static let partialTraffic = 0.25 * 8
  /// How sharply the slower of arithmetic and memory, and of clock and power, decides.
  private static let overlap = 2.5
  private static let throttle = 8.0
  /// How surely the fastest tile is taken: libraries choose by heuristics, and one that would take twice as long is
  /// taken 2^-8 as often.
  private static let choice = 8.0

  /// A product: the mean over tiles, each with its best split, weighted by how likely a library takes it.
  private func product(_ cost: Cost, rows: Double, inner: Double, columns: Double) -> Seconds {
    guard let units = hardware.achieved.multiprocessors else { return product(cost, rows: rows) }
    let peak = hardware.peak(of: cost.matrixUnit)
    let rate = hardware.achieved.products(in: peak.format)
    let wide = (peak.isMatrix ? Self.tiles : Self.vectorTiles).map { ($0, edge: $0.rows + $0.columns) }
    let narrow = Self.narrowTiles.filter { rows <= $0.rows }.map { ($0, edge: $0.rows) }
    var kernels = (wide + narrow).map { tile, edge in
      let area = tile.rows * tile.columns
      let count = (rows / tile.rows).rounded(.up) * (columns / tile.columns).rounded(.up)
      let perStep = 2 * area * (1 + Self.edge * edge / area) * units / (peak.throughput.value * rate.peak)
      return Self.splits.map { split in
        let steps = (inner / split).rounded(.up) + Self.fill
        let work = Self.waves(of: count * split, on: units, rate) * steps * perStep
        let partial = split > 1 ? Self.partialTraffic * split * rows * columns : 0
        let memory = (cost.traffic.total.value + partial) / (hardware.bandwidth.value.value * rate.bandwidth)
        return Self.joined(work, memory, Self.overlap) + (split > 1 ? Self.secondKernel : 0)
      }.min() ?? 0
    }
    if rows == 1 { kernels.append(matrixVector(cost, rate)) }
    let fastest = kernels.min() ?? 0
    let weights = kernels.map { pow(fastest / $0, Self.choice) }
    let sum = zip(weights, kernels).reduce(0) { $0 + $1.0 * $1.1 }
    return Seconds(sum / weights.reduce(0, +)) + rate.overhead
  }

  /// A matrix times a vector, of which no library makes a tile: the vector units multiply the weights in FP32 as they
  /// stream in, each thread its part of a row, so that all multiprocessors work to the end.
  func matrixVector(_ cost: Cost, _ rate: Achieved.Rate) -> Double {
    let work = cost.flops.value / (hardware.vectorPeak(.fp32).throughput.value * rate.peak)
    return Self.joined(work, cost.traffic.total.value / (hardware.bandwidth.value.value * rate.bandwidth), Self.overlap)
  }

  /// How many times in turn the multiprocessors work on a tile each.
  ///
  /// At the clock of a lightly used chip a wave that is partly empty takes as long as a full one. Under the power limit
  /// idle multiprocessors save energy, so that the tiles count, not the waves.
  private static func waves(of tiles: Double, on units: Double, _ rate: Achieved.Rate) -> Double {
    joined((tiles / units).rounded(.up), tiles / units / rate.sustained, throttle)
  }

  /// Products of unknown shape, and those of devices that cut work too finely for tiles to matter.
  func untiled(_ cost: Cost) -> Seconds {
    let peak = hardware.peak(of: cost.matrixUnit)
    let rate = hardware.achieved.products(in: peak.format)
    let work = cost.flops.value / (peak.throughput.value * rate.peak * rate.sustained)
    let memory = cost.traffic.total.value / (hardware.bandwidth.value.value * rate.bandwidth)
    return Seconds(Self.joined(work, memory, Self.overlap)) + rate.overhead
  }

  /// The time of two resources that work side by side: the longer one, or a little more where both take equally long.
  private static func joined(_ a: Double, _ b: Double, _ power: Double) -> Double {
    let longer = max(a, b)
    guard longer > 0 else { return 0 }
    return longer * pow(1 + pow(min(a, b) / longer, power), 1 / power)
  }

  // MARK: Attention

  /// Attention in one kernel. A causal one skips tiles that the mask hides, all but the diagonal.
  ///
  /// All tiles together take `whole`, shared by the multiprocessors; the last tile of a head, with all keys, is not
  /// shared and takes `longest`.
  private func attention(_ cost: Cost, _ tiles: AttentionTiles) -> Seconds {
    let rate = hardware.achieved.attention
    let units = hardware.achieved.multiprocessors ?? 1
    let unitPeak = hardware.peak(of: cost.matrixUnit).throughput.value * rate.peak / units
    let tile = tiles.flops / unitPeak
    let whole = tiles.count * tile / units
    let longest = hardware.achieved.multiprocessors == nil ? 0 : tiles.longest * tile
    let memory = cost.traffic.total.value / (hardware.bandwidth.value.value * rate.bandwidth)
    return Seconds((whole * whole + longest * longest + memory * memory).squareRoot()) + rate.overhead
  }
}
