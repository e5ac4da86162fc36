public import Documents
internal import LinearAlgebra
public import Quantities

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the machine that this runs on reaches, measured through OpenBLAS in less than a minute.
public struct Calibration: Sendable {
  /// The rate of the best FP32 product, on all cores.
  public let single: Throughput
  /// The rate of the best FP64 product.
  public let double: Throughput
  /// The best rate of reading memory: a matrix of 256 MB, times a vector.
  public let bandwidth: Bandwidth
  /// The same of a matrix of half the cache's size; nil where that is not known.
  public let cacheBandwidth: Bandwidth?
  /// The rate of the best FP32 product and of reading memory on one core.
  public let oneCore: (peak: Throughput, bandwidth: Bandwidth)
  /// The time of a call that does next to nothing.
  public let overhead: Seconds
  /// The share of the bandwidth that a sum of two long vectors reaches.
  public let elementwise: Double
  /// The shares of peak and bandwidth that fit products of several sizes best, as `ExpectedTime` joins them.
  public let products: (peak: Double, bandwidth: Double)
  /// What OpenBLAS says of itself.
  public let library: String
  /// Logical processors.
  public let cores: Int
  /// Bytes of memory, where known.
  public let memory: Bytes?
  /// Bytes of the last-level cache, where known.
  public let cache: Bytes?

  /// Measures; `progress` is told what comes next.
  ///
  /// - Throws: `Diagnostic` without OpenBLAS.
  public init(progress: (String) -> Void) throws(Diagnostic) { try self.init(CallTimer(), progress) }

  init(_ timer: CallTimer, _ progress: (String) -> Void = { _ in }) throws(Diagnostic) {
    let blas = try BLAS(for: "calibration")
    let machine = Machine()
    let bench = Bench(blas, timer)
    cores = machine.cores
    memory = machine.memory.map { Bytes($0) }
    cache = machine.cache.map { Bytes($0) }
    library = blas.description

    progress("one core")
    blas.use(threads: 1)
    oneCore = (bench.peak(), bench.bandwidth(bytes: Bench.large))
    blas.use(threads: machine.cores)
    progress("memory")
    let streams = bench.bandwidth(bytes: Bench.large)
    progress("cache")
    cacheBandwidth = machine.cache.map { bench.bandwidth(bytes: $0 / 2) }
    progress("products in FP64")
    double = bench.doublePeak()
    progress("products in FP32")
    let samples = Bench.samples.map { bench.sample($0) }
    let peak = max(bench.peak(), samples.map { $0.flops / $0.seconds }.max() ?? .zero)
    progress("overheads")
    overhead = bench.overhead()
    // What products read shows a bandwidth, too: no figure may be slower than what was seen.
    bandwidth = max(streams, samples.map { $0.traffic / $0.seconds }.max() ?? .zero)
    single = peak
    elementwise = min(1, bench.sumBandwidth() / bandwidth)
    products = CalibrationSample.shares(samples, peak, bandwidth, overhead)
  }
}

/// The measurements, each the best or the median of repeated calls.
private struct Bench {
  /// Bytes of a matrix that no cache holds.
  static let large = 268_435_456.0
  /// Rows, inner dimension and columns of the products that the shares are fitted to: few rows to many.
  static let samples = [
    (24, 3584, 3584), (56, 3584, 7168), (112, 3584, 3584), (256, 7168, 3584), (512, 3584, 3584), (640, 4096, 8192),
  ]

  private let blas: BLAS
  private let timer: CallTimer
  private let a = Buffer<Float>(1 << 22)
  private let b = Buffer<Float>(1 << 26)
  private let c = Buffer<Float>(1 << 26)

  init(_ blas: BLAS, _ timer: CallTimer) { (self.blas, self.timer) = (blas, timer) }

  private func times(_ budget: Double, _ call: () -> Void) -> [Double] { timer.times(budget, call) }

  func peak() -> Throughput {
    let size = 2048
    return FLOPs(2.0 * 2048 * 2048 * 2048) / Seconds(times(2) { blas.product(a, b, c, size, size, size) }[0])
  }

  func doublePeak() -> Throughput {
    let size = 1024
    let buffers = (0..<3).map { _ in Buffer<Double>(size * size) }
    let best = times(1) { blas.product(buffers[0], buffers[1], buffers[2], size) }[0]
    return FLOPs(2.0 * 1024 * 1024 * 1024) / Seconds(best)
  }

  func bandwidth(bytes: Double) -> Bandwidth {
    let columns = 4096
    let rows = min(max(1, Int(bytes / 4 / Double(columns))), (1 << 26) / columns)
    let best = times(1.5) { blas.stream(b, a, c, rows, columns) }[0]
    return Bandwidth(Double(rows * columns) * 4 / best)
  }

  func sumBandwidth() -> Bandwidth {
    let all = times(1) { blas.sum(b, c, 1 << 25) }
    return Bandwidth(12 * Double(1 << 25) / all[all.count / 2])
  }

  func sample(_ shape: (Int, Int, Int)) -> CalibrationSample {
    let (rows, inner, columns) = shape
    let all = times(1) { blas.product(a, b, c, rows, inner, columns) }
    let elements = Double(rows * inner + inner * columns + rows * columns)
    return CalibrationSample(
      flops: FLOPs(2 * Double(rows * inner) * Double(columns)), traffic: Bytes(4 * elements),
      seconds: Seconds(all[all.count / 2]))
  }

  func overhead() -> Seconds {
    let all = times(0.2) { blas.product(a, b, c, 4, 4, 4) }
    return Seconds(max(all[all.count / 2], 1e-8))
  }
}
