internal import Architectures
package import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Questions
internal import Reduction

/// How many tokens pictures leave and what that costs, over all of them.
package struct SurveySummary: Sendable {
  /// A device, a precision and a reducer, or none.
  package struct Row: Sendable {
    /// The estimate of the first picture.
    package let first: Estimate
    /// Visual tokens that enter the first layer of the language model.
    package private(set) var tokens = Distribution()
    /// Visual tokens of a layer of the language model, on average over its layers.
    package private(set) var meanTokens = Distribution()
    /// The ideal and the expected time of the prefill, in seconds.
    package private(set) var prefill = Distribution(), expectedPrefill = Distribution()
    /// The ideal time of all stages, in seconds.
    package private(set) var total = Distribution()
    /// The ideal and the expected figures of whole requests, in seconds; without numbers where nothing is generated.
    package private(set) var request = RequestTimes(), expectedRequest = RequestTimes()
    /// Bytes at the peak, of the picture that needs most.
    package private(set) var footprint = 0.0
    /// Pictures whose request does not fit into the device's memory; nil where that is not known.
    package private(set) var misfits: Int?

    /// The place of the row that it is compared with; nil for that row.
    fileprivate let baseline: Int?

    fileprivate init(_ first: Estimate, baseline: Int?) {
      self.first = first
      self.baseline = baseline
      misfits = first.fits == nil ? nil : 0
    }

    fileprivate mutating func add(_ estimate: Estimate) {
      tokens.add(Double(estimate.visualTokens))
      meanTokens.add(estimate.workload.visualTokens.mean(layers: estimate.model.language?.layers ?? 0))
      prefill.add(estimate.prefillSeconds.value)
      expectedPrefill.add(estimate.expectedPrefillSeconds.value)
      total.add(estimate.totalSeconds.value)
      request.add(estimate.request)
      expectedRequest.add(estimate.expectedRequest)
      footprint = Swift.max(footprint, estimate.footprint.total.value)
      if estimate.fits == false { misfits = (misfits ?? 0) + 1 }
    }
  }

  /// The times of whole requests, in seconds.
  package struct RequestTimes: Sendable {
    /// Until the first token, of a step of decoding on average, and of the whole request.
    package private(set) var firstToken = Distribution(), perToken = Distribution(), whole = Distribution()

    fileprivate mutating func add(_ figures: Estimate.Request?) {
      guard let figures else { return }
      firstToken.add(figures.timeToFirstToken.value)
      if let perToken = figures.timePerOutputToken { self.perToken.add(perToken.value) }
      whole.add(figures.request.value)
    }
  }

  /// A row for each device, precision and reducer, in the order of a study.
  package private(set) var rows: [Row] = []
  /// How many pictures are in it.
  package private(set) var count = 0
  /// What was to be said, and of what.
  package private(set) var notes: [String: Subject] = [:]

  /// What a note is about.
  package struct Subject: Sendable, Hashable {
    /// How many pictures.
    package var images = 0
    /// Which rows; none where it is about the picture itself.
    package var rows: Set<Int> = []
  }

  /// So many different notes are kept; others are about few pictures each.
  private static let noteLimit = 256

  init() {}

  mutating func add(_ studied: [Study.Row], notes: [String]) {
    if rows.isEmpty {
      var baseline = 0
      for (index, row) in studied.enumerated() {
        if row.baseline == nil { baseline = index }
        rows.append(Row(row.estimate, baseline: row.baseline == nil ? nil : baseline))
      }
    }
    for (index, row) in studied.enumerated() where rows.indices.contains(index) { rows[index].add(row.estimate) }
    count += 1
    var subjects = Dictionary(notes.map { ($0, Set<Int>()) }) { first, _ in first }
    for (index, row) in studied.enumerated() {
      for note in row.estimate.notes { subjects[note, default: []].insert(index) }
    }
    for (note, rows) in subjects where self.notes[note] != nil || self.notes.count < Self.noteLimit {
      self.notes[note, default: Subject()].images += 1
      self.notes[note]?.rows.formUnion(rows)
    }
  }

  /// The row of the same setting without a reducer; nil for that row.
  package func baseline(of row: Row) -> Row? { row.baseline.map { rows[$0] } }

  /// How many times faster the mean of a time is than without a reducer; nil where there is none.
  package func speedup(_ row: Row, _ time: (Row) -> Distribution) -> Double? {
    baseline(of: row).map { time($0).mean / time(row).mean }
  }
}
