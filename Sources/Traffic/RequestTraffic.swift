/// The requests that a fleet gets: made one by one from distributions, or listed.
///
/// A value that starts anew for everyone who copies it; the same seed makes the same requests.
public struct RequestTraffic: Sendable {
  /// How requests come.
  public enum Arriving: Sendable, Hashable {
    /// At a mean rate, in requests a second; beyond `inFlight` inside at once they wait at their clients.
    case rate(Double, ArrivalProcess, inFlight: Int? = nil)
    /// From so many clients, each of which sends its next request when its last one ends.
    case clients(Int)
    /// At their own times.
    case listed(inFlight: Int? = nil)
  }

  /// Prompts that begin alike: a system prompt, say.
  public struct Shared: Sendable, Hashable {
    /// Tokens that all requests of a group share.
    public var tokens: Int
    /// How many groups there are; a request is of any, with equal probability.
    public var groups: Int

    /// So many equal tokens before the prompts of a group.
    public init(tokens: Int, groups: Int = 1) { (self.tokens, self.groups) = (tokens, groups) }
  }

  /// The pictures of requests.
  public struct Pictures: Sendable, Hashable {
    /// How many a request has.
    public var count: LengthDistribution
    /// Visual tokens of each.
    public var tokens: LengthDistribution
    /// Seconds that each takes in the vision tower and whatever stands behind it.
    public var seconds: Double

    /// Pictures, and what the tower takes for each.
    public init(count: LengthDistribution, tokens: LengthDistribution, seconds: Double) {
      (self.count, self.tokens, self.seconds) = (count, tokens, seconds)
    }
  }

  /// How requests come.
  public var arriving: Arriving
  /// How many there are.
  public let count: Int
  /// What begins prompts; part of their text.
  public var shared: Shared?
  /// The pictures of requests; nil without.
  public var pictures: Pictures?
  /// Text tokens of a prompt, and tokens to produce.
  public var text, output: LengthDistribution
  /// What decides all draws.
  public let seed: UInt64
  private let listed: [ServedRequest]?

  private var gaps, texts, outputs, counts, visualTokens, groups: Draws
  private var next = 0
  private var clock = 0.0

  /// So many requests of drawn lengths.
  public init(
    _ arriving: Arriving, count: Int, text: LengthDistribution, output: LengthDistribution, pictures: Pictures? = nil,
    shared: Shared? = nil, seed: UInt64 = 0
  ) {
    self.init(arriving, count, text, output, pictures, shared, seed, nil)
  }

  /// Requests that are known, in the order of their numbers; unless clients send them, their arrivals never fall.
  public init(_ requests: [ServedRequest], _ arriving: Arriving = .listed(), seed: UInt64 = 0) {
    self.init(arriving, requests.count, LengthDistribution(1), LengthDistribution(1), nil, nil, seed, requests)
  }

  private init(
    _ arriving: Arriving, _ count: Int, _ text: LengthDistribution, _ output: LengthDistribution, _ pictures: Pictures?,
    _ shared: Shared?, _ seed: UInt64, _ listed: [ServedRequest]?
  ) {
    (self.arriving, self.count, self.text, self.output) = (arriving, count, text, output)
    (self.pictures, self.shared, self.seed, self.listed) = (pictures, shared, seed, listed)
    gaps = Draws(seed: seed, .gaps)
    texts = Draws(seed: seed, .text)
    outputs = Draws(seed: seed, .output)
    counts = Draws(seed: seed, .pictures)
    visualTokens = Draws(seed: seed, .visualTokens)
    groups = Draws(seed: seed, .groups)
  }

  /// The requests in the order of their arrivals; equal ones keep their order.
  public static func inOrder(_ requests: [ServedRequest]) -> [ServedRequest] {
    let isSorted = zip(requests, requests.dropFirst()).allSatisfy { $0.arrival <= $1.arrival }
    guard !isSorted else { return requests }
    let order = requests.indices.sorted { (requests[$0].arrival, $0) < (requests[$1].arrival, $1) }
    return order.map { requests[$0] }
  }

  /// Whether hashes say what prompts hold.
  public var hasHashes: Bool { listed?.contains { !$0.hashes.isEmpty } ?? false }

  /// How many clients send; nil in an open loop.
  public var clients: Int? {
    if case .clients(let count) = arriving { return count }
    return nil
  }

  /// How many requests may be inside at once; nil without a limit.
  public var inFlight: Int? {
    switch arriving {
    case .rate(_, _, let limit), .listed(let limit): limit
    case .clients: nil
    }
  }

  /// Tokens of a prompt and of the answer, in the mean.
  public var meanLengths: (prompt: Double, output: Double) {
    if let listed {
      let count = Double(max(1, listed.count))
      return (
        listed.reduce(0) { $0 + Double($1.prompt) } / count, listed.reduce(0) { $0 + Double($1.output) } / count
      )
    }
    let visual = pictures.map { $0.count.mean * $0.tokens.mean } ?? 0
    return (text.mean + visual, output.mean)
  }

  /// The next request, by number; nil behind the last.
  public mutating func nextRequest() -> ServedRequest? {
    guard next < count else { return nil }
    defer { next += 1 }
    var request = listed?[next] ?? drawn()
    if case .rate(let rate, let process, _) = arriving {
      clock += process.gap(before: next, rate: rate, &gaps)
      request.arrival = clock
    }
    return request
  }

  private mutating func drawn() -> ServedRequest {
    var request = ServedRequest(
      prompt: text.draw(&texts), output: max(1, output.draw(&outputs)))
    if let shared, shared.tokens > 0 {
      request.group = shared.groups > 1 ? Int(groups.uniform() * Double(shared.groups)) : 0
      request.shared = min(shared.tokens, request.prompt)
    }
    if let pictures {
      let images = pictures.count.draw(&counts)
      for _ in 0..<images { request.visual += pictures.tokens.draw(&visualTokens) }
      request.tower = Double(images) * pictures.seconds
      request.prompt += request.visual
    }
    request.prompt = max(1, request.prompt)
    return request
  }
}
