internal import Architectures
internal import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

/// A start of an engine: what it reported of memory, and what is reckoned for it.
package struct MemoryRun: Sendable {
  /// The line of the file.
  package let line: Int
  /// Names of the model, the device and the engine in the catalog.
  package let model, hardware, engine: String
  /// Bytes of the cache's pool on one device: predicted, and reported where it was.
  package let pool: Double, measuredPool: Double?
  /// The tokens that it has room for: predicted where layers have a cache that grows, and reported where they were.
  package let tokens: Int?, measuredTokens: Double?
  /// Whether the longest sequence that was asked for fits, and whether the engine started.
  package let fits, started: Bool

  /// Predicted over reported bytes; nil where none were reported.
  package var poolRatio: Double? { measuredPool.map { pool / $0 } }
  /// Predicted over reported tokens; nil where none were reported.
  package var tokenRatio: Double? {
    guard let tokens, let measuredTokens else { return nil }
    return Double(tokens) / measuredTokens
  }
}

/// Predicted pools of caches against those that engines report when they start.
package struct MemoryValidation: Sendable {
  /// Runs of one engine on one device.
  package struct Group: Sendable {
    /// Their names in the catalog.
    package let engine, hardware: String
    /// Runs, and distinct pools among them.
    package let runs: Int, pools: ErrorSummary
    /// The errors of the tokens, where they were reported.
    package let tokens: ErrorSummary
    /// Runs of which it is told rightly whether they started.
    package let toldRightly: Int
  }

  /// The name of the file.
  package let file: String
  /// All runs that could be predicted, in the order of the file.
  package let runs: [MemoryRun]
  /// The same by engine and device.
  package let groups: [Group]
  /// What rows were left out for, and how many of each.
  package let omissions: [String]

  init(file: String, _ runs: [MemoryRun], omissions: [String]) {
    (self.file, self.runs, self.omissions) = (file, runs, omissions)
    groups = runs.grouped { [$0.engine, $0.hardware] }.map { runs in
      // One pool is often reported of several runs.
      var seen: Set<[String]> = []
      let distinct = runs.filter { run in
        run.started && run.measuredPool.map { seen.insert([run.model, "\($0)"]).inserted } ?? false
      }
      return Group(
        engine: runs[0].engine, hardware: runs[0].hardware, runs: runs.count,
        pools: ErrorSummary(ratios: distinct.compactMap(\.poolRatio)),
        tokens: ErrorSummary(ratios: runs.filter(\.started).compactMap(\.tokenRatio)),
        toldRightly: runs.count { $0.fits == $0.started })
    }
  }

  /// The runs whose pools are farthest off.
  package func worst(_ count: Int) -> [MemoryRun] {
    let measured = runs.filter { $0.started && $0.poolRatio != nil }
    return Array(measured.sorted { abs(($0.poolRatio ?? 1) - 1) > abs(($1.poolRatio ?? 1) - 1) }.prefix(max(0, count)))
  }
}
