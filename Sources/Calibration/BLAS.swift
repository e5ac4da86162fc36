internal import Documents

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The few functions of OpenBLAS that a calibration calls.
///
/// Loaded when they are first needed, so that no other command waits for them or depends on them.
struct BLAS {
  private typealias SingleFunction =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>, Int32, Float,
      UnsafeMutablePointer<Float>, Int32
    ) -> Void
  private typealias DoubleFunction =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Double, UnsafePointer<Double>, Int32, UnsafePointer<Double>, Int32,
      Double,
      UnsafeMutablePointer<Double>, Int32
    ) -> Void
  private typealias StreamFunction =
    @convention(c) (
      Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>, Int32, Float,
      UnsafeMutablePointer<Float>, Int32
    ) -> Void
  private typealias SumFunction =
    @convention(c) (
      Int32, Float, UnsafePointer<Float>, Int32, UnsafeMutablePointer<Float>, Int32
    ) -> Void

  private let single: SingleFunction
  private let double: DoubleFunction
  private let stream: StreamFunction
  private let sum: SumFunction
  private let threads: (@convention(c) (Int32) -> Void)?
  /// What the library says of itself.
  let description: String

  private static let names = [
    "libopenblas.so.0", "libopenblas.so", "libopenblas.dylib", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
    "/usr/local/opt/openblas/lib/libopenblas.dylib",
  ]
  private static let (rowMajor, untransposed) = (Int32(101), Int32(111))

  /// Loads the library.
  ///
  /// - Throws: `Diagnostic` if it is not installed.
  init() throws(Diagnostic) {
    guard let library = Self.names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else {
      throw Diagnostic("calibration needs OpenBLAS; install it (apt install libopenblas0, brew install openblas)")
    }
    func function<Function>(_ name: String, _ type: Function.Type) throws(Diagnostic) -> Function {
      guard let symbol = dlsym(library, name) else { throw Diagnostic("the installed OpenBLAS lacks \(name)") }
      return unsafeBitCast(symbol, to: type)
    }
    single = try function("cblas_sgemm", SingleFunction.self)
    double = try function("cblas_dgemm", DoubleFunction.self)
    stream = try function("cblas_sgemv", StreamFunction.self)
    sum = try function("cblas_saxpy", SumFunction.self)
    threads = try? function("openblas_set_num_threads", (@convention(c) (Int32) -> Void).self)
    let config = try? function("openblas_get_config", (@convention(c) () -> UnsafePointer<CChar>?).self)
    description = config.flatMap { $0() }.map { String(cString: $0) } ?? "OpenBLAS"
  }

  /// Sets how many threads the calls below use.
  func use(threads count: Int) { threads?(Int32(clamping: count)) }

  /// [rows x inner].[inner x columns] in FP32; the buffers hold at least as much.
  func product(_ a: Buffer<Float>, _ b: Buffer<Float>, _ c: Buffer<Float>, _ rows: Int, _ inner: Int, _ columns: Int) {
    let (m, k, n) = (Int32(rows), Int32(inner), Int32(columns))
    single(Self.rowMajor, Self.untransposed, Self.untransposed, m, n, k, 1, a.start, k, b.start, n, 0, c.start, n)
  }

  /// [size x size].[size x size] in FP64.
  func product(_ a: Buffer<Double>, _ b: Buffer<Double>, _ c: Buffer<Double>, _ size: Int) {
    let n = Int32(size)
    double(Self.rowMajor, Self.untransposed, Self.untransposed, n, n, n, 1, a.start, n, b.start, n, 0, c.start, n)
  }

  /// [rows x columns] times a vector in FP32: reads the matrix once.
  func stream(_ matrix: Buffer<Float>, _ x: Buffer<Float>, _ y: Buffer<Float>, _ rows: Int, _ columns: Int) {
    let (m, n) = (Int32(rows), Int32(columns))
    stream(Self.rowMajor, Self.untransposed, m, n, 1, matrix.start, n, x.start, 1, 0, y.start, 1)
  }

  /// y + x of so many elements: reads both, writes one.
  func sum(_ x: Buffer<Float>, _ y: Buffer<Float>, _ count: Int) { sum(Int32(count), 0.5, x.start, 1, y.start, 1) }
}

/// Memory for numbers, of which every page was touched.
final class Buffer<Element: BinaryFloatingPoint> {
  let start: UnsafeMutablePointer<Element>
  private let count: Int

  /// `count` numbers between 0.5 and 1.5, so that no product overflows.
  init(_ count: Int) {
    self.count = max(1, count)
    start = .allocate(capacity: self.count)
    for index in 0..<self.count { start[index] = 0.5 + Element(index % 1009) / 1009 }
  }

  deinit { start.deallocate() }
}
