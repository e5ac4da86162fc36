internal import Documents
internal import Estimation
internal import Hardware
internal import Quantities
internal import Architectures
package import Questions

/// What the words of an answer need to know of all its rows, also those that no table holds.
package struct AnswerSummary: Sendable {
  /// How many rows there are, and how many of them do not fit into memory.
  package private(set) var rows = 0, misfits = 0
  /// The row whose first token comes soonest, of those that are not known to be too big.
  private(set) var soonest: RowFigures?
  /// The names of models and devices.
  private(set) var models: Set<String> = [], devices: Set<String> = []

  /// What the first row holds in the columns of what is asked, and the columns in which others differ.
  private var first: [OutputValue] = []
  private(set) var differing: Set<Questions.Column> = []

  /// The columns of what is asked: of estimates, and of fleets under load.
  private(set) var asked = Self.askedOfEstimates

  /// The columns of what is asked of some rows.
  static func asked(of rows: [RowFigures]) -> [Questions.Column] {
    rows.first?.load == nil ? askedOfEstimates : askedOfLoads
  }

  private static let askedOfEstimates = [Column.image] + Column.all.filter(\.isAsked)
  private static let askedOfLoads = Column.load.filter(\.isAsked)

  /// No rows yet.
  package init() {}

  /// Takes in more rows.
  package mutating func add(_ rows: [RowFigures]) {
    self.rows += rows.count
    for var row in rows {
      if first.isEmpty { asked = Self.asked(of: [row]) }
      let values = asked.map { $0.value(of: &row) }
      if first.isEmpty { first = values }
      for (index, column) in asked.enumerated() where values[index] != first[index] { differing.insert(column) }
      models.insert(row.estimate.model.name)
      devices.insert(row.estimate.hardware.name)
      guard row.estimate.fits != false else {
        misfits += 1
        continue
      }
      if row.estimate.expectedTotalSeconds < soonest?.estimate.expectedTotalSeconds ?? .infinity { soonest = row }
    }
  }
}

extension Seconds {
  fileprivate static let infinity = Seconds(.infinity)
}
