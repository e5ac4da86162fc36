public import Architectures
public import Documents
public import Engines
public import Hardware
public import Operators
internal import Quantities

/// Estimates requests of one model on one device at one precision, spread in one way, by one engine.
///
/// What they have in common is looked up once, and the times of products are remembered: after the first, an estimate takes
/// some microseconds. A value; each thread has its own.
public struct Estimator: Sendable {
  private let setting: Setting
  /// The language model's passes; nil without one. Prefills and steps have lists of their own, whose operators the
  /// footprint reads.
  private var prefills, steps: PriceList?
  /// The times of products before the language model.
  private var products = ProductMemory()

  /// An estimator of a model's requests.
  ///
  /// - Throws: `Diagnostic` for a model that makes no sense, or that cannot be spread over such devices.
  public init(
    _ model: MultimodalModel, on hardware: Accelerator, at precision: Precision, accounting: Accounting = .exact(),
    parallelism: Parallelism = Parallelism(), engine: Engine = .none
  ) throws(Diagnostic) {
    setting = try Setting(model, on: hardware, at: precision, accounting, parallelism, engine)
    prefills = setting.own.language.map { PriceList($0, accounting, setting.rates.rates, setting.engine.times) }
    steps = prefills
  }

  /// The estimate of one request of `batch` sequences; `serving` spreads it as the estimator does.
  ///
  /// - Throws: `Diagnostic` if the visual input does not fit the model, if the sizes are out of range, or if tokens are
  ///   to be generated or a context is given and the model has no language model or the rules know prefills only.
  public mutating func estimate(
    _ visualInput: VisualInput, textTokens: Int, batch: Int = 1, serving: Serving = Serving()
  ) throws(Diagnostic) -> Estimate {
    let setting = setting
    let workload = try visualInput.workload(
      for: setting.model, textTokens: textTokens, batch: batch, kernels: setting.accounting.kernels ?? .fused,
      serving: serving)
    try setting.check(workload)
    let before = setting.before(workload)
    var resident = before
    var stages = before.map { stage in
      var price = setting.unquantized.rates.price(
        stage.operators, first: stage.operators.count, launch: .stream, expecting: true, products: &products)
      setting.host.wait(&price, launching: stage.launches)
      let (name, kinds) = (stage.stage, ProductKinds(stage.operators))
      return StageEstimate(name, price, kinds, setting.unquantized, .stream) {
        setting.before(workload).first { $0.stage == name }?.operators ?? []
      }
    }
    var decode: DecodeEstimate?
    if let language = setting.own.language {
      let pass = workload.prefill(of: language)
      if let price = try prefills?.price(pass, expecting: true) {
        let kinds = ProductKinds(prefills?.operators ?? [])
        stages.append(
          StageEstimate(.prefill, price, kinds, setting.rates, Launch(pass)) { setting.operators(pass) })
      }
      if let series = workload.decoding(of: language), var list = steps.take() {
        defer { steps = list }
        decode = try DecodeEstimate(series, &list, setting)
      }
      resident.append(StageOperators(.prefill, prefills?.operators ?? []))
      if decode != nil { resident.append(StageOperators(.decode, steps?.operators ?? [])) }
    }
    return Estimate(
      setting, visualInput, workload, serving, decode: decode, stages: stages,
      footprint: setting.footprint(workload, resident))
  }
}
