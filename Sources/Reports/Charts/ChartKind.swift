/// The pictures that answers are drawn as.
package enum ChartKind: String, Sendable, Hashable, CaseIterable {
  /// The stages of every row one after the other, ideal times inside expected ones.
  case stages
  /// The operators of a row under the roofs of its device.
  case roofline
  /// A figure over a quantity that is swept, a line for each of the other settings.
  case lines
  /// The rows of a Pareto front.
  case front
  /// Visual tokens against time and, where a paper prints it, accuracy.
  case reducers
  /// How many tokens are left of how many pictures.
  case tokens
  /// How many requests wait how long, of fleets under load.
  case latency
  /// What a fleet under load does over time.
  case timeline
}
