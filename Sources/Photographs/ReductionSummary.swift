internal import Estimation
package import Quantities
package import Reduction

/// What a reducer left of many pictures.
package struct ReductionSummary: Sendable {
  /// The name of the reducer.
  package let reducer: String
  /// Tokens of a picture after it.
  package private(set) var tokens = Distribution()
  /// Tokens of a picture before it, or nil without pictures.
  package private(set) var patches: Int?
  /// How long it took in all, in seconds.
  package private(set) var seconds = 0.0

  /// How long it took for a picture, in the mean.
  package var meanSeconds: Seconds { Seconds(seconds / Double(max(1, tokens.count))) }

  /// A summary without pictures yet.
  package init(reducer: String) { self.reducer = reducer }

  /// Takes in a picture.
  package mutating func add(_ run: TimedReduction) {
    tokens.add(Double(run.result.count))
    patches = run.patches
    seconds += run.seconds.value
  }
}
