public import Architectures
public import Documents
public import Engines
public import Hardware
public import Operators
internal import Quantities

/// What passes of one model cost on one device, at one precision, under one set of counting rules: the fast reading of
/// the operator tables, for searches and simulations that price millions of passes.
///
/// The tables are those of `Estimate`, and the sums are equal. A list keeps its storage and remembers the times of
/// products, so that pricing a pass allocates nothing, but for pipelines and where a reducer drops tokens between layers;
/// it is a value, and each thread has its own.
public struct PriceList: Sendable {
  /// The model's language part, or one device's share of it.
  let language: LanguageModel
  let accounting: Accounting
  let rates: Rates
  /// Whether layers of the model read images.
  private let readsImages: Bool
  /// What the engine's host takes.
  private let host: HostTimes
  /// Adds the operators of a pass to a list.
  private let append: @Sendable (Pass, inout OperatorList) -> Void
  private var list = OperatorList()
  private var products = ProductMemory()

  /// The prices of a model's passes.
  ///
  /// - Throws: `Diagnostic` for a model without a language part or that the rules do not cover, for devices that it cannot
  ///   be spread over, or whose link is not known.
  public init(
    _ model: MultimodalModel, on hardware: Accelerator, at precision: Precision, accounting: Accounting = .exact(),
    parallelism: Parallelism = Parallelism(), engine: Engine = .none
  ) throws(Diagnostic) {
    try model.validate()
    try parallelism.check(model)
    try parallelism.check(hardware)
    guard let language = model.shard(parallelism).language else {
      throw Diagnostic("\(model.name) has no language model: there are no passes to price")
    }
    try accounting.check(model, Workload(visualTokens: 0, textTokens: 1))
    guard parallelism.devices == 1 || accounting.knowsEveryPass else {
      throw Diagnostic(accounting.obstacle)
    }
    self.init(
      language, accounting, Rates(hardware, at: precision, by: engine.times, devices: parallelism.devices), engine.times
    )
  }

  /// The prices of a language model, or of one device's share, on a device of these rates.
  init(_ language: LanguageModel, _ accounting: Accounting, _ rates: Rates, _ times: EngineTimes?) {
    (self.language, self.accounting, self.rates) = (language, accounting, rates)
    host = HostTimes(times, layers: language.layers)
    readsImages = language.hasImageLayers
    let table = accounting.pass
    append = { pass, list in table(language, pass, &list) }
    list.cost = rates.idealSeconds
  }

  /// The price of a pass; with the expected time only if `expecting`, as that takes several times as long.
  ///
  /// - Throws: `Diagnostic` for sizes out of range, or a pass that the rules do not cover.
  public mutating func price(_ pass: Pass, expecting: Bool = false) throws(Diagnostic) -> Price {
    try check(pass)
    return unchecked(pass, expecting: expecting)
  }

  /// The price of a whole series of passes: the sum of its passes' prices, to the rounding of `Double`.
  ///
  /// Where every group streams its cache, as in decoding, any number of passes takes as long as two; else each is priced.
  /// - Throws: `Diagnostic` for sizes out of range, also of the last pass, or more than `Pass.Series.limit` passes that are
  ///   priced one by one.
  public mutating func price(_ series: Pass.Series, expecting: Bool = false) throws(Diagnostic) -> Price {
    var total = Price()
    if expecting { total.expectedSeconds = .zero }
    guard series.count != 0 else { return total }
    guard series.count > 0 else { throw Diagnostic("expected a number of passes, found \(series.count)") }
    try check(series.first)
    try check(series.last)
    let cuts = language.bends(of: series)
    var single = 0
    for (start, end) in zip(cuts, cuts.dropFirst()) {
      let stretch = Pass.Series(series.first.advanced(by: start), count: end - start)
      total = total + (try price(stretch: stretch, expecting: expecting, single: &single))
    }
    return total
  }

  /// The operators of a pass, equal ones as one with a repeat count, each with its times.
  ///
  /// - Throws: `Diagnostic` as `price`.
  public func breakdown(_ pass: Pass) throws(Diagnostic) -> StageEstimate {
    try check(pass)
    return stage(pass.groups.allSatisfy { $0.newTokens == 1 } ? .decode : .prefill, pass)
  }

  /// A pass as a stage of a request.
  private func stage(_ stage: Stage, _ pass: Pass) -> StageEstimate {
    let (accounting, language, cost) = (accounting, language, list.cost)
    return StageEstimate(stage, SharedRates(rates), Launch(pass), host) {
      accounting.operators(language, pass, choosingBy: cost)
    }
  }

