package import Documents

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The few functions of OpenBLAS that a calibration and an encoder call.
///
/// Loaded when they are first needed, so that no other command waits for them or depends on them. Its threads are one
/// until `use(threads:)` says otherwise.
package struct BLAS: Sendable {
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
  private typealias ThreadsFunction = @convention(c) (Int32) -> Void
  private typealias TextFunction = @convention(c) () -> UnsafePointer<CChar>?

  private let single: SingleFunction
  private let double: DoubleFunction
  private let stream: StreamFunction
  private let sum: SumFunction
  private let threads: ThreadsFunction?
  /// What the library says of itself.
  package let description: String

  private static let names = [
    "libopenblas.so.0", "libopenblas.so", "libopenblas.dylib", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
    "/usr/local/opt/openblas/lib/libopenblas.dylib",
    "/System/Library/Frameworks/Accelerate.framework/Accelerate",
  ]
  private static let (rowMajor, untransposed, transposed) = (Int32(101), Int32(111), Int32(112))

  /// Loads the library, which is the only way to it: what it would wait for, for ever, is found out before.
  ///
  /// - Parameters:
  ///   - purpose: what needs it, for the error.
  ///   - threads: calls at a time, each of which the library has memory for.
  ///   - bytes: what the caller allocates besides.
  /// - Throws: `Diagnostic`, with the command that installs it, if it is not there, or if memory is short.
  package init(for purpose: String, threads: Int, bytes: Int) throws(Diagnostic) {
    try Self.checkMemory(for: purpose, threads: threads, bytes: bytes)
    // Which loops run, the library decides by the processor, or OPENBLAS_CORETYPE.
    guard let library = Self.names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else {
      throw Diagnostic(
        "\(purpose) needs OpenBLAS\(Self.refusal); install it (apt install libopenblas0, brew install openblas)")
    }
    func function<Function>(_ name: String, _ type: Function.Type) throws(Diagnostic) -> Function {
      guard let symbol = dlsym(library, name) else { throw Diagnostic("the installed OpenBLAS lacks \(name)") }
      return unsafeBitCast(symbol, to: type)
    }
    single = try function("cblas_sgemm", SingleFunction.self)
    double = try function("cblas_dgemm", DoubleFunction.self)
    stream = try function("cblas_sgemv", StreamFunction.self)
    sum = try function("cblas_saxpy", SumFunction.self)
    self.threads = try? function("openblas_set_num_threads", ThreadsFunction.self)
    let config = (try? function("openblas_get_config", TextFunction.self)).flatMap { $0() }
    description = config.map { String(cString: $0) } ?? "cblas"
    use(threads: 1)
  }

  /// Why a library that is there cannot be loaded; empty if there is none.
  private static var refusal: String {
    let reasons = names.lazy.compactMap { name -> String? in
      guard dlopen(name, RTLD_NOW | RTLD_LOCAL) == nil, let reason = dlerror() else { return nil }
      return String(cString: reason)
    }
    let found = reasons.first { !$0.contains("No such file") && !$0.contains("no such file") }
    return found.map { ", which is there but cannot be loaded (\($0))" } ?? ""
  }

  /// What is set aside for each thread that is in a call: 128 MB by OpenBLAS, which asks for them again and again, for
  /// ever, where they cannot be had, and up to as much by the system.
  private static let bytesPerThread = 272 << 20

  /// - Throws: `Diagnostic` if there is no memory for calls from so many threads at a time, and for `bytes` besides.
  package static func checkMemory(for purpose: String, threads: Int, bytes: Int) throws(Diagnostic) {
    try Memory.check(threads * bytesPerThread + bytes, for: purpose)
  }

  /// Sets how many threads one call below uses.
  package func use(threads count: Int) { threads?(Int32(clamping: count)) }

  /// A matrix in memory, row by row.
  package struct Operand {
    let start: UnsafePointer<Float>
    let stride: Int32

    /// Rows that begin every `stride` numbers from `start` on.
    package init(_ start: UnsafePointer<Float>, stride: Int) {
      self.start = start
      self.stride = Int32(clamping: stride)
    }
  }

  /// The sizes of a product [rows x inner].[inner x columns].
  package struct Shape {
    let rows, inner, columns: Int32

    /// Sizes of at most 2^31 - 1, which is what OpenBLAS takes.
    package init(rows: Int, inner: Int, columns: Int) {
      (self.rows, self.inner, self.columns) = (Int32(clamping: rows), Int32(clamping: inner), Int32(clamping: columns))
    }
  }

  /// a.b^T in FP32, a [rows, inner], b [columns, inner], added to what is in `c` [rows, columns] or in its place.
  ///
  /// No bounds are checked.
  package func productTransposed(
    _ shape: Shape, _ a: Operand, _ b: Operand, adding: Bool = false, into c: UnsafeMutablePointer<Float>, stride: Int
  ) {
    single(
      Self.rowMajor, Self.untransposed, Self.transposed, shape.rows, shape.columns, shape.inner, 1, a.start, a.stride,
      b.start, b.stride, adding ? 1 : 0, c, Int32(clamping: stride))
  }

  /// a.b in FP32, a [rows, inner], b [inner, columns], in place of what is in `c` [rows, columns]. No bounds are checked.
  package func product(_ shape: Shape, _ a: Operand, _ b: Operand, into c: UnsafeMutablePointer<Float>, stride: Int) {
    single(
      Self.rowMajor, Self.untransposed, Self.untransposed, shape.rows, shape.columns, shape.inner, 1, a.start, a.stride,
      b.start, b.stride, 0, c, Int32(clamping: stride))
  }

  /// [rows x inner].[inner x columns] in FP32; the buffers hold at least as much.
  package func product(
    _ a: Buffer<Float>, _ b: Buffer<Float>, _ c: Buffer<Float>, _ rows: Int, _ inner: Int, _ columns: Int
  ) {
    product(
      Shape(rows: rows, inner: inner, columns: columns), Operand(a.start, stride: inner),
      Operand(b.start, stride: columns), into: c.start, stride: columns)
  }

  /// [size x size].[size x size] in FP64.
  package func product(_ a: Buffer<Double>, _ b: Buffer<Double>, _ c: Buffer<Double>, _ size: Int) {
    let n = Int32(size)
    double(Self.rowMajor, Self.untransposed, Self.untransposed, n, n, n, 1, a.start, n, b.start, n, 0, c.start, n)
  }

  /// [rows x columns] times a vector in FP32: reads the matrix once.
  package func stream(_ matrix: Buffer<Float>, _ x: Buffer<Float>, _ y: Buffer<Float>, _ rows: Int, _ columns: Int) {
    let (m, n) = (Int32(rows), Int32(columns))
    stream(Self.rowMajor, Self.untransposed, m, n, 1, matrix.start, n, x.start, 1, 0, y.start, 1)
  }

  /// y + x / 2 in place of y, of so many elements: reads both, writes one.
  package func sum(_ x: Buffer<Float>, _ y: Buffer<Float>, _ count: Int) {
    sum(Int32(count), 0.5, x.start, 1, y.start, 1)
  }
}
