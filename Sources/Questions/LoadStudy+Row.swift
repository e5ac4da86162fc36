public import Documents
public import Estimation
public import Serving
internal import Architectures
internal import Engines
internal import Hardware
internal import Operators
internal import Quantities
public import Traffic

extension LoadStudy {
  /// A fleet under one load, and what came of it.
  public struct Row: Sendable {
    /// Model, device, precision and visual tokens, as a request of one picture has them.
    public let estimate: Estimate
    /// The fleet: the scheduler of the estimate's engine, and how it is set.
    public let fleet: FleetSettings
    /// Visual tokens of a picture, in the mean.
    public let visualTokens: Double
    /// The lengths of prompts' texts and answers; nil where a trace has them.
    public let text, output: LengthDistribution?
    /// Requests a second; nil where they come otherwise.
    public let rate: Double?
    /// Clients of a closed loop.
    public let clients: Int?
    /// The file of requests, which may stand beside either.
    public let trace: String?
    /// What happened.
    public let result: SimulationResult
    /// What users feel of it.
    public let figures: ServingFigures
    /// What the reader must know.
    public let notes: [String]
    /// How many first requests the figures leave out.
    public var warmup = 0

    /// Devices of all engines, and of the towers that have one of their own: where requests come in.
    public var devices: Int {
      fleet.engines * estimate.serving.parallelism.devices + (fleet.tower == .own ? fleet.entrances : 0)
    }

    /// Tokens that the pool of an engine holds.
    public var cacheTokens: Int { fleet.scheduler.blocks * fleet.scheduler.blockTokens }

    /// Energy of the engines at the rated power while passes run, and of towers on devices of their own while they work; nil
    /// where the power is not known.
    public var energyJoules: Double? {
      guard let power = estimate.hardware.power else { return nil }
      let engines = result.passSeconds * Double(estimate.serving.parallelism.devices)
      return power.value.value * (engines + result.towerSeconds)
    }

    /// The price of a million tokens, in the currency of the device's price; nil where that is not known.
    public var costPerMillionTokens: Double? {
      guard let price = estimate.serving.pricePerHour, figures.outputTokens > 0 else { return nil }
      return price * Double(devices) * figures.seconds / 3600 / Double(figures.outputTokens) * 1e6
    }

    /// How requests come: `4/s`, `16 clients`, `trace`.
    var loadText: String {
      if let rate { return "\(rate.shortest)/s" }
      if let clients { return "\(clients) client\(clients == 1 ? "" : "s")" }
      return "trace"
    }

    /// The row for machines.
    public var record: OutputRecord {
      var figures = RowFigures(self)
      return figures.record(Column.load)
    }
  }
}

extension SimulationResult {
  /// The keys and figures of a run, in base units.
  public func figureFields(_ figures: ServingFigures) -> [OutputRecord.Field] {
    ServedFigure.all.map { .init(key: $0.key, value: $0.value(self, figures)) }
  }

  /// A record for every request, by number.
  public func requestRecord(_ number: Int) -> OutputRecord {
    OutputRecord([
      "request": .number(number), "arrival_seconds": .number(arrivals[number]),
      "prompt_tokens": .number(Int(prompts[number])), "output_tokens": .number(Int(outputs[number])),
      "ttft_seconds": .number(timeToFirstToken(of: number)), "tpot_seconds": .number(timePerOutputToken(of: number)),
      "e2e_seconds": .number(endToEnd(of: number)),
      "preemptions": .number(Int(preemptionsByRequest[number])),
    ])
  }
}

extension Timeline {
  /// A record for every interval.
  package var records: [OutputRecord] {
    intervals.indices.map { index in
      let interval = intervals[index]
      let seconds = interval.seconds > 0 ? interval.seconds : 1
      return OutputRecord([
        "time_seconds": .number(start + Double(index) * width), "seconds": .number(interval.seconds),
        "waiting": .number(interval.waiting / seconds), "running": .number(interval.running / seconds),
        "kv_used_share": .number(interval.used / seconds),
        "prompt_tokens_per_second": .number(Double(interval.filled) / seconds),
        "output_tokens_per_second": .number(Double(interval.delivered) / seconds),
      ])
    }
  }
}
