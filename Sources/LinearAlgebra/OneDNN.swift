internal import CKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Products of BF16 numbers that are summed in FP32, by oneDNN, whose loops use AVX-512 BF16 or AMX.
///
/// Loaded when it is first needed, as OpenBLAS is; OpenBLAS of Debian and Ubuntu is built without such products.
package struct OneDNN: Sendable {
  private typealias Function =
    @convention(c) (
      CChar, CChar, Int64, Int64, Int64, Float, UnsafePointer<UInt16>, Int64, UnsafePointer<UInt16>, Int64, Float,
      UnsafeMutablePointer<Float>, Int64
    ) -> Int32
  private typealias ThreadsFunction = @convention(c) (Int32) -> Void

  private let product: Function
  /// How many threads of its own a call uses, which OpenMP keeps for each thread that calls.
  private let threads: ThreadsFunction?

  private static let names = ["libdnnl.so.3", "libdnnl.so.2", "libdnnl.dylib"]

  /// Why there is none.
  package struct Absence: Error {
    /// As the end of a sentence that begins with what is done instead.
    package let reason: String
  }

  /// Loads the library, and tries it.
  ///
  /// - Throws: `Absence` where the processor has no such products or the library is not there.
  package init() throws(Absence) {
    guard kernels_multiplies_brains() != 0 else {
      throw Absence(reason: "this processor has no products of BF16 numbers (AVX-512 BF16, AMX)")
    }
    guard let library = Self.names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else {
      throw Absence(reason: "oneDNN is not there; install it (apt install libdnnl2, on newer systems libdnnl3)")
    }
    guard let symbol = dlsym(library, "dnnl_gemm_bf16bf16f32") else {
      throw Absence(reason: "the installed oneDNN has no products of BF16 numbers for other programs")
    }
    product = unsafeBitCast(symbol, to: Function.self)
    threads = dlsym(library, "omp_set_num_threads").map { unsafeBitCast($0, to: ThreadsFunction.self) }
    guard isRight() else { throw Absence(reason: "the installed oneDNN multiplies BF16 numbers wrongly") }
  }

  /// Whether (1 2).(3 4)^T is 11 and (1 2).(5 6)^T is 17, added to 1.
  private func isRight() -> Bool {
    let (a, b): ([UInt16], [UInt16]) = ([0x3F80, 0x4000], [0x4040, 0x4080, 0x40A0, 0x40C0])
    var c: [Float] = [1, 1]
    return productTransposed(rows: 1, inner: 2, columns: 2, a, b, adding: true, into: &c, stride: 2) && c == [12, 18]
  }

  /// a.b^T, a [rows, inner], b [columns, inner], rows of both one behind the other, added to what is in `c` [rows, columns] or
  /// in its place. On the thread that calls; no bounds are checked.
  ///
  /// - Returns: false if it could not be computed, for want of memory.
  package func productTransposed(
    rows: Int, inner: Int, columns: Int, _ a: UnsafePointer<UInt16>, _ b: UnsafePointer<UInt16>, adding: Bool,
    into c: UnsafeMutablePointer<Float>, stride: Int
  ) -> Bool {
    threads?(1)
    let (plain, transposed) = (CChar(78), CChar(84))
    return product(
      plain, transposed, Int64(rows), Int64(columns), Int64(inner), 1, a, Int64(inner), b, Int64(inner), adding ? 1 : 0,
      c, Int64(stride)) == 0
  }
}
