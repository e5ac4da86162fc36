internal import Architectures
public import Hardware
internal import Operators
public import Quantities

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
/// store in turn: p = 1). `overhead` is the start of a kernel, its first loads and last stores.
public struct ExpectedTime: Sendable {
  /// The device.
  let hardware: Accelerator

  /// The model of a device.
  public init(on hardware: Accelerator) { self.hardware = hardware }

  /// The time of a kernel by the formulas alone; zero for what neither computes nor moves anything.
  ///
  /// Shorter than the ideal time only where that counts what kernels skip: the hidden half of causal attention.
  func kernelSeconds(_ operation: Operator, _ cost: Cost) -> Seconds {
    if case .collective = operation.kernel { return collective(cost) }
    guard cost.flops > .zero || cost.vectorFLOPs > .zero || cost.traffic.total > .zero else { return .zero }
    return switch operation.kernel {
    case .product(let rows, let inner, let columns):
      product(cost, rows: max(1, rows), inner: max(1, inner), columns: max(1, columns))
    case .attention(let shape): attention(cost, shape)
    case .overCache: cacheBounds(cost).max() ?? .zero
    case .normalization, .gate, .activation, .rotation, .collective, .other:
      cost.flops > .zero ? untiled(cost) : elementwise(operation.kernel, cost)
    }
  }

  /// The time of a kernel that finds the scale of an input of so many elements and quantises it to 8 bits: it reads
  /// 2 bytes twice and writes one, at less than half of the bandwidth.
  public func quantization(elements: Double) -> Seconds { Seconds(12 * elements / hardware.bandwidth.value.value) }

  // MARK: Matrix products

  /// Tiles of the output, rows x columns, that libraries have kernels for.
  private static let tiles: [(rows: Double, columns: Double)] = [
    (256, 128), (128, 256), (128, 128), (128, 64), (64, 128), (64, 64),
  ]
  /// Parts that libraries split the inner dimension into, so that small outputs occupy all multiprocessors.
  private static let splits: [Double] = [1, 2, 4, 8, 16]
  /// The share of the last, partly filled wave of tiles that is lost. The rest is not: while some multiprocessors
  /// idle, the others have more bandwidth and clock higher, and newer kernels share the last tiles.
  private static let quantization = 0.6
  /// Loading the two edges of a tile from the cache takes as long as so many rows or columns of products: large tiles
  /// reuse what they load more often.
  private static let edge = 8.0
  /// Filling and draining a tile's pipeline takes as long as so many steps of the inner dimension.
  private static let fill = 64.0
  /// A split product adds its parts up in a second kernel, which reads and writes FP32, mostly within the cache.
  private static let secondKernel = 2e-6
  private static let partialTraffic = 0.25 * 8
  private static let overlap = 2.5

  /// A product: the fastest of all tiles and splits, as libraries choose by heuristics.
  ///
  /// The tiles go to the multiprocessors in waves; a wave that is partly empty takes nearly as long as a full one.
  private func product(_ cost: Cost, rows: Double, inner: Double, columns: Double) -> Seconds {
    guard let units = hardware.achieved.multiprocessors else { return untiled(cost) }
    let peak = hardware.peak(of: cost.matrixUnit)
    let rate = hardware.achieved.products(in: peak.format)
    let unitPeak = peak.throughput.value * rate.peak / units
    let bandwidth = hardware.bandwidth.value.value * rate.bandwidth
    let traffic = cost.traffic.total.value
    var best = Double.infinity
    for tile in Self.tiles {
      let area = tile.rows * tile.columns
      let edges = 1 + Self.edge * (tile.rows + tile.columns) / area
      let count = (rows / tile.rows).rounded(.up) * (columns / tile.columns).rounded(.up)
      for split in Self.splits {
        let blocks = count * split
        let waves = Self.quantization * (blocks / units).rounded(.up) + (1 - Self.quantization) * blocks / units
        let steps = (inner / split).rounded(.up) + Self.fill
        let work = waves * 2 * area * steps * edges / unitPeak
        let partial = split > 1 ? Self.partialTraffic * split * rows * columns : 0
        let seconds = Self.overlapped(work, (traffic + partial) / bandwidth, Self.overlap)
        best = min(best, seconds + (split > 1 ? Self.secondKernel : 0))
      }
    }
    return Seconds(best) + rate.overhead
  }

