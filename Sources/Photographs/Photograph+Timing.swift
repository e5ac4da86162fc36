package import Documents
package import Encoding
internal import Estimation
package import Reduction
package import ReductionMethods

extension Photograph {
  /// Runs a method so many times: inside the encoder, which then is part of the time, or on features that are made
  /// before.
  ///
  /// - Throws: `Diagnostic` as `reduced(by:)` does.
  package func timedReduction(
    by method: any ReductionMethod, repetitions: Int = 1
  ) throws(Diagnostic) -> TimedReduction {
    if !(method is any InEncoderReducer) { _ = try features() }
    let patches = try patches(for: method)
    return try TimedReduction(method.name, on: path, patches: patches, repetitions: repetitions) {
      () throws(Diagnostic) in try reduced(by: method)
    }
  }

  /// Runs the encoder so many times, on pixels that are prepared before.
  ///
  /// - Throws: `Diagnostic` as `encoded` does.
  package func timedEncoding(repetitions: Int = 1) throws(Diagnostic) -> TimedEncoding {
    guard let tower = runner.tower else { throw Diagnostic(file: path, "no encoder was given to look at the picture") }
    return try TimedEncoding(tower, pixels: pixels(), name: path, repetitions: repetitions)
  }
}
