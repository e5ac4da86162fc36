internal import Engines
internal import Architectures
internal import Documents
internal import Quantities
internal import Serving
internal import Traffic

extension Question {
  /// The parts that are about a fleet under traffic, in the order in which they are written.
  static let loadKeys: [Key] = [
    fractions("rate", \.load.rates, in: 1e-9...1e9),
    numbers("concurrency", \.load.clients, in: 1...1_000_000),
    text("trace", get: { $0.load.trace }) { $0.load.trace = $1 },
    text("arrivals", get: { $0.load.arrivals == .poisson ? nil : $0.load.arrivals.text }) {
      question, text throws(Diagnostic) in question.load.arrivals = try ArrivalProcess(text)
    },
    count("max-in-flight", \.load.inFlight, in: 1...100_000_000),
    count("requests", \.load.requests, in: 1...100_000_000),
    text("seed", get: { $0.load.seed == 0 ? nil : "\($0.load.seed)" }) { question, text throws(Diagnostic) in
      question.load.seed = UInt64(try one(text, in: 0...Int.max, "--seed"))
    },
    length("pictures", \.load.pictures), length("picture-tokens", \.load.pictureTokens),
    count("shared-prompt", \.load.sharedTokens, in: 0...LengthDistribution.limit),
    count("shared-prompts", \.load.sharedGroups, in: 1...1_000_000_000),
    count("block-size", \.load.blockTokens, in: 1...65_536),
    count("kv-tokens", \.load.cacheTokens, in: 1...1_000_000_000),
    choice("scheduling", \.load.policy), choice("admission", \.load.admission),
    switched("chunked-prefill", \.load.isChunked), switched("prefix-caching", \.load.sharesPrefixes),
    time("pass-time", \.load.passSeconds), time("sequence-time", \.load.sequenceSeconds),
    time("request-time", \.load.requestSeconds),
    numbers("replicas", \.load.replicas, in: 1...4096),
    text("routing", get: { $0.load.routing == .roundRobin ? nil : $0.load.routing.rawValue }) {
      question, text throws(Diagnostic) in question.load.routing = try chosen(text, "--routing")
    },
    text("tower", get: { $0.load.tower == .loop ? nil : $0.load.tower.rawValue }) {
      question, text throws(Diagnostic) in question.load.tower = try chosen(text, "--tower")
    },
    text("speculate", get: { $0.load.speculation?.text }) { question, text throws(Diagnostic) in
      question.load.speculation = try Question.Load.SpeculationRequest(text)
    },
    text("disaggregate", get: { $0.load.apart?.text }) { question, text throws(Diagnostic) in
      question.load.apart = try Question.Load.ApartRequest(text)
    },
    text("warmup", get: { $0.load.warmup == 0 ? nil : "\($0.load.warmup)" }) { question, text throws(Diagnostic) in
      question.load.warmup = try one(text, in: 0...100_000_000, "--warmup")
    },
    target("ttft", \.load.ttft), target("tpot", \.load.tpot),
  ]

  static func count(
    _ name: String, _ path: any WritableKeyPath<Question, Int?> & Sendable, in range: ClosedRange<Int>
  ) -> Key {
    text(name, get: { $0[keyPath: path].map { "\($0)" } }) { question, text throws(Diagnostic) in
      question[keyPath: path] = try one(text, in: range, "--\(name)")
    }
  }

  private static func length(
    _ name: String, _ path: any WritableKeyPath<Question, LengthDistribution?> & Sendable
  ) -> Key {
    text(name, get: { $0[keyPath: path]?.text }) { question, text throws(Diagnostic) in
      question[keyPath: path] = try LengthDistribution(text, "--\(name)")
    }
  }

  /// A time as `20ms`, or in seconds as `0.02`.
  private static func time(_ name: String, _ path: any WritableKeyPath<Question, Double?> & Sendable) -> Key {
    text(name, get: { $0[keyPath: path]?.shortest }) { question, text throws(Diagnostic) in
      let time = Double(text) ?? (try? Seconds(parsing: text))?.value
      guard let time, (0...1e6).contains(time) else {
        throw Diagnostic("expected --\(name) as 20ms or, in seconds, 0.02, found \"\(text)\"")
      }
      question[keyPath: path] = time
    }
  }

  private static func target(
    _ name: String, _ path: any WritableKeyPath<Question, LatencyTarget?> & Sendable
  ) -> Key {
    text(name, get: { $0[keyPath: path]?.text }) { question, text throws(Diagnostic) in
      question[keyPath: path] = try LatencyTarget(text, "--\(name)")
    }
  }

  private static func switched(_ name: String, _ path: any WritableKeyPath<Question, Bool?> & Sendable) -> Key {
    text(name, get: { $0[keyPath: path].map { $0 ? "on" : "off" } }) { question, text throws(Diagnostic) in
      switch text.spelling {
      case "on", "yes", "true": question[keyPath: path] = true
      case "off", "no", "false": question[keyPath: path] = false
      default: throw Diagnostic("expected --\(name) on or off, found \"\(text)\"")
      }
    }
  }

  static func choice<Choice: RawRepresentable & CaseIterable & SendableMetatype>(
    _ name: String, _ path: any WritableKeyPath<Question, Choice?> & Sendable
  ) -> Key where Choice.RawValue == String {
    text(name, get: { $0[keyPath: path]?.rawValue }) { question, text throws(Diagnostic) in
      question[keyPath: path] = try chosen(text, "--\(name)")
    }
  }

  private static func chosen<Choice: RawRepresentable & CaseIterable>(
    _ text: String, _ name: String
  ) throws(Diagnostic) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(spelling: text) else {
      throw Diagnostic(
        "expected \(name) \(Choice.allCases.map(\.rawValue).joined(separator: " or ")), found \"\(text)\"")
    }
    return choice
  }
}

extension Question.Load.SpeculationRequest {
  /// Reads `tokens=4,acceptance=0.7`, and perhaps `draft=MODEL` or `draft=mtp`.
  init(_ text: String) throws(Diagnostic) {
    var terms = try Terms(text, "--speculate", hasName: false)
    drafts = FleetSettings.Speculation(
      tokens: try terms.whole("tokens", usual: 4, in: 1...64),
      acceptance: try terms.optional("acceptance", in: 0...1) ?? 0.7)
    model = terms.value("draft")
    try terms.finish()
  }

  var text: String {
    "tokens=\(drafts.tokens),acceptance=\(drafts.acceptance.shortest)" + (model.map { ",draft=\($0)" } ?? "")
  }
}

extension Question.Load.ApartRequest {
  /// Reads `prefill=2,decode=1`.
  init(_ text: String) throws(Diagnostic) {
    var terms = try Terms(text, "--disaggregate", hasName: false)
    prefill = try terms.whole("prefill", usual: 1, in: 1...4096)
    decode = try terms.whole("decode", usual: 1, in: 1...4096)
    try terms.finish()
  }

  var text: String { "prefill=\(prefill),decode=\(decode)" }
}
