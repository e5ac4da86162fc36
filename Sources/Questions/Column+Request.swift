internal import Architectures
internal import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

extension Column {
  /// The whole request; null where nothing is generated, but for the time to the first token.
  static let request: [Column] =
    [
      asked("kv_precision", "KV format", .text, "the format of the key-value cache") {
        .text($0.estimate.precision.cacheFormat?.rawValue)
      },
      asked("context_tokens", "context", .count, "tokens in the key-value cache before the prompt") {
        .number($0.estimate.workload.context)
      },
      asked("output_tokens", "output", .count, "tokens generated for a sequence, the first by the prefill") {
        .number($0.estimate.workload.outputTokens)
      },
      ttft("time_to_first_token_seconds", "ideal TTFT", "at best") { $0.totalSeconds },
    ] + figures("", "ideal ", "at best", { $0.request }) + [
      ttft("expected_time_to_first_token_seconds", "TTFT", "as real kernels take it") { $0.expectedTotalSeconds }
    ] + figures("expected_", "", "as real kernels take it", { $0.expectedRequest }) + [
      range("ttft_low", "TTFT from", .prefill, "times to the first token take at least so long") { $0.lowerBound },
      range("ttft_high", "TTFT to", .prefill, "times to the first token take at most so long") { $0.upperBound },
      range("tpot_low", "TPOT from", .decode, "steps of decoding take at least so long") { $0.lowerBound },
      range("tpot_high", "TPOT to", .decode, "steps of decoding take at most so long") { $0.upperBound },
      range("request_low", "request from", .request, "requests take at least so long") { $0.lowerBound },
      range("request_high", "request to", .request, "requests take at most so long") { $0.upperBound },
      rows("ttft_rows", "TTFT rows", .prefill), rows("tpot_rows", "TPOT rows", .decode),
      rows("request_rows", "request rows", .request),
      Column("host_seconds", "host", .seconds, "what the device waits for the engine's host until the first token") {
        .number($0.estimate.hasLanguage ? $0.estimate.waitingSeconds.value : nil)
      },
      decode("decode_flops", "decode work", .flops, "FLOPs of matrix products in all steps") { $0.flops.value },
      decode("decode_vector_flops", "decode vector work", .flops, "all other FLOPs of all steps") {
        $0.vectorFLOPs.value
      },
      decode("decode_traffic_bytes", "decode traffic", .bytes, "bytes that all steps move") {
        $0.traffic.total.value
      },
      Column("decode_bound", "decode bound by", .text, "what most of the ideal time of all steps is spent on") {
        .text($0.estimate.decode?.price.bound.rawValue)
      },
      Column(
        "excess_bytes", "too much", .bytes, "by how much the memory is too little for the request; 0 where it is enough"
      ) {
        .number($0.estimate.excess?.value)
      },
      Column("devices", "devices", .count, "devices that the model is spread over") {
        .number($0.estimate.serving.parallelism.devices)
      },
      asked("tensor_parallel", "TP", .count, "devices that share every layer") {
        .number($0.estimate.serving.parallelism.tensor)
      },
      asked("pipeline_parallel", "PP", .count, "devices that have some layers each") {
        .number($0.estimate.serving.parallelism.pipeline)
      },
      asked("expert_parallel", "EP", .count, "devices that share the experts") {
        .number($0.estimate.serving.parallelism.expert)
      },
      asked("engine", "engine", .text, "the engine whose times and use of memory are reckoned with") {
        .text($0.estimate.engine.name)
      },
      asked(
        "memory_utilization", "utilization", .number,
        "the share of the memory that was asked for; null for the engine's own"
      ) {
        .number($0.estimate.engine.settings.utilization)
      },
      asked("max_sequences", "max seqs", .count, "sequences of the largest pass; null for the engine's own") {
        .number($0.estimate.engine.settings.sequences.map(Double.init))
      },
      asked("max_batch_tokens", "max batch tokens", .count, "tokens of the largest pass; null for the engine's own") {
        .number($0.estimate.engine.settings.batchTokens.map(Double.init))
      },
      Column("link_seconds", "link", .seconds, "ideal time until the first token that the link bounds") {
        .number($0.estimate.linkSeconds.value)
      },
      decode("decode_link_seconds", "decode link", .seconds, "ideal time of all steps that the link bounds") {
        $0.secondsByBound[.link].value
      },
      Column("memory_limit_bytes", "limit", .bytes, "what the engine may take of the memory of the device") {
        .number($0.estimate.memoryLimit?.value)
      },
      Column("reserved_bytes", "reserved", .bytes, "what the engine has resident beside tensors: context, buffers") {
        .number($0.estimate.footprint.reserved.value)
      },
      Column(
        "workspace_bytes", "workspace", .bytes,
        "what the engine sets aside for its largest pass, or the activations of the request"
      ) { .number($0.estimate.footprint.activations.value) },
      Column(
        "kv_capacity_bytes", "KV room", .bytes,
        "what is left for the caches of all requests on the device that has the least",
        prefersMore: true
      ) { .number($0.estimate.cacheCapacity?.value) },
      Column(
        "kv_capacity_tokens", "KV tokens", .count, "the tokens that this has room for, if every layer keeps them all",
        prefersMore: true
      ) { .number($0.estimate.cacheTokens.map(Double.init)) },
      Column(
        "largest_batch", "largest batch", .count,
        "the largest batch that fits, all else equal, and that the engine takes at once; 0 if none does",
        prefersMore: true
      ) { .number($0.largestBatch.map(Double.init)) },
      Column(
        "longest_context", "longest context", .count,
        "the longest context that fits, all else equal; the model's own where any does, null if none does",
        prefersMore: true
      ) { .number($0.longestContext.map(Double.init)) },
    ]

