package import Catalog
package import Documents
internal import Engines
package import Estimation
internal import Architectures
internal import Hardware
internal import Operators
package import Quantities

/// Where a measured time and the expected one can differ, each cause with its size, and which engine explains it best.
package struct MeasuredTime: Sendable {
  /// What was measured.
  package enum Phase: String, Sendable, Hashable, CaseIterable {
    /// The prefill alone; until the first token; a step of decoding, the mean of all; the whole request.
    case prefill, ttft, decode, request
  }

  /// A cause of the difference, looked at alone.
  package struct Cause: Sendable {
    /// What it is.
    package let name: String
    /// What it makes of the expected time now.
    package let now: Seconds
    /// What the expected time would change by as `what` says; nil where nothing is supposed.
    package let change: Seconds?
    /// What is supposed, or how large it would have to be to explain the difference.
    package let what: String
  }

  /// What an engine would take.
  package struct Candidate: Sendable {
    /// Its name.
    package let engine: String
    /// Its expected time.
    package let expected: Seconds
    /// How many times as long the measured time is.
    package let ratio: Double
  }

  /// What was measured.
  package let phase: Phase
  /// The measured time.
  package let measured: Seconds
  /// The one estimate that it is held against.
  package let estimate: Estimate
  /// The bound, and the expected time.
  package let ideal: Seconds, expected: Seconds
  /// How many times as long as the expected time the measured one is.
  package var ratio: Double { measured / expected }
  /// The range of four in five such times, where it is known.
  package var interval: EngineInterval? {
    let phases: [Phase: EngineClass.Phase] = [
      .prefill: .prefill, .ttft: .prefill, .decode: .decode, .request: .request,
    ]
    return phases[phase].flatMap { estimate.interval(of: $0) }
  }
  /// The causes.
  package let causes: [Cause]
  /// All engines whose times are known, the nearest one first.
  package let candidates: [Candidate]

  /// - Throws: `Diagnostic` if the question has not just one row, or does not ask for what was measured.
  package init(_ measured: Seconds, of phase: Phase, _ question: Question, in catalog: Catalog) throws(Diagnostic) {
    guard measured.value > 0, measured.value.isFinite else { throw Diagnostic("expected a measured time above zero") }
    let setup = try Setup(question, phase, catalog)
    (self.measured, self.phase) = (measured, phase)
    let engine = setup.engine
    estimate = try setup.estimate(engine)
    let times = try setup.times(estimate)
    (ideal, expected) = times
    causes = try setup.causes(measured, expected: times.expected, estimate)
    var candidates: [Candidate] = []
    for engine in try catalog.allEngines() where engine.times != nil {
      let expected = try setup.expected(engine)
      candidates.append(Candidate(engine: engine.name, expected: expected, ratio: measured / expected))
    }
    func distance(_ candidate: Candidate) -> Double { max(candidate.expected / measured, candidate.ratio) }
    self.candidates = candidates.sorted { distance($0) < distance($1) }
  }
}

/// What is run, to be asked anew with one thing changed.
private struct Setup {
  let model: MultimodalModel, device: Accelerator, precision: Precision, input: VisualInput
  let text: Int, batch: Int, serving: Serving, accounting: Accounting, engine: Engine
  let phase: MeasuredTime.Phase

  init(_ question: Question, _ phase: MeasuredTime.Phase, _ catalog: Catalog) throws(Diagnostic) {
    let study = try question.study(in: catalog)
    guard study.count == 1, let subject = study.subjects.first, let input = subject.inputs.first else {
      throw Diagnostic(
        "a measured time is of one row, these are \(study.count); name one model, device and precision, one number or way of "
          + "--tokens, and one of every other list")
    }
    let place = study.place(ofBlock: 0)
    let devices = study.devices[place.device]
    (model, device, self.input, self.phase) = (subject.model, devices, input, phase)
    precision = (subject.precisions ?? study.precisions)[place.precision]
    (text, batch, serving) = (study.textTokens[0], study.batches[0], study.serving(at: place))
    (accounting, engine) = (study.accounting, study.engines[place.device][place.engine])
  }

  func estimate(
    _ engine: Engine, on device: Accelerator? = nil, _ accounting: Accounting? = nil
  ) throws(Diagnostic) -> Estimate {
    var estimator = try Estimator(
      model, on: device ?? self.device, at: precision, accounting: accounting ?? self.accounting,
      parallelism: serving.parallelism, engine: engine)
    return try estimator.estimate(input, textTokens: text, batch: batch, serving: serving)
  }

  func times(_ estimate: Estimate) throws(Diagnostic) -> (ideal: Seconds, expected: Seconds) {
    let (ideal, expected): (Seconds?, Seconds?) =
      switch phase {
      case .prefill: (estimate.prefillSeconds, estimate.expectedPrefillSeconds)
      case .ttft: (estimate.totalSeconds, estimate.expectedTotalSeconds)
      case .decode: (estimate.request?.timePerOutputToken, estimate.expectedRequest?.timePerOutputToken)
      case .request: (estimate.request?.request, estimate.expectedRequest?.request)
      }
    guard let ideal, let expected else {
      throw Diagnostic(
        "nothing is generated, so that there is no \(phase.rawValue); ask with --generate N, of N tokens")
    }
    return (ideal, expected)
  }

  func expected(
    _ engine: Engine, on device: Accelerator? = nil, _ accounting: Accounting? = nil
  ) throws(Diagnostic) -> Seconds {
    try times(estimate(engine, on: device, accounting)).expected
  }

