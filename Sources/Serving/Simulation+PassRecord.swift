extension Simulation {
  /// A pass as it ran, for logs that compare schedulers.
  public struct PassRecord: Sendable {
    /// A request of a pass: its tokens, and those that were computed before.
    public struct Take: Sendable {
      public let number, take, computed: Int
    }

    /// The engine.
    public let engine: Int
    /// When it began and ended.
    public let start, end: Double
    /// The requests in the order of the pass.
    public let takes: [Take]
    /// The requests that lost their blocks while it was planned.
    public let victims: [Int]
    /// Free blocks, as planned.
    public let free: Int
    /// Requests that produced tokens, and how many.
    public internal(set) var delivered: [(number: Int, tokens: Int)] = []
    /// Requests that ended.
    public internal(set) var ended: [Int] = []

    init(_ engine: Int, _ pass: PlannedPass, _ jobs: borrowing Jobs) {
      self.engine = engine
      (start, end, victims, free) = (pass.start, pass.end, pass.victims, pass.free)
      var takes: [Take] = []
      for taken in pass.takes {
        takes.append(
          Take(number: jobs[Int(taken.slot)].number, take: Int(taken.take), computed: Int(taken.computed)))
      }
      self.takes = takes
    }

    /// The pass as a line of the log, without a line feed.
    public var json: String {
      let takes = takes.map { "[\($0.number), \($0.take), \($0.computed)]" }.joined(separator: ", ")
      let delivered = delivered.map { "[\($0.number), \($0.tokens)]" }.joined(separator: ", ")
      return "{\"instance\": \(engine), \"start\": \(start), \"end\": \(end), \"takes\": [\(takes)], "
        + "\"victims\": \(victims), \"free\": \(free), \"delivered\": [\(delivered)], \"ended\": \(ended)}"
    }
  }
}
