internal import Architectures
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

extension Study {
  /// Whether any row generates tokens or begins with a context.
  var asksForRequest: Bool { rows.contains { $0.estimate.request != nil || $0.estimate.workload.context > 0 } }

  /// The table of the whole request: times of its parts, and what it costs. Nil if nothing is asked of it.
  func requestTable(
    _ identity: [(Table.Column, @Sendable (StudyFigures) -> String)], _ rows: [StudyFigures]
  ) -> Table? {
    guard asksForRequest else { return nil }
    let columns = identity + RequestColumn.all.filter { $0.applies(self) }.map { ($0.column, $0.text) }
    return Table(
      columns.map(\.0), caption: requestCaption, rows: rows.map { row in columns.map { $0.1(row) } })
  }

  private var requestCaption: String? {
    guard let estimate = rows.first?.estimate else { return nil }
    let workload = estimate.workload
    let context = workload.context > 0 ? " after \(workload.context) tokens of context" : ""
    let output = workload.outputTokens
    let what = output > 0 ? "Whole request: \(output) output token\(output == 1 ? "" : "s") per sequence" : "Request"
    var formats: [String] = []
    for precision in rows.map(\.estimate.precision) {
      let format = precision.cacheFormat?.rawValue ?? "\(precision.cacheBits) bits"
      if !formats.contains(format) { formats.append(format) }
    }
    let choice = formats.count > 1 ? ", by precision" : ""
    return "\(what)\(context), KV cache in \(formats.joined(separator: " or "))\(choice)"
  }

  /// What a reader of that table must know.
  var requestNotes: [String] {
    guard rows.contains(where: { $0.estimate.request != nil }) else { return [] }
    var notes: [String] = []
    if rows.contains(where: { $0.estimate.hardware.power != nil }) {
      notes.append("energy is that of the expected time at the device's rated power: an upper bound")
    }
    if rows.contains(where: { $0.estimate.serving.pricePerHour != nil }) {
      notes.append("cost is that of the expected time, of the whole batch, and of a million output tokens")
    }
    return notes
  }
}

/// A column of the table of the whole request.
private struct RequestColumn: Sendable {
  var column: Table.Column
  var applies: @Sendable (Study) -> Bool = generates
  var text: @Sendable (StudyFigures) -> String

  static let all: [RequestColumn] = [
    ideal("first token", priority: 4) { $0.timeToFirstToken.description },
    expected("expected first token", priority: 2) { $0.timeToFirstToken.description },
    ideal("per token", priority: 3) { $0.timePerOutputToken?.description ?? "" },
    expected("expected per token", priority: 0) { $0.timePerOutputToken?.description ?? "" },
    ideal("first step", priority: 8) { $0.firstStep?.description ?? "" },
    ideal("last step", priority: 8) { $0.lastStep?.description ?? "" },
    ideal("request", priority: 5) { $0.request.description },
    expected("expected request", priority: 0) { $0.request.description },
    expected("expected tokens/s", priority: 1) { $0.tokensPerSecond.fixed($0.tokensPerSecond < 100 ? 1 : 0) },
    RequestColumn(column: .text("decode bound by", priority: 6)) { $0.estimate.decode?.price.bound.rawValue ?? "" },
    RequestColumn(
      column: .number("energy", priority: 6),
      applies: { generates($0) && $0.rows.contains { $0.estimate.expectedRequest?.energy != nil } },
      text: { row in row.expectedRequest?.energy?.description ?? "" }),
    cost("cost", priority: 0) { $0.cost },
    cost("per million", priority: 2) { $0.costPerMillionTokens },
    RequestColumn(column: .number("KV cache", priority: 5), applies: { _ in true }) {
      $0.estimate.footprint.cache.description
    },
    RequestColumn(column: .text("fits"), applies: { _ in true }) { $0.estimate.fitText },
    RequestColumn(column: .number("largest batch", priority: 3), applies: { _ in true }) {
      $0.largestBatch.map { "\($0)" } ?? "?"
    },
    RequestColumn(column: .number("longest context", priority: 3), applies: { _ in true }) { row in
      guard row.estimate.hardware.capacity != nil else { return "?" }
      return row.longestContext.map { "\($0)" } ?? "none"
    },
  ]

  private static func ideal(
    _ heading: String, priority: Int, _ text: @escaping @Sendable (RequestFigures) -> String
  ) -> RequestColumn {
    RequestColumn(column: .number(heading, priority: priority)) { $0.request.map(text) ?? "" }
  }

