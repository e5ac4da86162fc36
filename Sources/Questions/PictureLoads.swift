package import Documents
internal import Architectures
internal import Estimation
internal import Quantities
internal import Traffic

/// What the user's own pictures give requests to read: of every row of a study the visual tokens of all pictures, and the
/// mean time of the vision tower and what stands behind it.
package struct PictureLoads: Sendable {
  /// The rows of the last picture.
  private(set) var rows: [Study.Row] = []
  private var weights: [[Int: Double]] = []
  private var seconds: [Double] = []
  private var count = 0

  /// No pictures yet.
  package init() {}

  /// Takes in the rows of a picture, as many as of every other one.
  package mutating func add(_ rows: [Study.Row]) throws(Diagnostic) {
    if count == 0 {
      weights = rows.map { _ in [:] }
      seconds = rows.map { _ in 0 }
    }
    guard rows.count == weights.count else {
      throw Diagnostic("the pictures leave different numbers of rows; simulate them apart")
    }
    self.rows = rows
    count += 1
    for (index, row) in rows.enumerated() {
      weights[index][row.estimate.visualTokens, default: 0] += 1
      seconds[index] += row.estimate.towerSeconds
    }
  }

  /// The visual tokens of a picture in a row, and the seconds of each.
  func picture(_ index: Int) -> (tokens: LengthDistribution, seconds: Double) {
    let values = weights[index].sorted { $0.key < $1.key }.map { (value: $0.key, weight: $0.value) }
    return (LengthDistribution(values: values, text: "pictures"), seconds[index] / Double(count))
  }
}

extension Estimate {
  /// The expected time of what comes before the language model.
  var towerSeconds: Double {
    stages.reduce(0) { $0 + ($1.stage == .prefill ? 0 : $1.expectedSeconds.value) }
  }
}
