internal import Estimation
internal import Quantities
public import Reduction

/// What a reducer left of many pictures.
public struct ReductionSummary: Sendable {
  /// The name of the reducer.
  public let reducer: String
  /// Tokens of a picture after it.
  public private(set) var tokens = Distribution()
  /// Tokens of a picture before it, or nil without pictures.
  public private(set) var patches: Int?
  /// How long it took in all, in seconds.
  public private(set) var seconds = 0.0

  /// A summary without pictures yet.
  public init(reducer: String) { self.reducer = reducer }

  /// Takes in a picture.
  public mutating func add(_ run: TimedReduction) {
    tokens.add(Double(run.result.count))
    patches = run.patches
    seconds += run.seconds.value
  }
}
