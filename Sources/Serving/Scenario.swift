internal import Engines
package import Documents
package import Traffic

/// A fleet, its requests and a linear price, as a file has them: what two schedulers are compared on.
package struct Scenario: Sendable {
  /// The fleet.
  package var fleet: FleetSettings
  /// Its requests.
  package var traffic: RequestTraffic
  /// What passes take.
  package var price: LinearPassPrice
  /// What passes of the model take that makes drafts; nil without drafts.
  package var draftPrice: LinearPassPrice?

  /// Larger files are refused.
  private static let fileLimit = 64 << 20

  /// The scenario in a file; `Documentation/scheduler.md` has its members.
  ///
  /// - Throws: `Diagnostic` with the place of what is wrong.
  package init(contentsOf path: String) throws(Diagnostic) {
    try self.init(parsing: try Files.readText(path, limit: Self.fileLimit), file: path)
  }

  /// The scenario in a text; errors name it as `file`.
  package init(parsing text: [UInt8], file: String) throws(Diagnostic) {
    let fields = try Fields(
      ScenarioReader.withoutNulls(try JSON.parse(text, file: file)), "the scenario",
      known: [
        "budget", "seqs", "block", "blocks", "chunked", "policy", "admit", "prefix", "h0", "h1", "hr", "seed", "price",
        "concurrency", "in_flight", "replicas", "routing", "tower", "speculate", "apart", "requests",
      ])
    let reader = ScenarioReader(fields)
    fleet = FleetSettings(try reader.scheduler())
    fleet.replicas = try reader.integer("replicas", 1, in: 1...4096)
    fleet.routing = try fields["routing"]?.choice("the routing") ?? .roundRobin
    fleet.tower = try fields["tower"]?.choice("the tower") ?? .loop
    fleet.seed = UInt64(try reader.integer("seed", 0, in: 0...Int.max))
    price = try ScenarioReader.price(fields["price"])
    if let node = fields["speculate"] {
      let own = ScenarioReader(try Fields(node, "\"speculate\"", known: ["tokens", "acceptance", "price"]))
      fleet.speculation = .init(
        tokens: try own.integer("tokens", 4, in: 1...64), acceptance: try own.number("acceptance", 0.7, in: 0...1))
      draftPrice = try ScenarioReader.price(own.fields["price"])
    }
    if let node = fields["apart"] {
      guard fields["replicas"] == nil else { throw node.error("\"apart\" takes the place of \"replicas\"; give one") }
      let own = ScenarioReader(try Fields(node, "\"apart\"", known: ["prefill", "decode", "latency", "per_token"]))
      fleet.apart = .init(
        prefill: try own.integer("prefill", 1, in: 1...4096), decode: try own.integer("decode", 1, in: 1...4096),
        latency: try own.number("latency", 0, in: 0...1e6), secondsPerToken: try own.number("per_token", 0, in: 0...1e6)
      )
    }
    var requests = try ScenarioReader.requests(try fields.required("requests"))
    let inFlight = try reader.optional("in_flight", in: 1...100_000_000)
    if let clients = try reader.optional("concurrency", in: 1...100_000_000) {
      guard inFlight == nil else { throw fields.node.error("\"concurrency\" and \"in_flight\" exclude each other") }
      traffic = RequestTraffic(requests, .clients(clients), seed: fleet.seed)
      return
    }
    requests = RequestTraffic.inOrder(requests)
    traffic = RequestTraffic(requests, .listed(inFlight: inFlight), seed: fleet.seed)
  }
}

/// Reads members of a scenario that may be missing.
private struct ScenarioReader {
  let fields: Fields

  init(_ fields: Fields) { self.fields = fields }

  /// The node without members that are null, which is as good as missing.
  static func withoutNulls(_ node: Node) -> Node {
    guard case .mapping(let entries) = node.content else { return node }
    return Node(.mapping(entries.filter { !$0.value.isNull }), at: node.position)
  }

  func optional(_ key: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int? {
    guard let node = fields[key] else { return nil }
    return try node.integer("\"\(key)\"", in: range)
  }

  func integer(_ key: String, _ usual: Int, in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    try optional(key, in: range) ?? usual
  }

  func number(_ key: String, _ usual: Double, in range: ClosedRange<Double>) throws(Diagnostic) -> Double {
    guard let node = fields[key] else { return usual }
    return try node.number("\"\(key)\"", in: range)
  }

  func boolean(_ key: String, _ usual: Bool) throws(Diagnostic) -> Bool {
    guard let node = fields[key] else { return usual }
    return try node.boolean("\"\(key)\"")
  }

  func scheduler() throws(Diagnostic) -> SchedulerSettings {
    var settings = SchedulerSettings()
    settings.budget = try integer("budget", settings.budget, in: 1...100_000_000)
    settings.sequences = try integer("seqs", settings.sequences, in: 1...65_536)
    settings.blockTokens = try integer("block", settings.blockTokens, in: 1...65_536)
    settings.blocks = try integer("blocks", settings.blocks, in: 1...200_000_000)
    settings.isChunked = try boolean("chunked", settings.isChunked)
    settings.policy = try fields["policy"]?.choice("the policy") ?? settings.policy
    settings.admission = try fields["admit"]?.choice("the admission") ?? settings.admission
    settings.sharesPrefixes = try boolean("prefix", settings.sharesPrefixes)
    settings.passSeconds = try number("h0", 0, in: 0...1e6)
    settings.sequenceSeconds = try number("h1", 0, in: 0...1e6)
    settings.requestSeconds = try number("hr", 0, in: 0...1e6)
    return settings
  }

  static func price(_ node: Node?) throws(Diagnostic) -> LinearPassPrice {
    var price = LinearPassPrice()
    guard let node else { return price }
    let reader = Self(try Fields(node, "\"price\"", known: ["pass", "token", "context", "pair", "logit"]))
    price.pass = try reader.number("pass", 0, in: 0...1e6)
    price.token = try reader.number("token", 0, in: 0...1e6)
    price.context = try reader.number("context", 0, in: 0...1e6)
    price.pair = try reader.number("pair", 0, in: 0...1e6)
    price.logit = try reader.number("logit", 0, in: 0...1e6)
    return price
  }

  static func requests(_ node: Node) throws(Diagnostic) -> [ServedRequest] {
    var requests: [ServedRequest] = []
    for item in try node.items("\"requests\"") {
      let reader = Self(
        try Fields(
          withoutNulls(item), "a request", known: ["arrival", "prompt", "output", "group", "shared", "tower", "hashes"])
      )
      let tokens = 1...LengthDistribution.limit
      var request = ServedRequest(
        arrival: try reader.number("arrival", 0, in: 0...1e12),
        prompt: try reader.fields.required("prompt").integer("\"prompt\"", in: tokens),
        output: try reader.fields.required("output").integer("\"output\"", in: tokens))
      request.group = try reader.optional("group", in: 0...1_000_000_000)
      request.shared = try reader.integer("shared", 0, in: 0...request.prompt)
      request.tower = try reader.number("tower", 0, in: 0...1e6)
      for hash in try reader.fields["hashes"]?.items("\"hashes\"") ?? [] {
        request.hashes.append(try hash.integer("a hash", in: 0...1_000_000_000))
      }
      requests.append(request)
    }
    guard !requests.isEmpty else { throw node.error("expected requests, found none") }
    return requests
  }
}
