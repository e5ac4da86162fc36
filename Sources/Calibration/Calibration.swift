package import Documents
internal import Hardware
internal import LinearAlgebra
package import Quantities

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the machine that this runs on reaches, measured through OpenBLAS in less than a minute.
package struct Calibration: Sendable {
  /// The rate of the best FP32 product, on all cores.
  package let single: Throughput
  /// The rate of the best FP64 product.
  package let double: Throughput
  /// The best rate of reading memory: of a matrix that no cache holds times a vector, a sum of two long vectors, or
  /// whatever product showed a better one.
  package let bandwidth: Bandwidth
  /// The same of a matrix of half the cache's size; nil where that is not known.
  package let cacheBandwidth: Bandwidth?
  /// The rate of the best FP32 product and of reading memory on one core.
  package let oneCore: (peak: Throughput, bandwidth: Bandwidth)
  /// The time of a call that does next to nothing.
  package let overhead: Seconds
  /// The share of the bandwidth that long streams reach in the median: a sum of two vectors or a product of one row,
  /// whichever is slower.
  package let elementwise: Double
  /// The shares of peak and bandwidth that fit products of two rows or more best, as the expected time joins them.
  package let products: (peak: Double, bandwidth: Double)
  /// The parts that their rows are divided into (`RowDivision`); nil where their times show none.
  package let parts: Int?
  /// The median error of the times that follow from these, of the products that they were fitted to.
  package let fitError: Double
  /// What OpenBLAS says of itself.
  package let library: String
  /// Logical processors that were used.
  package let cores: Int
  /// Bytes of memory, where known.
  package let memory: Bytes?
  /// Bytes of the last-level cache, where known.
  package let cache: Bytes?

  /// Measures; `progress` is told what comes next.
  ///
  /// - Throws: `Diagnostic` without OpenBLAS.
  package init(progress: (String) -> Void) throws(Diagnostic) { try self.init(CallTimer(), Machine(), progress) }

  init(_ timer: CallTimer, _ machine: Machine, _ progress: (String) -> Void = { _ in }) throws(Diagnostic) {
    let blas = try BLAS(for: "calibration", threads: machine.cores, bytes: Bench.bytes(machine))
    let bench = Bench(blas, timer, machine)
    cores = machine.cores
    memory = machine.memory.map { Bytes($0) }
    cache = machine.cache.map { Bytes($0) }
    library = blas.description

    progress("one core")
    blas.use(threads: 1)
    oneCore = (bench.peak(), bench.bandwidth(bytes: bench.large))
    blas.use(threads: machine.cores)
    progress("memory")
    let streams = max(bench.bandwidth(bytes: bench.large), oneCore.bandwidth)
    progress("cache")
    cacheBandwidth = machine.cache.map { bench.bandwidth(bytes: $0 / 2) }
    progress("products in FP64")
    double = bench.doublePeak()
    progress("products in FP32")
    let streamed = bench.streamBandwidth()
    let samples = bench.samples()
    let peak = max(bench.peak(), samples.map { $0.flops / $0.seconds }.max() ?? .zero)
    progress("overheads")
    overhead = bench.overhead()
    // Once before the products and once after, since other programs may work for a while.
    let again = bench.streamBandwidth()
    let stream = (sum: max(streamed.sum, again.sum), row: max(streamed.row, again.row))
    // No figure may be slower than what was seen.
    bandwidth = max(streams, stream.sum, samples.map { $0.traffic / $0.seconds }.max() ?? .zero)
    single = peak
    elementwise = min(stream.sum, stream.row) / bandwidth
    let fit = CalibrationSample.shares(samples, peak, bandwidth, overhead, parts: 2 * machine.cores)
    products = (fit.shares.peak, fit.shares.bandwidth)
    parts = fit.shares.division?.parts
    fitError = fit.error
  }
}

/// The measurements, each the best or the median of repeated calls.
struct Bench {
  /// Rows, inner dimension and columns of the products that the shares are fitted to: few rows to many.
  ///
  /// `Benchmarks/bench.py` judges other ones; the last is close to those, and was added after their errors were seen.
  static let samples = [
    (2, 3584, 7168), (4, 3584, 7168), (8, 7168, 3584), (24, 3584, 3584), (56, 3584, 7168), (112, 3584, 3584),
    (256, 7168, 3584), (512, 3584, 3584), (640, 4096, 8192),
  ]