  /// The operators of the pass that was priced last, or of the first and the last of a series.
  var operators: [Operator] { list.operators }

  private func check(_ pass: Pass) throws(Diagnostic) {
    try pass.check(readsImages: readsImages)
    guard accounting.knowsEveryPass || pass.isPrefillOfOneGroup else { throw Diagnostic(accounting.obstacle) }
  }

  private mutating func unchecked(_ pass: Pass, expecting: Bool) -> Price {
    list.removeAll()
    append(pass, &list)
    var price = rates.price(
      list.operators, first: list.operators.count, launch: Launch(pass), expecting: expecting,
      products: &products)
    host.wait(&price)
    return price
  }

  /// Passes in which nothing bends: what streams the cache grows by the same amount with each, the rest not at all.
  ///
  /// Where latent attention changes its form on the way, each half is a stretch of its own. Where more grows than what
  /// streams the cache, passes are priced one by one; `single` counts those.
  private mutating func price(
    stretch series: Pass.Series, expecting: Bool, single: inout Int
  ) throws(Diagnostic) -> Price {
    guard series.count > 1 else { return unchecked(series.first, expecting: expecting) }
    list.removeAll()
    append(series.first, &list)
    let middle = list.operators.count
    append(series.last, &list)
    guard list.operators.count == 2 * middle else {
      return try price(halvesOf: series, expecting: expecting, single: &single)
    }
    guard list.operators.growEvenly(from: middle) else {
      single += series.count
      guard single <= Pass.Series.limit else {
        throw Diagnostic(
          "expected at most \(Pass.Series.limit) passes of many new tokens, found at least \(single); only passes of few "
            + "tokens over a cache may be more")
      }
      return (1..<series.count).reduce(unchecked(series.first, expecting: expecting)) {
        $0 + unchecked(series.first.advanced(by: $1), expecting: expecting)
      }
    }
    var price = rates.price(
      list.operators, first: middle, passes: Double(series.count), launch: Launch(series.first),
      expecting: expecting, products: &products)
    guard let kernels = price.expectedSeconds?.value else { return price }
    var waits = host.step * Double(series.count)
    if host.launches > 0 {
      // The device waits for the launches of all passes, or of none; else half of them are looked at.
      let (first, last) = (kernelSeconds(of: series.first), kernelSeconds(of: series.last))
      if host.launches > first {
        guard host.launches >= last else { return try self.price(halvesOf: series, expecting: true, single: &single) }
        waits += host.launches * Double(series.count) - kernels
      }
    }
    price.wait(for: Seconds(waits))
    return price
  }

  /// The price of a stretch as that of its halves.
  private mutating func price(
    halvesOf series: Pass.Series, expecting: Bool, single: inout Int
  ) throws(Diagnostic) -> Price {
    let half = series.count / 2
    let rest = Pass.Series(series.first.advanced(by: half), count: series.count - half)
    let first = try price(stretch: Pass.Series(series.first, count: half), expecting: expecting, single: &single)
    return first + (try price(stretch: rest, expecting: expecting, single: &single))
  }

  /// The expected time of a pass without waits for the host.
  private mutating func kernelSeconds(of pass: Pass) -> Double {
    let price = unchecked(pass, expecting: true)
    return (price.expectedSeconds ?? .zero).value - price.hostSeconds.value
  }
}

extension [Operator] {
  /// Whether the operators from `middle` on are those before it, but for the ones that stream the cache.
  fileprivate func growEvenly(from middle: Int) -> Bool {
    (0..<middle).allSatisfy { index in
      self[index].kernel.streamsAlone && self[index + middle].kernel.streamsAlone
        || self[index].costsAsMuch(as: self[index + middle])
    }
  }
}

extension Parallelism {
  /// Refuses devices of which it is not known what links them.
  func check(_ hardware: Accelerator) throws(Diagnostic) {
    guard devices > 1, hardware.interconnect == nil else { return }
    throw Diagnostic(
      "what links several \(hardware.name) is not known; give \"interconnect\" in a hardware file of your own, as in "
        + "interconnect: { value: 64 GB/s, source: unverified }, both directions together")
  }
}

extension Accounting {
  /// Why rules of prefills alone refuse a pass.
  var obstacle: String {
    "\(name) accounting counts the prefill of an empty cache on one device only; use exact accounting to generate "
      + "tokens, to add to a context or to spread a model over devices"
  }
}

extension Launch {
  /// How an engine launches a pass: as a recorded graph where every group has few new tokens.
  init(_ pass: Pass) { self = pass.groups.allSatisfy { $0.newTokens <= Pass.fewTokens } ? .graph : .stream }
}
