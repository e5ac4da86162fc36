public import Documents
public import Quantities
public import Reduction

/// A reducer's run on features and how long it took here.
public struct TimedReduction: Sendable {
  /// What ran.
  public let reducer: any TokenReducer
  /// What it ran on.
  public let features: VisualFeatures
  /// What it left.
  public let result: ReducedTokens
  /// The median of the runs.
  public let seconds: Seconds
  /// How often it ran.
  public let repetitions: Int

  /// Runs `reducer` so many times (at least once).
  ///
  /// - Throws: `Diagnostic` if the features do not suit the method.
  public init(
    _ reducer: any TokenReducer, _ features: VisualFeatures, repetitions: Int = 1
  ) throws(Diagnostic) {
    let clock = ContinuousClock()
    var times: [Duration] = []
    func run() throws(Diagnostic) -> ReducedTokens {
      let start = clock.now
      let result = try reducer.reduce(features)
      times.append(clock.now - start)
      return result
    }
    var result = try run()
    for _ in 1..<max(1, repetitions) { result = try run() }
    times.sort()
    let middle = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
    self.reducer = reducer
    self.features = features
    self.result = result
    self.repetitions = times.count
    seconds = Seconds(middle / .seconds(1))
  }
}
