internal import Hardware
internal import Quantities

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A product of at least two rows, its work and its measured time.
struct CalibrationSample {
  var rows: Double
  var flops: FLOPs
  var traffic: Bytes
  var seconds: Seconds

  /// What a library reaches of a machine, as the expected time has it.
  struct Shares: Equatable {
    var peak = 1.0
    var bandwidth = 1.0
    /// nil where the times show no division.
    var division: RowDivision?

    /// The time of work and memory at their full rates.
    func seconds(_ work: Double, _ memory: Double, rows: Double, _ overhead: Double) -> Double {
      let (work, memory) = (work / peak, memory / bandwidth)
      guard let division else { return pow(pow(work, 2.5) + pow(memory, 2.5), 1 / 2.5) + overhead }
      return memory + work * division.wideRows(rows) / rows + overhead
    }
  }

  /// The shares of peak and bandwidth and the division of rows into at most `parts` parts under which the times of
  /// `samples` are nearest to the measured ones, and the median of the errors that remain.
  ///
  /// Searched on a grid from 1 down to 0.05 in steps of 5 %; 1 and 1 without samples.
  static func shares(
    _ samples: [CalibrationSample], _ peak: Throughput, _ bandwidth: Bandwidth, _ overhead: Seconds, parts: Int
  ) -> (shares: Shares, error: Double) {
    let steps = (0...60).map { pow(0.05, Double($0) / 60) }
    let counts = sequence(first: 1) { $0 * 2 <= parts ? $0 * 2 : nil }
    let divisions = [nil] + counts.map { RowDivision(parts: $0) }
    let known = samples.map {
      (work: ($0.flops / peak).value, memory: ($0.traffic / bandwidth).value, rows: $0.rows, measured: $0.seconds.value)
    }
    func errors(_ shares: Shares) -> [Double] {
      known.map { abs(log(shares.seconds($0.work, $0.memory, rows: $0.rows, overhead.value) / $0.measured)) }
    }
    var best = (error: Double.infinity, shares: Shares())
    for division in divisions {
      for peak in steps {
        for bandwidth in steps {
          let shares = Shares(peak: peak, bandwidth: bandwidth, division: division)
          let error = errors(shares).reduce(0, +)
          if error < best.error { best = (error, shares) }
        }
      }
    }
    let sorted = errors(best.shares).sorted()
    return (best.shares, sorted.isEmpty ? 0 : sorted[sorted.count / 2])
  }
}
