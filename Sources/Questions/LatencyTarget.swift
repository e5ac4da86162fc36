internal import Documents
internal import Quantities
package import Serving

/// A time that latencies are to keep to, and which figure of them: `500ms@p95`, `50ms@mean` or, where nobody says which,
/// `0.5`.
package struct LatencyTarget: Sendable, Hashable {
  /// A figure of many latencies.
  package enum Statistic: String, Sendable, Hashable, CaseIterable {
    case mean, p50, p90, p95, p99

    /// The share of all latencies that lie below it; nil for the mean.
    package var share: Double? {
      switch self {
      case .mean: nil
      case .p50: 0.5
      case .p90: 0.9
      case .p95: 0.95
      case .p99: 0.99
      }
    }

    /// The figure of a run's times.
    package func value(of times: ServingFigures.Times) -> Double {
      switch self {
      case .mean: times.mean
      case .p50: times.p50
      case .p90: times.p90
      case .p95: times.p95
      case .p99: times.p99
      }
    }
  }

  /// The most that the figure may be, in seconds.
  package var seconds: Double
  /// Which figure; nil where nobody says.
  package var statistic: Statistic?

  /// A target.
  package init(_ seconds: Double, _ statistic: Statistic? = nil) {
    (self.seconds, self.statistic) = (seconds, statistic)
  }

  /// Reads `500ms@p95`, `0.5@mean` or `500ms`; `option` is what errors call it.
  ///
  /// - Throws: `Diagnostic` for anything else.
  init(_ text: String, _ option: String) throws(Diagnostic) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map { $0.trimmingSpaces() }
    let time = Double(parts[0]) ?? (try? Seconds(parsing: parts[0]))?.value
    guard let time, (0...1e6).contains(time) else {
      throw Diagnostic("expected \(option) as 20ms or, in seconds, 0.02, found \"\(text)\"")
    }
    seconds = time
    guard parts.count > 1 else { return }
    guard let statistic = Statistic(spelling: parts[1]) else {
      let known = Statistic.allCases.map(\.rawValue).joined(separator: ", ")
      throw Diagnostic("expected \(known) behind the @ of \(option), as 500ms@p95, found \"\(text)\"")
    }
    self.statistic = statistic
  }

  /// The target as `init` reads it.
  package var text: String { seconds.shortest + (statistic.map { "@\($0.rawValue)" } ?? "") }
}
