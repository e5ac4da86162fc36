internal import RooflineKit

/// A device that was measured with this repository's scripts, as a folder of `Benchmarks/measured` has it: kernels and whole
/// models, to whose times nothing was fitted but two of the host.
struct MeasuredHere: Sendable {
  /// Kernels, and products of 8 bits.
  let kernels: Validation, products: Validation
  /// Whole models under the engines of the program, and under the folder's own: those with the times of this host.
  let engines: EngineValidation, onHost: EngineValidation

  /// Whether a folder is one.
  static func isOne(_ folder: String) -> Bool {
    (try? Files.readText("\(folder)/kernels.csv", limit: 1 << 20)) != nil
  }

  /// - Throws: `Diagnostic` of a file that cannot be read, or a row that cannot be predicted.
  init(_ folder: String) throws(Diagnostic) {
    kernels = try Validation(measurements: "\(folder)/kernels.csv")
    products = try Validation(measurements: "\(folder)/products-fp8.csv")
    engines = try EngineValidation(measurements: "\(folder)/engines.csv", catalog: .standard)
    onHost = try EngineValidation(measurements: "\(folder)/engines.csv", catalog: Catalog(folders: [folder]))
  }

  /// Times in FP16 over those of the same kernels in BF16, in the median.
  var halfOverBrain: Double {
    func times(_ precision: String) -> [String: Double] {
      let rows = kernels.measurements.filter { $0.precision == precision }
      return Dictionary(
        rows.map { ("\($0.kind) \($0.shape)", $0.measured.value) }, uniquingKeysWith: { first, _ in first })
    }
    let other = times("bf16")
    return times("fp16").compactMap { key, seconds in other[key].map { seconds / $0 } }.sorted().quantile(0.5) ?? 1
  }
}
