package import Documents
package import Quantities
internal import ReductionMethods

/// A reducer's run on features and how long it took here.
package struct TimedReduction: Sendable {
  /// The name of what ran.
  package let reducer: String
  /// The name of what it ran on.
  package let sample: String
  /// Whether that comes from a generator, not from an image.
  package let isSynthetic: Bool
  /// The patches before.
  package let patches: Int
  /// What it left.
  package let result: ReducedTokens
  /// The share of the tokens that it left.
  package var share: Double { Double(result.count) / Double(patches) }
  /// The median of the runs.
  package let seconds: Seconds
  /// How often it ran.
  package let repetitions: Int

  /// Runs `reducer` so many times (at least once).
  ///
  /// - Throws: `Diagnostic` if the features do not suit the method.
  package init(
    _ reducer: any TokenReducer, _ features: VisualFeatures, repetitions: Int = 1
  ) throws(Diagnostic) {
    try self.init(
      reducer.name, on: features.name, patches: features.patches, isSynthetic: features.isSynthetic,
      repetitions: repetitions
    ) { () throws(Diagnostic) in try reducer.reduce(features) }
  }

  /// Runs what `reduce` does so many times (at least once).
  ///
  /// - Parameters:
  ///   - reducer: the name of the method.
  ///   - sample: the name of the image.
  ///   - patches: how many patches the image has.
  /// - Throws: `Diagnostic` as `reduce` does.
  package init(
    _ reducer: String, on sample: String, patches: Int, isSynthetic: Bool = false, repetitions: Int = 1,
    reduce: () throws(Diagnostic) -> ReducedTokens
  ) throws(Diagnostic) {
    let clock = ContinuousClock()
    var times: [Duration] = []
    func run() throws(Diagnostic) -> ReducedTokens {
      let start = clock.now
      let result = try reduce()
      times.append(clock.now - start)
      return result
    }
    var result = try run()
    for _ in 1..<max(1, repetitions) { result = try run() }
    times.sort()
    let middle = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
    self.reducer = reducer
    self.sample = sample
    self.isSynthetic = isSynthetic
    self.patches = patches
    self.result = result
    self.repetitions = times.count
    seconds = Seconds(middle / .seconds(1))
  }
}
