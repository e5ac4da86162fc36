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

    /// Devices of all engines, and of the towers that have one of their own: where requests come in.
    public var devices: Int {
      fleet.engines * estimate.serving.parallelism.devices + (fleet.tower == .own ? fleet.entrances : 0)
    }

    /// Tokens that the pool of an engine holds.
    public var cacheTokens: Int { fleet.scheduler.blocks * fleet.scheduler.blockTokens }

    /// Energy of the engines at the rated power while passes run, towers on devices of their own left out; nil where the power is not known.
    public var energyJoules: Double? {
      guard let power = estimate.hardware.power else { return nil }
      return power.value.value * result.passSeconds * Double(estimate.serving.parallelism.devices)
    }

    /// The price of a million tokens, in the currency of the device's price; nil where that is not known.
    public var costPerMillionTokens: Double? {
      guard let price = estimate.serving.pricePerHour, figures.outputTokens > 0 else { return nil }
      return price * Double(devices) * figures.seconds / 3600 / Double(figures.outputTokens) * 1e6
    }

    /// The row for machines.
    public var record: OutputRecord {
      let estimate = estimate
      let parallelism = estimate.serving.parallelism
      let scheduler = fleet.scheduler
      var record = OutputRecord([
        "model": .text(estimate.model.name), "hardware": .text(estimate.hardware.name),
        "engine": .text(estimate.engine.name),
        "precision": .text(estimate.precision.name), "reducer": .text(estimate.reducerName ?? "none"),
        "visual_tokens": .number(visualTokens), "text_tokens": Self.length(text),
        "output_tokens": Self.length(output), "rate": .number(rate), "concurrency": .number(clients.map(Double.init)),
        "trace": .text(trace), "replicas": .number(fleet.engines),
        "tensor_parallel": .number(parallelism.tensor), "pipeline_parallel": .number(parallelism.pipeline),
        "expert_parallel": .number(parallelism.expert), "devices": .number(devices),
        "scheduling": .text(scheduler.policy.rawValue), "max_num_seqs": .number(scheduler.sequences),
        "max_num_batched_tokens": .number(scheduler.budget), "kv_capacity_tokens": .number(cacheTokens),
      ])
      record.fields += result.figureFields(figures)
      record.fields +=
        OutputRecord([
          "energy_joules": .number(energyJoules),
          "cost_per_million_tokens": .number(costPerMillionTokens),
          "note": .text(notes.isEmpty ? nil : notes.joined(separator: "; ")),
        ]).fields
      return record
    }

    private static func length(_ length: LengthDistribution?) -> OutputValue {
      guard let length else { return .null }
      return length.constant.map { .number($0) } ?? .text(length.text)
    }
  }
}

extension SimulationResult {
  /// The keys and figures of a run, in base units.
  public func figureFields(_ figures: ServingFigures) -> [OutputRecord.Field] {
    var record = OutputRecord([
      "requests": .number(figures.requests), "refused": .number(refused), "interrupted": .boolean(isInterrupted),
    ])
    for (name, times) in [("ttft", figures.ttft), ("tpot", figures.tpot), ("e2e", figures.endToEnd)] {
      let values = [
        ("mean", times.mean), ("p50", times.p50), ("p90", times.p90), ("p95", times.p95), ("p99", times.p99),
      ]
      record.fields += values.map { .init(key: "\(name)_\($0.0)_seconds", value: .number($0.1)) }
    }
    record.fields +=
      OutputRecord([
        "output_tokens_per_second": .number(figures.outputTokensPerSecond),
        "requests_per_second": .number(figures.requestsPerSecond),
        "goodput_requests_per_second": .number(figures.goodputPerSecond),
        "queue_mean": .number(meanWaiting), "running_mean": .number(meanRunning),
        "kv_used_share": .number(usedShare), "busy_share": .number(busyShare), "preemptions": .number(preemptions),
        "passes": .number(passes), "duration_seconds": .number(figures.seconds),
      ]).fields
    return record.fields
  }

  /// A record for every request, by number.
  public func requestRecord(_ number: Int) -> OutputRecord {
    let (arrival, first, last) = (arrivals[number], firsts[number], lasts[number])
    let output = Int(outputs[number])
    return OutputRecord([
      "request": .number(number), "arrival_seconds": .number(arrival), "prompt_tokens": .number(Int(prompts[number])),
      "output_tokens": .number(output), "ttft_seconds": .number(first - arrival + requestSeconds),
      "tpot_seconds": .number(output > 1 ? (last - first) / Double(output - 1) : nil),
      "e2e_seconds": .number(last - arrival + requestSeconds),
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