  private static func expected(
    _ heading: String, priority: Int, _ text: @escaping @Sendable (RequestFigures) -> String
  ) -> RequestColumn {
    RequestColumn(column: .number(heading, priority: priority)) { $0.expectedRequest.map(text) ?? "" }
  }

  private static func cost(
    _ heading: String, priority: Int, _ figure: @escaping @Sendable (RequestFigures) -> Double?
  ) -> RequestColumn {
    RequestColumn(
      column: .number(heading, priority: priority),
      applies: { generates($0) && $0.rows.contains { $0.estimate.serving.pricePerHour != nil } },
      text: { row in row.expectedRequest.flatMap(figure)?.price ?? "" })
  }

  @Sendable private static func generates(_ study: Study) -> Bool { study.rows.contains { $0.estimate.request != nil } }
}

extension Double {
  /// An amount of money with at least two decimals and, where it is small, three significant digits.
  fileprivate var price: String {
    var decimals = 2
    var size = magnitude
    while size > 0, size < 1, decimals < 12 {
      size *= 10
      decimals += 1
    }
    return fixed(decimals)
  }
}

extension Estimate {
  /// Whether the request fits, and by how much not.
  var fitText: String {
    guard let fits, let excess else { return "?" }
    return fits ? "yes" : "NO: +\(excess)"
  }
}

extension Parallelism {
  /// How the devices are counted, or nil for a single one: `4 x 2 = 8` with the kinds named.
  var summary: String? {
    guard devices > 1 else { return nil }
    let kinds = [(tensor, "tensor"), (pipeline, "pipeline"), (expert, "expert")].filter { $0.0 > 1 }
    return "\(devices) x (\(kinds.map { "\($0.1) \($0.0)" }.joined(separator: ", ")))"
  }
}

extension Record {
  /// The keys of the whole request; null where nothing is generated.
  static func request(_ row: StudyFigures) -> [Field] {
    let estimate = row.estimate
    let ideal = row.request
    let expected = row.expectedRequest
    let decode = estimate.decode
    let record: Record = Record([
      "kv_precision": .text(estimate.precision.cacheFormat?.rawValue),
      "context_tokens": .number(estimate.workload.context),
      "output_tokens": .number(estimate.workload.outputTokens),
      "time_to_first_token_seconds": .number(ideal?.timeToFirstToken.value),
      "time_per_output_token_seconds": .number(ideal?.timePerOutputToken?.value),
      "first_step_seconds": .number(ideal?.firstStep?.value),
      "last_step_seconds": .number(ideal?.lastStep?.value),
      "decode_seconds": .number(ideal?.decode.value),
      "request_seconds": .number(ideal?.request.value),
      "tokens_per_second": .number(ideal?.tokensPerSecond),
      "energy_joules": .number(ideal?.energy?.value),
      "cost": .number(ideal?.cost),
      "cost_per_million_tokens": .number(ideal?.costPerMillionTokens),
      "expected_time_to_first_token_seconds": .number(expected?.timeToFirstToken.value),
      "expected_time_per_output_token_seconds": .number(expected?.timePerOutputToken?.value),
      "expected_first_step_seconds": .number(expected?.firstStep?.value),
      "expected_last_step_seconds": .number(expected?.lastStep?.value),
      "expected_decode_seconds": .number(expected?.decode.value),
      "expected_request_seconds": .number(expected?.request.value),
      "expected_tokens_per_second": .number(expected?.tokensPerSecond),
      "expected_energy_joules": .number(expected?.energy?.value),
      "expected_cost": .number(expected?.cost),
      "expected_cost_per_million_tokens": .number(expected?.costPerMillionTokens),
      "decode_flops": .number(decode?.price.flops.value),
      "decode_vector_flops": .number(decode?.price.vectorFLOPs.value),
      "decode_traffic_bytes": .number(decode?.price.traffic.total.value),
      "decode_bound": .text(decode?.price.bound.rawValue),
      "excess_bytes": .number(estimate.excess?.value),
      "devices": .number(estimate.serving.parallelism.devices),
      "tensor_parallel": .number(estimate.serving.parallelism.tensor),
      "pipeline_parallel": .number(estimate.serving.parallelism.pipeline),
      "expert_parallel": .number(estimate.serving.parallelism.expert),
      "link_seconds": .number(estimate.stages.map { $0.price.secondsByBound[.link] }.sum().value),
      "decode_link_seconds": .number(decode?.price.secondsByBound[.link].value),
      "largest_batch": .number(row.largestBatch.map(Double.init)),
      "longest_context": .number(row.longestContext.map(Double.init)),
    ])
    return record.fields
  }
}