  /// Passes of the phase: a prefill, a step, or all of them.
  var passes: Double {
    phase == .request ? Double(max(1, serving.outputTokens)) : 1
  }

  /// The causes one by one.
  func causes(_ measured: Seconds, expected: Seconds, _ estimate: Estimate) throws(Diagnostic) -> [MeasuredTime.Cause] {
    let gap = measured - expected
    guard let times = engine.times else {
      return try [unfused(expected), arithmetic(measured, expected), link(estimate)].compactMap(\.self)
    }
    var causes: [MeasuredTime.Cause] = []
    var idle = engine
    var quiet = times
    (quiet.step.value, quiet.request.value, quiet.picture.value) = (.zero, .zero, .zero)
    idle.times = quiet
    let host = expected - (try self.expected(idle))
    causes.append(
      .init(
        name: "host time", now: host, change: nil,
        what: "the whole difference is \(signed(gap / passes)) a pass beside \(times.step.value) of \(engine.name)"))
    var launching = engine
    launching.times?.layer.value = times.layer.value > .zero ? .zero : Seconds(0.3e-3)
    let launched = try self.expected(launching) - expected
    let unlaunched = max(Seconds.zero, Seconds(-launched.value))
    causes.append(
      .init(
        name: "launch gaps", now: times.layer.value > .zero ? unlaunched : .zero, change: launched,
        what: times.layer.value > .zero
          ? "no wait for launches, as with a graph" : "kernels launched one by one from Python, 0.3 ms a layer"))
    causes.append(try bandwidth(measured, expected))
    causes.append(try arithmetic(measured, expected))
    causes += [try unfused(expected), link(estimate)].compactMap(\.self)
    return causes
  }

  private func signed(_ seconds: Seconds) -> String {
    seconds.value < 0 ? "-\(Seconds(-seconds.value))" : "+\(seconds)"
  }

  /// Streams of weights and caches: what their share of the bandwidth costs, and the share that would explain the time.
  private func bandwidth(_ measured: Seconds, _ expected: Seconds) throws(Diagnostic) -> MeasuredTime.Cause {
    let streams = engine.times?.streams(on: device) ?? device.achieved.streams
    func at(_ factor: Double) throws(Diagnostic) -> Seconds {
      var (device, engine) = (device, engine)
      engine.times?.streams = []
      device.achieved.streams = streams
      device.achieved.streams.weights *= factor
      device.achieved.streams.eightBits *= factor
      device.achieved.streams.fourBits *= factor
      device.achieved.streams.cache *= factor
      return try self.expected(engine, on: device)
    }
    let share = streams.share(ofWeightBits: precision.weightBits)
    let whole = try at(1 / share)
    let factor = try solved(for: measured, from: 0.02, to: 1 / share, falling: true, at)
    let what =
      factor.map { "streams at \(percent(share * $0)) of the bandwidth in place of \(percent(share)) explain it" }
      ?? "no share explains it"
    return .init(
      name: "bandwidth", now: expected - whole, change: factor == nil ? nil : measured - expected, what: what)
  }

  /// Arithmetic: the factor that would explain the time.
  private func arithmetic(_ measured: Seconds, _ expected: Seconds) throws(Diagnostic) -> MeasuredTime.Cause {
    func at(_ factor: Double) throws(Diagnostic) -> Seconds {
      var device = device
      for key in device.achieved.products.keys { device.achieved.products[key]?.peak /= factor }
      device.achieved.attention.peak /= factor
      return try self.expected(engine, on: device)
    }
    let factor = try solved(for: measured, from: 0.1, to: 10, falling: false, at)
    let what =
      factor.map { "arithmetic \($0.fixed(2)) times as long explains it" } ?? "no factor of a tenth to ten explains it"
    let now = expected - (try at(0.001))
    return .init(name: "arithmetic", now: now, change: factor == nil ? nil : measured - expected, what: what)
  }

  /// Operators one by one, scores in memory.
  private func unfused(_ expected: Seconds) throws(Diagnostic) -> MeasuredTime.Cause? {
    guard accounting.kernels == .fused else { return nil }
    let eager = try self.expected(engine, .exact(kernels: .eager)) - expected
    return .init(
      name: "operators that are not fused", now: .zero, change: eager,
      what: "every step of a layer reads and writes memory")
  }

  /// The link between devices.
  private func link(_ estimate: Estimate) -> MeasuredTime.Cause? {
    guard serving.parallelism.devices > 1 else { return nil }
    return .init(
      name: "link", now: estimate.linkSeconds, change: nil, what: "at best, until the first token, of what devices send"
    )
  }

  private func expected(_ engine: Engine, _ accounting: Accounting) throws(Diagnostic) -> Seconds {
    try expected(engine, on: nil, accounting)
  }

  private func percent(_ share: Double) -> String { "\((share * 100).fixed(0)) %" }

  /// Where a function that falls or grows takes a value, by halving; nil where it does not within the ends.
  private func solved(
    for value: Seconds, from low: Double, to high: Double, falling: Bool, _ at: (Double) throws(Diagnostic) -> Seconds
  ) throws(Diagnostic) -> Double? {
    var (low, high) = (low, high)
    func isBefore(_ factor: Double) throws(Diagnostic) -> Bool {
      let seconds = try at(factor)
      return falling ? seconds > value : seconds < value
    }
    guard try isBefore(low), try !isBefore(high) else { return nil }
    for _ in 0..<40 {
      let middle = (low * high).squareRoot()
      if try isBefore(middle) { low = middle } else { high = middle }
    }
    return (low * high).squareRoot()
  }
}