  private let blas: BLAS
  private let timer: CallTimer
  private let a, b, c: Buffer<Float>
  /// Bytes of a matrix that no cache holds: four times as large, or more, unless that is an eighth of the memory.
  let large: Double

  init(_ blas: BLAS, _ timer: CallTimer, _ machine: Machine) {
    (self.blas, self.timer) = (blas, timer)
    large = Self.large(cache: machine.cache, memory: machine.memory)
    let counts = Self.counts(machine)
    (a, b, c) = (Buffer(counts.a), Buffer(counts.b), Buffer(counts.c))
  }

  /// The numbers in the three buffers.
  private static func counts(_ machine: Machine) -> (a: Int, b: Int, c: Int) {
    let large = large(cache: machine.cache, memory: machine.memory)
    return (1 << 22, max(1 << 25, Int(large / 4)), max(1 << 23, Int(large / 8)))
  }

  /// Bytes of memory that a bench takes: its buffers, those of FP64 numbers, and times of many short calls.
  static func bytes(_ machine: Machine) -> Int {
    let counts = counts(machine)
    return 4 * (counts.a + counts.b + counts.c) + 3 * 8 * doubleSize * doubleSize + (64 << 20)
  }

  /// Rows and columns of the FP64 product.
  private static let doubleSize = 1024

  /// 256 MiB, or four caches if that is more; at most an eighth of the memory and, for OpenBLAS's 32-bit sizes, 4 GiB.
  static func large(cache: Double?, memory: Double?) -> Double {
    let wanted = max(268_435_456, 4 * (cache ?? 0))
    let most = min(max(16_777_216, (memory ?? .infinity) / 8), 4_294_967_296)
    return min(wanted, most).rounded(.down)
  }

  private func times(_ budget: Double, _ call: () -> Void) -> [Double] { timer.times(budget, call) }

  func peak() -> Throughput {
    let size = 2048
    return FLOPs(2.0 * 2048 * 2048 * 2048) / Seconds(times(2) { blas.product(a, b, c, size, size, size) }[0])
  }

  func doublePeak() -> Throughput {
    let size = Self.doubleSize
    let buffers = (0..<3).map { _ in Buffer<Double>(size * size) }
    let best = times(1) { blas.product(buffers[0], buffers[1], buffers[2], size) }[0]
    return FLOPs(2.0 * 1024 * 1024 * 1024) / Seconds(best)
  }

  func bandwidth(bytes: Double) -> Bandwidth {
    let columns = 4096
    let rows = min(max(1, Int(bytes / 4 / Double(columns))), b.count / columns)
    let best = times(1.5) { blas.stream(b, a, c, rows, columns) }[0]
    return Bandwidth(Double(rows * columns) * 4 / best)
  }

  /// The rates of a sum of two vectors and of a product of one row.
  func streamBandwidth() -> (sum: Bandwidth, row: Bandwidth) { (sumBandwidth(), rowBandwidth()) }

  private func sumBandwidth() -> Bandwidth {
    let count = Int(large / 8)
    let all = times(0.7) { blas.sum(b, c, count) }
    return Bandwidth(12 * Double(count) / all[all.count / 2])
  }

  /// The samples' times, of two rounds the shorter ones, since other programs may work for a while.
  func samples() -> [CalibrationSample] {
    let rounds = (0..<2).map { _ in Self.samples.map { sample($0) } }
    return zip(rounds[0], rounds[1]).map { $0.seconds < $1.seconds ? $0 : $1 }
  }

  private func sample(_ shape: (Int, Int, Int)) -> CalibrationSample {
    let (rows, inner, columns) = shape
    let all = times(0.5) { blas.product(a, b, c, rows, inner, columns) }
    let elements = Double(rows * inner + inner * columns + rows * columns)
    return CalibrationSample(
      rows: Double(rows), flops: FLOPs(2 * Double(rows * inner) * Double(columns)), traffic: Bytes(4 * elements),
      seconds: Seconds(all[all.count / 2]))
  }

  /// The rate at which a product of one row reads its weights, as a matrix times a vector.
  private func rowBandwidth() -> Bandwidth {
    let (inner, columns) = (4096, 8192)
    let all = times(0.7) { blas.stream(b, a, c, columns, inner) }
    return Bandwidth(4 * Double(inner * columns + inner + columns) / all[all.count / 2])
  }

  func overhead() -> Seconds {
    let all = times(0.2) { blas.product(a, b, c, 4, 4, 4) }
    return Seconds(max(all[all.count / 2], 1e-8))
  }
}
