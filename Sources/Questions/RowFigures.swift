internal import Architectures
public import Documents
public import Estimation
internal import Quantities

/// A row of an answer with what takes long to find out, found out once and only if a column asks for it.
public struct RowFigures: Sendable {
  /// The estimate and what it is compared with.
  public let row: Study.Row
  /// The picture that the row is about.
  public var image: String?
  /// What the user should know of the picture.
  public var remarks: [String] = []
  /// The place of the row in an order, from 1.
  public var rank: Int?
  /// The number of the row in its study, from 0.
  var number = 0
  /// The row of the same question that was answered before.
  public var before: OutputRecord?

  /// The fleet that the row is about, by reference: rows of estimates stay small.
  private let boxed: Boxed?
  private final class Boxed: Sendable {
    let row: LoadStudy.Row
    init(_ row: LoadStudy.Row) { self.row = row }
  }

  /// The fleet under load that the row is about; nil in rows of estimates.
  public var load: LoadStudy.Row? { boxed?.row }
  /// Whether the row is about a fleet under load.
  var isLoad: Bool { boxed != nil }

  /// What a reader must know to read the row rightly.
  public private(set) lazy var notes = row.estimate.notes
  /// The whole request at the ideal times; nil if nothing is generated.
  public private(set) lazy var request = row.estimate.request
  /// The whole request at the expected times; nil if nothing is generated.
  public private(set) lazy var expectedRequest = row.estimate.expectedRequest
  /// How many times sooner the whole request ends than with all visual tokens, at the expected times; nil without either.
  package var expectedRequestSpeedup: Double? {
    mutating get {
      guard let before = row.baseline?.expectedRequest?.request, let after = expectedRequest?.request else {
        return nil
      }
      return before / after
    }
  }
  /// The largest batch that fits.
  public private(set) lazy var largestBatch = row.estimate.largestBatch
  /// The longest context that fits.
  public private(set) lazy var longestContext = row.estimate.longestContext

  /// The figures of a row.
  public init(_ row: Study.Row, image: String? = nil, remarks: [String] = []) {
    self.row = row
    self.image = image
    self.remarks = remarks
    boxed = nil
  }

  /// The figures of a fleet under load.
  public init(_ load: LoadStudy.Row) {
    row = Study.Row(estimate: load.estimate, baseline: nil)
    boxed = Boxed(load)
  }

  /// The estimate, lent.
  public var estimate: Estimate { _read { yield row.estimate } }

  /// That the longest context that fits passes the positions that the model was made for; nil where it does not.
  public var contextNote: String? {
    mutating get {
      guard let positions = estimate.model.language?.positions, let context = longestContext else { return nil }
      let tokens = estimate.promptTokens + estimate.workload.outputTokens
      guard context > positions - tokens, tokens + estimate.workload.context <= positions else { return nil }
      return "the longest context that fits passes the \(positions) positions that \(estimate.model.name) was made for"
    }
  }

  /// All notes, also those on the picture and on a sample that is no picture, in one text; nil without any.
  public var noteForMachines: String? {
    mutating get {
      let all = remarks + notes + [contextNote, estimate.syntheticNote].compactMap { $0 }
      return all.isEmpty ? nil : all.joined(separator: "; ")
    }
  }

  /// The row as a record of some columns.
  public mutating func record(_ columns: [Column]) -> OutputRecord {
    var record = OutputRecord([:])
    record.fields.reserveCapacity(columns.count)
    for column in columns { record.fields.append(OutputRecord.Field(key: column.key, value: column.value(of: &self))) }
    return record
  }
}
