internal import Architectures
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

/// Figures of devices and engines that times are fitted with, by what they are of.
struct EngineFigures: Sendable {
  /// What is fitted.
  enum Key: Hashable, Sendable {
    /// The share of the bandwidth that weights of 16, 8 or 4 bits stream with on a class of devices; of an engine where its
    /// file says one of its own.
    case share(DeviceClass, bits: Int, of: String?)
    /// The share of the bandwidth that keys and values stream with.
    case cache(DeviceClass, of: String?)
    /// Seconds that a kernel takes beyond bytes and arithmetic.
    case overhead(DeviceClass)
    /// Seconds of an engine's step, layer, request and picture.
    case step(String), layer(String), request(String), picture(String)
    /// How many times as long as measured kernels an engine's arithmetic takes on a class, with weights of so many bits.
    case work(String, DeviceClass, bits: Int)
    /// What an engine's kernels take beyond bytes and arithmetic, of what its device's do.
    case kernels(String)
    /// The share of the bandwidth with which an engine unpacks weights.
    case unpacking(String)

    /// What it is, for people: `share of hbm, 16 bits, of vllm`.
    var title: String {
      func owner(_ engine: String?) -> String { engine.map { ", of \($0)" } ?? "" }
      return switch self {
      case .share(let devices, let bits, let engine): "share of \(devices.rawValue), \(bits) bits\(owner(engine))"
      case .cache(let devices, let engine): "share of \(devices.rawValue), cache\(owner(engine))"
      case .overhead(let devices): "overhead of \(devices.rawValue)"
      case .step(let engine): "step of \(engine)"
      case .layer(let engine): "layer of \(engine)"
      case .request(let engine): "request of \(engine)"
      case .picture(let engine): "picture of \(engine)"
      case .work(let engine, let devices, let bits): "work of \(engine) on \(devices.rawValue), \(bits) bits"
      case .kernels(let engine): "overhead of \(engine)"
      case .unpacking(let engine): "unpacking of \(engine)"
      }
    }
  }

  /// The figures; what is not there stays as it is.
  var values: [Key: Double] = [:]

  static func bits(_ precision: Precision) -> Int { EngineTimes.bits(ofWeights: precision.weightBits) }

  /// A device and an engine with these figures.
  func applied(to device: Accelerator, _ engine: Engine, at precision: Precision) -> (Accelerator, Engine) {
    guard !values.isEmpty else { return (device, engine) }
    var (device, engine) = (device, engine)
    let kind = device.deviceClass
    guard var times = engine.times else { return (device, engine) }
    let name = engine.name
    // What is fitted is of the device from here on, whoever's it was.
    let owners = Owners(times, name, device)
    var streams = times.streams(on: device)
    times.streams = []
    if let value = values[.share(kind, bits: 16, of: owners.weights)] { streams.weights = value }
    if let value = values[.share(kind, bits: 8, of: owners.eightBits)] { streams.eightBits = value }
    if let value = values[.share(kind, bits: 4, of: owners.fourBits)] { streams.fourBits = value }
    if let value = values[.cache(kind, of: owners.cache)] { streams.cache = value }
    if let value = values[.overhead(kind)] { streams.overhead = Seconds(value) }
    device.achieved.streams = streams
    if let value = values[.step(name)] { times.step = Self.figure(value) }
    if let value = values[.layer(name)] { times.layer = Self.figure(value) }
    if let value = values[.request(name)] { times.request = Self.figure(value) }
    if let value = values[.picture(name)] { times.picture = Self.figure(value) }
    if let value = values[.kernels(name)] { times.overhead = Figure(Ratio(value), stated: "\(value)") }
    if let value = values[.unpacking(name)] { times.unpacking = Figure(Ratio(value), stated: "\(value)") }
    if let value = values[.work(name, kind, bits: Self.bits(precision))] {
      let known = times.work(
        on: kind, weightBits: precision.weightBits, inputBits: precision.productInputBits)
      times.work = [
        EngineTimes.Work(factor: Figure(Ratio(value), stated: "\(value)"), sumsInHalf: known?.sumsInHalf ?? false)
      ]
    }
    engine.times = times
    return (device, engine)
  }

