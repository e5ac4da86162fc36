internal import Architectures
internal import Documents
internal import Engines
package import Estimation
internal import Hardware
internal import Operators
internal import ReductionMethods
package import Quantities

/// A time that was measured of an engine, and what is reckoned for it.
package struct EngineRun: Sendable {
  /// What a measured figure is of.
  package enum Phase: String, Sendable, Hashable, CaseIterable {
    /// The prefill alone; until the first token, host included; a step of decoding; a whole request.
    case prefill, ttft, decode, request
  }

  /// What was run.
  struct Setup: Sendable {
    var model: MultimodalModel
    var device: Accelerator
    var precision: Precision
    var engine: Engine
    var visual: VisualInput
    var parallelism = Parallelism()
    var batch = 1, prompt: Int, context = 0, generated = 0
    var phase: Phase

    /// The ideal and the expected time, with figures of a fit in place of the device's and the engine's.
    ///
    /// - Throws: `Diagnostic` as `Estimator` does.
    func times(_ figures: EngineFigures = EngineFigures()) throws(Diagnostic) -> (ideal: Seconds, expected: Seconds) {
      let (device, engine) = figures.applied(to: device, engine, at: precision)
      var estimator = try Estimator(model, on: device, at: precision, parallelism: parallelism, engine: engine)
      let estimate = try estimator.estimate(
        visual, textTokens: prompt, batch: batch,
        serving: Serving(
          context: context, outputTokens: phase == .prefill ? 0 : max(generated, phase == .decode ? 2 : 1),
          parallelism: parallelism))
      let (ideal, expected) = (estimate.request, estimate.expectedRequest)
      let times: (Seconds?, Seconds?) =
        switch phase {
        case .prefill: (estimate.prefillSeconds, estimate.expectedPrefillSeconds)
        case .ttft: (ideal?.timeToFirstToken, expected?.timeToFirstToken)
        case .decode: (ideal?.timePerOutputToken, expected?.timePerOutputToken)
        case .request: (ideal?.request, expected?.request)
        }
      guard case (let ideal?, let expected?) = times else { throw Diagnostic("nothing is generated") }
      return (ideal, expected)
    }
  }

  /// The line of the file.
  package let line: Int
  /// Who measured it.
  package let source: String
  /// The measured time.
  package let measured: Seconds
  /// The bound.
  package let ideal: Seconds
  /// The expected time.
  package internal(set) var expected: Seconds
  let setup: Setup

  init(_ setup: Setup, line: Int, source: String, measured: Seconds) throws(Diagnostic) {
    (self.setup, self.line, self.source, self.measured) = (setup, line, source, measured)
    (ideal, expected) = try setup.times()
  }

  /// Names of the model, the device, the engine and the precision.
  package var model: String { setup.model.name }
  package var hardware: String { setup.device.name }
  package var engine: String { setup.engine.name }
  package var precision: String { setup.precision.name }
  /// What was measured.
  package var phase: Phase { setup.phase }
  /// The class of the time; nil of kernels without an engine.
  package var engineClass: EngineClass? {
    let phase: EngineClass.Phase =
      switch setup.phase {
      case .prefill, .ttft: .prefill
      case .decode: .decode
      case .request: .request
      }
    return setup.engine.times.map { EngineClass(setup.device, $0, phase, setup.precision) }
  }
  /// The sizes, for people.
  package var shape: String {
    let devices = setup.parallelism.devices > 1 ? "\(setup.parallelism.devices) devices, " : ""
    let visual = setup.visual.tokens.initial > 0 ? " + \(setup.visual.tokens.initial)" : ""
    return "\(model), \(devices)\(setup.batch) x \(setup.prompt)\(visual)"
      + (setup.generated > 1 ? " -> \(setup.generated)" : "")
  }
  /// The expected time over the measured one.
  package var ratio: Double { expected / measured }
  /// Whether it is shorter than the bound.
  package var isSuspect: Bool { measured < ideal }
  /// What runs have in common that repeat each other: everything but engine and source.
  var repeated: String {
    "\(hardware) \(precision) \(phase.rawValue) \(shape) \(setup.context) \(setup.visual.reduction?.reducer.name ?? "")"
  }
}
