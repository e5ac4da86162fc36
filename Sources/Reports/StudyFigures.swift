internal import Architectures
internal import Estimation

/// A row of a study with what takes long to find out, found out once for the tables, the notes and the records.
struct StudyFigures: Sendable {
  let row: Study.Row
  /// What a reader must know to read the row rightly.
  let notes: [String]
  /// The whole request at the ideal and the expected times.
  let request, expectedRequest: RequestFigures?
  /// What fits into the device's memory.
  let largestBatch, longestContext: Int?

  init(_ row: Study.Row) {
    self.row = row
    let estimate = row.estimate
    notes = estimate.notes
    request = estimate.request
    expectedRequest = estimate.expectedRequest
    largestBatch = estimate.largestBatch
    longestContext = estimate.longestContext
  }

  var estimate: Estimate { row.estimate }
}