  /// The engine whose own shares of the bandwidth count, by what streams; nil where those of devices do.
  private struct Owners {
    let weights, eightBits, fourBits, cache: String?

    init(_ times: EngineTimes, _ name: String, _ device: Accelerator) {
      let own = times.shares(on: device)
      weights = own?.weights.map { _ in name }
      eightBits = own?.eightBits.map { _ in name }
      fourBits = own?.fourBits.map { _ in name }
      cache = own?.cache.map { _ in name }
    }
  }

  private static func figure(_ seconds: Double) -> Figure<Seconds> { Figure(Seconds(seconds), stated: "\(seconds) s") }

  /// The figures of its engine that a run depends on, each with what the engine's file has, and how far, as a logarithm, it
  /// may lie from there: devices keep theirs.
  static func own(of run: EngineRun) -> [Key: (value: Double, slack: Double)] {
    guard let times = run.setup.engine.times else { return [:] }
    let (kind, name, precision) = (run.setup.device.deviceClass, run.setup.engine.name, run.setup.precision)
    var start: [Key: (value: Double, slack: Double)] = [
      .step(name): (max(times.step.value.value, 0.1e-3), 1.5), .kernels(name): (times.overhead.value.value, 0.5),
    ]
    if times.layer.value > .zero { start[.layer(name)] = (times.layer.value.value, 0.7) }
    if run.phase == .ttft || run.phase == .request {
      start[.request(name)] = (max(times.request.value.value, 1e-3), 1.5)
    }
    if run.setup.visual.tokens.initial > 0, run.phase != .prefill {
      start[.picture(name)] = (max(times.picture.value.value, 10e-3), 1)
    }
    if run.phase != .decode || run.setup.batch > 1 {
      let known = times.work(on: kind, weightBits: precision.weightBits, inputBits: precision.productInputBits)
      start[.work(name, kind, bits: bits(precision))] = (known?.factor.value.value ?? 1, 0.5)
    }
    return start
  }

  /// The figures that a run depends on, each with where a fit starts that knows no row, and how far, as a logarithm, it may
  /// lie from there: what data sheets and other kernels suggest.
  static func start(of run: EngineRun) -> [Key: (value: Double, slack: Double)] {
    guard let times = run.setup.engine.times else { return [:] }
    let (kind, name, bits) = (run.setup.device.deviceClass, run.setup.engine.name, bits(run.setup.precision))
    let owners = Owners(times, name, run.setup.device)
    var start: [Key: (value: Double, slack: Double)] = [
      .share(kind, bits: 16, of: owners.weights): (0.85, 0.08), .cache(kind, of: owners.cache): (0.75, 0.2),
      .overhead(kind): (kind == .consumer || kind == .server ? 1.5e-6 : 4e-6, 0.7), .step(name): (0.5e-3, 1),
    ]
    if bits == 8 { start[.share(kind, bits: 8, of: owners.eightBits)] = (0.80, 0.1) }
    if bits == 4 { start[.share(kind, bits: 4, of: owners.fourBits)] = (0.72, 0.15) }
    // A graph starts a kernel in a third of the time that a stream takes.
    if times.overhead.value < Ratio(1) { start[.kernels(name)] = (0.35, 0.5) }
    if times.layer.value > .zero { start[.layer(name)] = (0.3e-3, 0.5) }
    if run.phase == .ttft || run.phase == .request { start[.request(name)] = (3e-3, 1) }
    if run.setup.visual.tokens.initial > 0, run.phase != .prefill { start[.picture(name)] = (50e-3, 0.7) }
    if run.phase != .decode || run.setup.batch > 1 {
      start[.work(name, kind, bits: bits)] = (1.1, 0.4)
      if bits == 4, times.unpacking != nil { start[.unpacking(name)] = (0.05, 0.7) }
    }
    return start
  }
}
