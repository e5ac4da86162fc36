internal import Documents
package import Estimation
internal import Quantities

/// Predicted times of engines against published or measured ones.
package struct EngineValidation: Sendable {
  /// Times of one class.
  package struct Group: Sendable {
    /// The class; nil of kernels without an engine.
    package let engineClass: EngineClass?
    /// The runs.
    package let runs: [EngineRun]
    /// The errors of the expected times.
    package let errors: ErrorSummary
    /// Who measured.
    package let sources: [String]
    /// How far repeated times lie from the median of their kind, in the median; nil where none was repeated.
    package let spread: Double?
    /// The interval that is printed beside such times; nil without one.
    package let interval: EngineInterval?
    /// How many times lie inside of it.
    package let inside: Int

    init(_ runs: [EngineRun], _ engineClass: EngineClass?) {
      (self.runs, self.engineClass) = (runs, engineClass)
      errors = ErrorSummary(ratios: runs.map(\.ratio))
      sources = runs.grouped(by: \.sourceName).map { $0[0].sourceName }
      let repeated = runs.grouped(by: \.repeated).filter { $0.count > 1 }
      spread = repeated.flatMap { runs -> [Double] in
        let times = runs.map(\.measured.value)
        let median = times.sorted().quantile(0.5) ?? 1
        return times.map { abs($0 / median - 1) }
      }.sorted().quantile(0.5)
      let interval = engineClass.flatMap { EngineInterval.of($0) }
      self.interval = interval
      inside =
        interval.map { interval in
          runs.count { interval.holds($0.measured, expected: $0.expected, ideal: $0.ideal) }
        } ?? 0
    }
  }

  /// The name of the file.
  package let file: String
  /// All runs that could be predicted, in the order of the file.
  package let runs: [EngineRun]
  /// The same by class.
  package let groups: [Group]
  /// Names that the catalog lacks.
  package let unknown: [UnknownName]
  /// What rows were left out for, and how many of each.
  package let omissions: [String]

  init(file: String, _ runs: [EngineRun], unknown: [UnknownName] = [], omissions: [String] = []) {
    (self.file, self.runs, self.unknown, self.omissions) = (file, runs, unknown, omissions)
    groups = runs.grouped(by: \.engineClass).map { Group($0, $0[0].engineClass) }
      .sorted { ($0.engineClass?.title ?? "") < ($1.engineClass?.title ?? "") }
  }

  /// The runs of several files together.
  package init(_ parts: [EngineValidation]) {
    self.init(
      file: parts.map(\.file).joined(separator: ", "), parts.flatMap(\.runs), unknown: parts.flatMap(\.unknown),
      omissions: parts.flatMap(\.omissions))
  }

  /// The errors of all runs.
  package var errors: ErrorSummary { ErrorSummary(ratios: runs.map(\.ratio)) }

  /// The runs that are faster than the bound.
  package var suspects: [EngineRun] { runs.filter(\.isSuspect) }

  /// The runs whose expected times are farthest off, in proportion, worst first.
  package func worst(_ count: Int) -> [EngineRun] {
    Array(runs.sorted { max($0.ratio, 1 / $0.ratio) > max($1.ratio, 1 / $1.ratio) }.prefix(max(0, count)))
  }
}

extension EngineRun {
  /// The name of the source: its repository or page, without the file, the version and what is said of them.
  package var sourceName: String {
    var text = Substring(source)
    for start in ["https://", "http://", "github.com/", "github "] where text.hasPrefix(start) {
      text = text.dropFirst(start.count)
    }
    let words = text.split(separator: " ")
    guard let first = words.first else { return source }
    let name = first.prefix { $0 != "@" && $0 != "," }
    guard first == name, words.count > 1, ["discussions/", "issues/", "pull/"].contains(where: words[1].hasPrefix)
    else {
      return String(name)
    }
    return "\(name) \(words[1])"
  }
}