  /// Products of unknown shape, and those of devices that cut work too finely for tiles to matter.
  private func untiled(_ cost: Cost) -> Seconds {
    let peak = hardware.peak(of: cost.matrixUnit)
    let rate = hardware.achieved.products(in: peak.format)
    let work = cost.flops.value / (peak.throughput.value * rate.peak)
    let memory = cost.traffic.total.value / (hardware.bandwidth.value.value * rate.bandwidth)
    return Seconds(Self.overlapped(work, memory, Self.overlap)) + rate.overhead
  }

  private static func overlapped(_ work: Double, _ memory: Double, _ power: Double) -> Double {
    let longer = max(work, memory)
    guard longer > 0 else { return 0 }
    return longer * pow(1 + pow(min(work, memory) / longer, power), 1 / power)
  }

  // MARK: Attention

  /// Queries of a tile, and keys of a step.
  private static let queries = 64.0

  /// Attention in one kernel. A causal one skips tiles that the mask hides, all but the diagonal.
  ///
  /// Every tile of queries meets the keys of the context before its own, as far as a window reaches.
  ///
  /// All tiles together take `whole`, shared by the multiprocessors; the last tile of a head, with all keys, is not
  /// shared and takes `longest`.
  private func attention(_ cost: Cost, _ shape: AttentionShape) -> Seconds {
    let rate = hardware.achieved.attention
    let units = hardware.achieved.multiprocessors ?? 1
    let unitPeak = hardware.peak(of: cost.matrixUnit).throughput.value * rate.peak / units
    let blocks = max(1, (shape.tokens / Self.queries).rounded(.up))
    // Keys that a tile of queries meets at most, in steps: all of them, or those within a sliding window.
    let reach = min(blocks, max(1, ((shape.window ?? shape.tokens) / Self.queries).rounded(.up)))
    let tile = 2 * (shape.headWidth + shape.valueWidth) * Self.queries * Self.queries / unitPeak
    let own = shape.causal ? reach * (reach + 1) / 2 + (blocks - reach) * reach : blocks * reach
    let earlier = (min(shape.context, shape.window ?? .infinity) / Self.queries).rounded(.up)
    let count = own + blocks * earlier
    let whole = shape.batch * shape.heads * count * tile / units
    let longest = hardware.achieved.multiprocessors == nil ? 0 : (reach + earlier) * tile
    let memory = cost.traffic.total.value / (hardware.bandwidth.value.value * rate.bandwidth)
    return Seconds((whole * whole + longest * longest + memory * memory).squareRoot()) + rate.overhead
  }

  // MARK: Element-wise kernels

  /// What the last-level cache speeds reading and writing up by.
  private static let cacheGain = 1.5

  /// Bytes per second that one multiprocessor moves with such a kernel: so many as it keeps in flight during one
  /// memory latency (Little's law). Sums keep enough; kernels that load two bytes at a time, or wait for a sum over a
  /// row, do not.
  private static func stream(_ kernel: Kernel) -> Double? {
    switch kernel {
    case .normalization: 14e9
    case .gate: 25e9
    case .activation: 60e9
    case .rotation: 20e9
    case .product, .attention, .overCache, .collective, .other: nil
    }
  }

  /// A kernel that computes little: what it moves, partly within the cache if it fits there.
  ///
  /// Operands were written by the step before: of half the cache's size, all are still there; of one and a half, none.
  private func elementwise(_ kernel: Kernel, _ cost: Cost) -> Seconds {
    let rate = hardware.achieved.elementwise
    let bytes = cost.traffic.total.value
    var resident = 0.0
    if let cache = hardware.lastLevelCache?.value.value { resident = min(max(1.5 - bytes / cache, 0), 1) }
    var seconds = bytes / (hardware.bandwidth.value.value * rate.bandwidth) * (1 - resident * (1 - 1 / Self.cacheGain))
    if let units = hardware.achieved.multiprocessors, let stream = Self.stream(kernel) {
      seconds += bytes / (units * stream)
    }
    return Seconds(seconds) + rate.overhead
  }
}
