internal import Quantities

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A product, its work and its measured time.
struct CalibrationSample {
  var flops: FLOPs
  var traffic: Bytes
  var seconds: Seconds

  /// The shares of peak and bandwidth under which the times of `samples` are nearest to the measured ones, as
  /// `ExpectedTime` joins them.
  ///
  /// Searched on a grid from 1 down to 0.05 in steps of 5 %; 1 and 1 without samples.
  static func shares(
    _ samples: [CalibrationSample], _ peak: Throughput, _ bandwidth: Bandwidth, _ overhead: Seconds
  ) -> (peak: Double, bandwidth: Double) {
    let steps = (0...60).map { pow(0.05, Double($0) / 60) }
    var best = (error: Double.infinity, peak: 1.0, bandwidth: 1.0)
    for peakShare in steps {
      for bandwidthShare in steps {
        let error = samples.reduce(0) { sum, sample in
          let work = (sample.flops / peak).value / peakShare
          let memory = (sample.traffic / bandwidth).value / bandwidthShare
          let seconds = pow(pow(work, 2.5) + pow(memory, 2.5), 1 / 2.5) + overhead.value
          return sum + abs(log(seconds / sample.seconds.value))
        }
        if error < best.error { best = (error, peakShare, bandwidthShare) }
      }
    }
    return (best.peak, best.bandwidth)
  }
}
