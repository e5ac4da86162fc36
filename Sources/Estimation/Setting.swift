internal import Architectures
internal import Documents
internal import Engines
internal import Hardware
internal import Operators
internal import Quantities

/// What all estimates of a model on a device at a precision have in common: found out once, and shared.
final class Setting: Sendable {
  let model: MultimodalModel
  let hardware: Accelerator
  let precision: Precision
  let accounting: Accounting
  let parallelism: Parallelism
  let engine: Engine
  /// Whether the model has a language part.
  let hasLanguage: Bool
  /// The share of the model that one device holds.
  let own: MultimodalModel
  /// What the language model runs at, and everything else.
  let rates, unquantized: SharedRates
  /// What the engine does with memory.
  let memory: MemoryPlan
  /// Why the engine does not run the model over such devices, whatever is asked of it; nil where it does.
  let obstacle: String?
  /// What the engine's host takes for a pass of the language model.
  let host: HostTimes
  private let residency: Residency

  /// - Throws: `Diagnostic` for a model that makes no sense, or that cannot be spread over such devices.
  init(
    _ model: MultimodalModel, on hardware: Accelerator, at precision: Precision, _ accounting: Accounting,
    _ parallelism: Parallelism, _ engine: Engine
  ) throws(Diagnostic) {
    let model = precision.isCheckpoint ? model.asStored : model
    try model.validate()
    try parallelism.check(hardware)
    try parallelism.check(model)
    let precision = engine.times?.stored(precision) ?? precision
    (self.model, self.hardware, self.precision) = (model, hardware, precision)
    (self.accounting, self.parallelism, self.engine) = (accounting, parallelism, engine)
    hasLanguage = model.language != nil
    own = model.shard(parallelism)
    rates = SharedRates(Rates(hardware, at: precision, by: engine.times, devices: parallelism.devices))
    unquantized = SharedRates(
      Rates(hardware, at: precision.unquantized, by: engine.times, devices: parallelism.devices))
    host = HostTimes(engine.times, layers: own.language?.layers ?? 0)
    memory = MemoryPlan(engine, hardware, model, own, precision, parallelism, rates.cost)
    obstacle = engine.obstacle(model, parallelism) ?? memory.obstacle
    residency = Residency(own, over: parallelism, at: precision, storing: engine.memory.cacheRules(on: hardware))
  }

  /// Refuses what the rules do not cover.
  func check(_ workload: Workload) throws(Diagnostic) {
    if workload.outputTokens > 0 || workload.context > 0 || parallelism.devices > 1 {
      guard hasLanguage else {
        throw Diagnostic("\(model.name) has no language model: it generates nothing and keeps no context")
      }
      guard accounting.knowsEveryPass else { throw Diagnostic(accounting.obstacle) }
    }
    try accounting.check(model, workload)
  }

  /// The stages of a request before the language model.
  func before(_ workload: Workload) -> [StageOperators] { accounting.before(own, workload) }

  /// What the engine's host takes for a request until its first pass, pictures among it.
  func hostSeconds(_ workload: Workload) -> Seconds {
    guard let times = engine.times, hasLanguage else { return .zero }
    let pictures = model.vision == nil ? 0 : workload.images * workload.batch
    return times.request.value + times.picture.value * Double(pictures)
  }

  /// The operators of a pass of the language model; none without one.
  func operators(_ pass: Pass) -> [Operator] {
    own.language.map { accounting.operators($0, pass, choosingBy: rates.cost) } ?? []
  }

  /// What is resident at the peak: with the whole cache, during the stage or step that needs most or, where the engine
  /// sets memory aside, with that.
  func footprint(_ workload: Workload, _ stages: @autoclosure () -> [StageOperators]) -> Footprint {
    guard memory.workspace != nil else {
      var footprint = accounting.footprint(residency, workload, stages())
      footprint.reserved = memory.reserved
      return footprint
    }
    let resident = residency.resident(workload) { memory.workspace(isLast: $0).value }
    return Footprint(
      weights: Bytes(resident.weights), cache: Bytes(resident.cache), activations: Bytes(resident.others),
      reserved: memory.reserved)
  }

  /// What is resident at the peak of a request, from its operators made anew.
  func footprint(_ workload: Workload, _ memory: inout LimitMemory) -> Footprint {
    footprint(workload, stages(workload, &memory))
  }

  /// The stages of a request, the last step of decoding among them.
  private func stages(_ workload: Workload, _ memory: inout LimitMemory) -> [StageOperators] {
    var stages = before(workload)
    guard let language = own.language else { return stages }
    func stage(_ stage: Stage, _ pass: Pass, _ list: inout OperatorList) {
      list.cost = rates.cost
      list.removeAll()
      accounting.pass(language, pass, &list)
      stages.append(StageOperators(stage, list.operators))
    }
    stage(.prefill, workload.prefill(of: language), &memory.prefill)
    if let last = workload.decoding(of: language)?.last { stage(.decode, last, &memory.step) }
    return stages
  }

  /// What is left for the cache of all requests, and the tokens that it has room for, on the device that has room for the
  /// fewest; nil where the device's memory is not known. A request's own activations are `others` where nothing is set
  /// aside.
  func pool(_ activations: Bytes) -> (bytes: Bytes, tokens: Int?)? {
    guard memory.limit != nil, hasLanguage else { return nil }
    let pool = residency.pool { weights, isLast in
      let live = memory.workspace == nil ? activations : memory.workspace(isLast: isLast)
      return memory.pool(beside: Bytes(weights) + memory.reserved + live)?.value ?? 0
    }
    return (Bytes(pool.bytes), pool.tokens)
  }

  /// What was found out about limits.
  let limits = Locked(LimitMemory())
}

extension Workload {
  /// The steps of decoding; nil where there are none.
  func decoding(of language: LanguageModel) -> Pass.Series? {
    decodeSteps > 0 ? Pass.Series(decodeStep(0, of: language), count: decodeSteps) : nil
  }
}
