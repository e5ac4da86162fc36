internal import Architectures
internal import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Questions
internal import Serving
internal import Traffic

/// What each request of a load takes at least, whatever fleet of one kind of engines serves it: the bounds that rule out
/// candidates before they are simulated.
struct RequestFloors: Sendable {
  /// Least seconds to the first token and of each other one, of the requests that count, in rising order.
  private(set) var ttft: [Double] = [], tpot: [Double] = []
  /// Arrivals, and the least seconds that an engine is busy until the first token; arrivals of open loops only.
  private(set) var work: [(arrival: Double, seconds: Double)] = []
  /// Tokens of the longest request.
  private(set) var longest = 0
  private let isOpen: Bool
  private let requestSeconds: Double

  /// A pass with others in it is not quite as slow as one alone where the rows fill the device's tiles better.
  static let margin = 0.95
  static let marginText =
    "Expected times of products go in steps of tiles: so that no step counts, 95 in 100 of each pass's time do."

  /// The floors of a load's requests.
  ///
  /// - Throws: `Diagnostic` where a pass has no price.
  init(_ prepared: LoadStudy.Prepared, warmup: Int) throws(Diagnostic) {
    var traffic = prepared.traffic
    let fleet = prepared.fleet
    let scheduler = fleet.scheduler
    isOpen = traffic.clients == nil && traffic.inFlight == nil
    requestSeconds = scheduler.requestSeconds
    var passes = PassFloors(prepared)
    let drafts = Double(1 + (fleet.speculation?.tokens ?? 0))
    let host = scheduler.passSeconds + scheduler.sequenceSeconds
    var number = 0
    while let request = traffic.nextRequest() {
      defer { number += 1 }
      longest = max(longest, request.prompt + request.output)
      let computed = scheduler.sharesPrefixes ? Self.mostShared(request) : 0
      let fill = try passes.fill(request.prompt - computed, after: computed, visual: request.visual)
      if isOpen {
        let tower = fleet.tower == .loop ? request.tower : 0
        work.append((request.arrival, tower + scheduler.sequenceSeconds + fill.work))
      }
      guard number >= warmup else { continue }
      ttft.append(requestSeconds + request.tower + host + Self.margin * fill.seconds)
      if request.output > 1 {
        tpot.append((host + Self.margin * (try passes.decode(after: request.prompt))) / drafts)
      }
    }
    ttft.sort()
    tpot.sort()
  }

  /// Tokens of a prompt that may be in the cache already.
  private static func mostShared(_ request: ServedRequest) -> Int {
    let known = request.hashes.isEmpty ? (request.group == nil ? 0 : request.shared) : request.prompt
    return max(0, min(known, request.prompt - 1))
  }

  /// The rule by which no number of such engines keeps to a target; nil if one may.
  func rule(against target: PlanTarget) -> PlanRule? {
    let floors = target.latency == .ttft ? ttft : tpot
    guard let least = target.value(of: floors), least > target.seconds else { return nil }
    return target.latency == .ttft ? .firstToken : .eachToken
  }

  /// How many engines the work until the first tokens takes at least, so that a percentile of TTFT is kept; at most `limit`.
  ///
  /// For every stretch of time: the work of what arrives in it, less that of the largest requests that may be late, is at
  /// most the engines times its length and the time that the last one has.
  func leastEngines(for target: PlanTarget, upTo limit: Int) -> Int {
    guard isOpen, target.latency == .ttft, let allowance = target.allowance(of: ttft.count) else { return 1 }
    let most = work.count - ttft.count + allowance
    let dropped = work.map(\.seconds).sorted(by: >).prefix(most).reduce(0, +)
    let patience = max(0, target.seconds - requestSeconds)
    func suffices(_ engines: Int) -> Bool {
      let count = Double(engines)
      // The largest excess of work over time of all stretches that end here.
      var (excess, largest, last) = (0.0, 0.0, work.first?.arrival ?? 0)
      for (arrival, seconds) in work {
        excess = max(0, excess - count * (arrival - last)) + seconds
        (largest, last) = (max(largest, excess), arrival)
      }
      return largest - dropped <= count * patience
    }
    var (low, high) = (1, limit)
    while low < high {
      let middle = (low + high) / 2
      if suffices(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// What passes of one request alone take, remembered for lengths that are rounded down.
private struct PassFloors {
  private struct Key: Hashable {
    var tokens, computed, visual: Int
  }

  private var price: PriceList
  private let peak: Double
  private let experts: Double
  private var fills: [Key: (seconds: Double, work: Double)] = [:]
  private var decodes: [Int: Double] = [:]

  /// Lengths are rounded down to multiples of these.
  private static let fillStep = 16, contextStep = 256

  init(_ prepared: LoadStudy.Prepared) {
    price = prepared.price.prices
    peak = prepared.estimate.hardware.highestPeak
    experts = Double(prepared.estimate.serving.parallelism.expert)
  }

  /// A request's prompt in one pass: its expected seconds, and the least that it keeps an engine busy, also beside others.
  mutating func fill(_ tokens: Int, after computed: Int, visual: Int) throws(Diagnostic) -> (
    seconds: Double, work: Double
  ) {
    func rounded(_ number: Int, _ step: Int) -> Int { number > step ? number / step * step : number }
    let tokens = max(1, rounded(tokens, Self.fillStep))
    let key = Key(
      tokens: tokens, computed: rounded(computed, Self.contextStep),
      visual: min(tokens, max(0, rounded(visual, Self.fillStep) - computed)))
    if let known = fills[key] { return known }
    var pass = Pass([Pass.Group(newTokens: key.tokens, context: key.computed, visualTokens: key.visual)])
    pass.logits = 1
    let whole = try price.price(pass, expecting: true)
    let work = peak > 0 ? whole.executedFLOPs.value / peak / experts : 0
    let floor = (seconds: whole.expectedSeconds?.value ?? 0, work: work)
    fills[key] = floor
    return floor
  }

  /// A step of one request over so many tokens.
  mutating func decode(after context: Int) throws(Diagnostic) -> Double {
    let context = context / Self.contextStep * Self.contextStep
    if let known = decodes[context] { return known }
    var pass = Pass([Pass.Group(newTokens: 1, context: context)])
    pass.logits = 1
    let seconds = try price.price(pass, expecting: true).expectedSeconds?.value ?? 0
    decodes[context] = seconds
    return seconds
  }
}

extension Accelerator {
  /// The highest rate of any of its units, in operations a second.
  fileprivate var highestPeak: Double {
    let peaks = [matrixPeaks, vectorPeaks, halfSumPeaks].flatMap { $0.values.map(\.value.value) }
    return peaks.max() ?? 0
  }
}
