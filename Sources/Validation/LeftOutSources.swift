package import Documents
package import Estimation
internal import Quantities

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Times of engines, each predicted by figures that were fitted without any time of its source.
package struct LeftOutSources: Sendable {
  /// The range of a class's times over the expected ones.
  package struct Range: Sendable {
    /// The class.
    package let engineClass: EngineClass
    /// Measured over expected times.
    package let share: ClosedRange<Double>
    /// How many times were measured, and by how many sources.
    package let rows: Int, sources: Int
  }

  /// All runs with the figures of a fit to all of them.
  package let fitted: EngineValidation
  /// All runs, each with the figures of a fit without its source.
  package let leftOut: EngineValidation
  /// All runs, the source left out where its class has another one.
  package let judged: EngineValidation
  /// The figures of the fit to all runs, by name: what they are of, where the fit started, where it ended.
  package let figures: [(name: String, value: Double)]
  /// The ranges of classes.
  package let ranges: [Range]
  /// By how much ranges were widened, as a factor of their logarithms.
  package let widening: Double
  /// Of runs whose class has a range, and another one without their source: how many there are, and how many lie inside of
  /// that one.
  package let covered: (rows: Int, inside: Int)

  /// - Throws: `Diagnostic` of a run that cannot be predicted.
  package init(_ validation: EngineValidation) throws(Diagnostic) {
    let runs = validation.runs.filter { $0.engineClass != nil }
    let all = try EngineFit(runs, from: EngineFigures.start).figures
    let fitted = try runs.map { (run) throws(Diagnostic) in try run.predicted(by: all) }
    let leftOut = try Self.leftOut(runs)
    var sources: [EngineClass?: Set<String>] = [:]
    for run in runs { sources[run.engineClass, default: []].insert(run.sourceName) }
    let judged = zip(fitted, leftOut).map { (sources[$0.engineClass]?.count ?? 0) > 1 ? $1 : $0 }
    self.fitted = EngineValidation(file: validation.file, fitted)
    self.leftOut = EngineValidation(file: validation.file, leftOut)
    self.judged = EngineValidation(file: validation.file, judged)
    figures = all.values.map { ($0.key.title, $0.value) }.sorted { $0.0 < $1.0 }
    let groups = leftOut.grouped(by: \.engineClass)
    var widening = 1.0
    while widening < 4 {
      let covered = Self.coverage(groups, widening)
      if Double(covered.inside) >= 0.8 * Double(covered.rows) { break }
      widening *= 1.02
    }
    let said = groups.compactMap { runs -> (runs: [EngineRun], range: Range)? in
      guard let engineClass = runs[0].engineClass, let share = Self.range(runs, widening),
        share.upperBound < share.lowerBound * Self.widest
      else { return nil }
      return (
        runs,
        Range(engineClass: engineClass, share: share, rows: runs.count, sources: Set(runs.map(\.sourceName)).count)
      )
    }
    self.widening = widening
    ranges = said.map(\.range).sorted {
      ($0.engineClass.title, $0.engineClass.bits) < ($1.engineClass.title, $1.engineClass.bits)
    }
    covered = Self.coverage(said.map(\.runs), widening)
  }

  /// Runs as they are predicted without any run of their source.
  private static func leftOut(_ runs: [EngineRun]) throws(Diagnostic) -> [EngineRun] {
    var leftOut = runs
    for source in Set(runs.map(\.sourceName)).sorted() {
      let own = try EngineFit(runs.filter { $0.sourceName != source }, from: EngineFigures.start).figures
      for (index, run) in runs.enumerated() where run.sourceName == source {
        // Figures that only the source itself speaks of stay where the fit starts.
        var figures = own
        for (key, start) in EngineFigures.start(of: run) where figures.values[key] == nil {
          figures.values[key] = start.value
        }
        leftOut[index] = try run.predicted(by: figures)
      }
    }
    return leftOut
  }

  /// A range that spans more, from its lower end to its upper one, says nothing.
  private static let widest = 4.0

  /// The range of some runs of a class: percentiles 10 and 90 with every source counting as much, widened; nil of fewer
  /// than two sources or six runs.
  private static func range(_ runs: [EngineRun], _ widening: Double) -> ClosedRange<Double>? {
    let sources = runs.grouped(by: \.sourceName)
    guard sources.count > 1, runs.count > 5 else { return nil }
    let shares = sources.flatMap { own in own.map { (ratio: 1 / $0.ratio, weight: 1 / Double(own.count)) } }
      .sorted { $0.ratio < $1.ratio }
    let total = Double(sources.count)
    func quantile(_ share: Double) -> Double {
      var sum = 0.0
      for (ratio, weight) in shares {
        sum += weight
        if sum >= share * total { return ratio }
      }
      return shares.last?.ratio ?? 1
    }
    let middle = quantile(0.5)
    func widened(_ end: Double) -> Double { middle * exp(log(end / middle) * widening) }
    return widened(quantile(0.1))...widened(quantile(0.9))
  }

  /// How many runs lie in the range that the other sources of their class give.
  private static func coverage(_ groups: [[EngineRun]], _ widening: Double) -> (rows: Int, inside: Int) {
    var (rows, inside) = (0, 0)
    for runs in groups {
      for source in Set(runs.map(\.sourceName)) {
        guard let range = range(runs.filter { $0.sourceName != source }, widening) else { continue }
        for run in runs where run.sourceName == source {
          rows += 1
          let (low, high) = (run.expected * range.lowerBound, run.expected * range.upperBound)
          inside += (max(run.ideal, low)...max(run.ideal, high)).contains(run.measured) ? 1 : 0
        }
      }
    }
    return (rows, inside)
  }
}

extension EngineRun {
  /// The run with the expected time of other figures.
  func predicted(by figures: EngineFigures) throws(Diagnostic) -> EngineRun {
    var copy = self
    copy.expected = try setup.times(figures).expected
    return copy
  }
}