  private static func ttft(
    _ key: String, _ heading: String, _ how: String, _ time: @escaping @Sendable (Estimate) -> Seconds
  ) -> Column {
    Column(key, heading, .seconds, "until the first token, all stages, \(how); null without a language model") {
      .number($0.estimate.hasLanguage ? time($0.estimate).value : nil)
    }
  }

  /// An end of the range of a phase's times.
  private static func range(
    _ key: String, _ heading: String, _ phase: EngineClass.Phase, _ about: String,
    _ end: @escaping @Sendable (ClosedRange<Seconds>) -> Seconds
  ) -> Column {
    Column(
      "expected_\(key)_seconds", heading, .seconds,
      "four of five \(about), by rows of sources that were kept out; null where too few were measured"
    ) {
      .number($0.estimate.expectedRange(of: phase).map { end($0).value })
    }
  }

  /// How many measured times are behind the range of a phase.
  private static func rows(_ key: String, _ heading: String, _ phase: EngineClass.Phase) -> Column {
    Column(
      "expected_\(key)", heading, .count,
      "measured times behind that range; null without one"
    ) {
      .number(($0.estimate.interval(of: phase)?.rows).map(Double.init))
    }
  }

  private static func decode(
    _ key: String, _ heading: String, _ kind: Kind, _ about: String,
    _ figure: @escaping @Sendable (Price) -> Double
  ) -> Column {
    Column(key, heading, kind, about) { .number(($0.estimate.decode?.price).map(figure)) }
  }

  /// The figures of ideal or of expected times.
  private static func figures(
    _ prefix: String, _ word: String, _ how: String,
    _ source: @escaping @Sendable (inout RowFigures) -> Estimate.Request?
  ) -> [Column] {
    func column(
      _ key: String, _ heading: String, _ kind: Kind, _ about: String, more: Bool = false,
      _ figure: @escaping @Sendable (Estimate.Request) -> Double?
    ) -> Column {
      Column(prefix + key, word + heading, kind, "\(about), \(how)", prefersMore: more) {
        .number(source(&$0).flatMap(figure))
      }
    }
    return [
      column("time_per_output_token_seconds", "TPOT", .seconds, "a step of decoding on average") {
        $0.timePerOutputToken?.value
      },
      column("first_step_seconds", "first step", .seconds, "the first step of decoding") { $0.firstStep?.value },
      column("last_step_seconds", "last step", .seconds, "the last step, over the longest cache") {
        $0.lastStep?.value
      },
      column("decode_seconds", "decode", .seconds, "all steps of decoding") { $0.decode.value },
      column("request_seconds", "request", .seconds, "the whole request, until its last token") { $0.request.value },
      column(
        "tokens_per_second", "tokens/s", .number, "generated tokens of the batch per second of the request", more: true
      ) {
        $0.tokensPerSecond
      },
      column("energy_joules", "energy", .joules, "energy of all devices at their rated power: an upper bound") {
        $0.energy?.value
      },
      column("cost", "request cost", .money, "the price of the whole batch") { $0.cost },
      column("cost_per_million_tokens", "cost/1M", .money, "the price of a million generated tokens") {
        $0.costPerMillionTokens
      },
    ]
  }

  /// The stages up to the first token.
  static let stages: [Column] = [
    Column("stages", "stages", .records, "FLOPs, bytes and times of every stage") { figures in
      .records(
        figures.estimate.stages.map { stage in
          OutputRecord([
            "stage": .text(stage.stage.rawValue), "flops": .number(stage.flops.value),
            "traffic_bytes": .number(stage.traffic.total.value), "seconds": .number(stage.seconds.value),
            "expected_seconds": .number(stage.expectedSeconds.value),
          ])
        })
    },
    Column("total_seconds", "ideal total", .seconds, "all stages until the first token, at best") {
      .number($0.estimate.totalSeconds.value)
    },
    Column("expected_total_seconds", "total", .seconds, "all stages until the first token, as real kernels take them") {
      .number($0.estimate.expectedTotalSeconds.value)
    },
  ]

  static let speedups: [Column] = [
    asked("frames", "frames", .count, "frames of the video that is read in place of an image") {
      .number($0.estimate.model.vision?.frames.map(Double.init))
    },
    asked("max_pixels", "max pixels", .count, "the most pixels that images are scaled to, where it is asked for") {
      .number($0.estimate.model.vision?.mostPixels.map(Double.init))
    },
    asked("rank_ratio", "rank ratio", .number, "the rank of two factors in place of every matrix of the layers") {
      .number($0.estimate.model.factors?.rankRatio)
    },
    asked("lora_rank", "LoRA rank", .count, "the rank of adapters beside every matrix of the layers; 0 for none") {
      .number(Double($0.estimate.model.factors?.adapterRank ?? 0))
    },
    asked(
      "image_size", "image size", .text, "the sizes that the pictures of a request are taken to have, where they matter"
    ) {
      .text($0.estimate.model.pictureSizes)
    },
    speedup("total_speedup", "ideal speed-up", "all stages until the first token, at best") { $0.row.totalSpeedup },
    speedup("expected_total_speedup", "speed-up", "all stages until the first token, as real kernels take them") {
      $0.row.expectedTotalSpeedup
    },
    speedup("expected_request_speedup", "request speed-up", "the whole request, as real kernels take it") {
      $0.expectedRequestSpeedup
    },
  ]

  private static func speedup(
    _ key: String, _ heading: String, _ what: String, _ factor: @escaping @Sendable (inout RowFigures) -> Double?
  ) -> Column {
    Column(key, heading, .factor, "how many times faster than with all visual tokens: \(what)", prefersMore: true) {
      .number(factor(&$0))
    }
  }
}
