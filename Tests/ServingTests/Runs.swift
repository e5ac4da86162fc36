import Documents
import Testing
import Traffic

@testable import Serving

/// A run of a scheduler on a linear price, with its passes.
struct PricedRun {
  let result: SimulationResult
  let passes: [Simulation.PassRecord]

  /// Runs requests that arrive at their own times, or from clients.
  init(
    _ requests: [ServedRequest], _ fleet: FleetSettings, _ price: LinearPassPrice = .each(1),
    draft: LinearPassPrice? = nil, _ arriving: RequestTraffic.Arriving = .listed()
  ) throws {
    try self.init(RequestTraffic(requests, arriving, seed: fleet.seed), fleet, price, draft: draft)
  }

  /// Runs traffic.
  init(
    _ traffic: RequestTraffic, _ fleet: FleetSettings, _ price: LinearPassPrice = .each(1),
    draft: LinearPassPrice? = nil
  ) throws {
    let log = Locked([Simulation.PassRecord]())
    var simulation = try Simulation(fleet, traffic, price: price, draftPrice: draft)
    result = try simulation.run(.init(pass: { pass throws(Diagnostic) in log.withLock { $0.append(pass) } }))
    passes = log.withLock { $0 }
  }

  /// The takes of every pass, as number, tokens and computed ones.
  var takes: [[[Int]]] { passes.map { $0.takes.map { [$0.number, $0.take, $0.computed] } } }
}

extension LinearPassPrice {
  /// So many seconds a pass, whatever is in it.
  static func each(_ seconds: Double) -> LinearPassPrice {
    var price = LinearPassPrice()
    price.pass = seconds
    return price
  }

  /// A price in which everything counts.
  static var mixed: LinearPassPrice {
    var price = LinearPassPrice()
    (price.pass, price.token, price.context, price.pair, price.logit) = (0.01, 1e-5, 3e-8, 1e-9, 2e-6)
    return price
  }
}

extension FleetSettings {
  /// One engine of so many blocks and tokens a pass.
  static func one(
    blocks: Int = 1000, budget: Int = 8192, sequences: Int = 256, prefix: Bool = false,
    _ change: (inout FleetSettings) -> Void = { _ in }
  ) -> FleetSettings {
    var settings = SchedulerSettings()
    (settings.blocks, settings.budget, settings.sequences) = (blocks, budget, sequences)
    settings.sharesPrefixes = prefix
    var fleet = FleetSettings(settings)
    change(&fleet)
    return fleet
  }
}
