internal import Engines
package import Estimation
internal import Architectures
internal import Hardware
internal import Operators
internal import Quantities
package import Questions
internal import Serving

/// A way to serve a model: a device, a format, a reducer, how the model is spread, an engine, a split; but not how many.
package struct PlanCandidate: Sendable {
  /// Model, device, format, engine, spread and visual tokens.
  package let estimate: Estimate
  /// Visual tokens of a picture, in the mean.
  package let visualTokens: Double
  /// Whether the model reads all of its visual tokens and others are compared with it.
  package let isUnreduced: Bool
  /// How engines are divided.
  package let split: PlanQuestion.Split
  /// The study that simulates it, and its place there.
  let study: Int, index: Int
  /// Devices of the smallest fleet of it.
  package let devices: Int
  /// The keys of the traits in which the candidates of its plan differ.
  var differing: Set<String> = []

  init(_ study: LoadStudy, _ index: Int, _ split: PlanQuestion.Split, number: Int, tower: FleetSettings.Tower) {
    estimate = study.estimate(index)
    visualTokens = study.visualTokens(index)
    isUnreduced =
      estimate.reducerName == nil
      && (study.isBaseline(index) || estimate.visualTokens == estimate.model.visualTokens ?? 0)
    (self.split, self.study, self.index) = (split, number, index)
    let engines = split.parts.map { $0.prefill + $0.decode } ?? 1
    let towers = tower == .own ? split.parts?.prefill ?? 1 : 0
    devices = engines * estimate.serving.parallelism.devices + towers
  }

  /// The price of an hour of the smallest fleet; nil where no price of the device is known.
  package var pricePerHour: Double? { estimate.serving.pricePerHour.map { $0 * Double(devices) } }

  /// What drops visual tokens, or how many are read.
  package var input: String {
    estimate.reducerName ?? (isUnreduced ? "none" : "\(visualTokens.rounded().shortest) tokens")
  }

  /// How one engine is spread: `TP 2, PP 2`; nil over one device.
  package var spread: String? {
    let parallelism = estimate.serving.parallelism
    let parts = [("TP", parallelism.tensor), ("PP", parallelism.pipeline), ("EP", parallelism.expert)]
    let texts = parts.filter { $0.1 > 1 }.map { "\($0.0) \($0.1)" }
    return texts.isEmpty ? nil : texts.joined(separator: ", ")
  }
}
