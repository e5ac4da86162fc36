/// What a fleet did over time, in intervals of equal length that widen with the run.
package struct Timeline: Sendable, Hashable {
  /// What happened in an interval: sums over its time, and tokens.
  package struct Interval: Sendable, Hashable {
    /// Requests times seconds.
    package internal(set) var waiting = 0.0, running = 0.0
    /// Share of the pools times seconds.
    package internal(set) var used = 0.0
    /// Seconds that passed.
    package internal(set) var seconds = 0.0
    /// Tokens of prompts that were computed, and tokens that were produced.
    package internal(set) var filled = 0, delivered = 0

    /// Nothing happened.
    public init() {}

    /// Two intervals as one.
    public static func + (a: Interval, b: Interval) -> Interval {
      var sum = a
      sum.waiting += b.waiting
      sum.running += b.running
      sum.used += b.used
      sum.seconds += b.seconds
      sum.filled += b.filled
      sum.delivered += b.delivered
      return sum
    }
  }

  /// When the first interval begins.
  package internal(set) var start = 0.0
  /// Seconds of an interval.
  package private(set) var width = 0.125
  /// The intervals; the last one may be shorter.
  package private(set) var intervals = [Interval()]
  /// Seconds of the last interval so far.
  private var filledTo = 0.0

  private static let limit = 4096

  /// Lets time pass in which nothing changes.
  mutating func spend(_ time: Double, waiting: Double, running: Double, used: Double) {
    var rest = time
    while rest > 0 {
      if filledTo >= width { open(rest) }
      let part = min(rest, width - filledTo)
      let last = intervals.count - 1
      intervals[last].waiting += part * waiting
      intervals[last].running += part * running
      intervals[last].used += part * used
      intervals[last].seconds += part
      filledTo += part
      rest -= part
      if part <= 0 { return }
    }
  }

  /// Begins an interval; where there are too many, or `rest` seconds would make them so, each takes two in.
  private mutating func open(_ rest: Double) {
    while Double(intervals.count) + rest / width > Double(Self.limit) {
      let isOdd = intervals.count % 2 == 1
      var merged: [Interval] = []
      for index in stride(from: 0, to: intervals.count - 1, by: 2) {
        merged.append(intervals[index] + intervals[index + 1])
      }
      if isOdd, let last = intervals.last { merged.append(last) }
      intervals = merged
      width *= 2
      filledTo = isOdd ? width / 2 : width
      if isOdd { return }
    }
    intervals.append(Interval())
    filledTo = 0
  }

  mutating func fill(_ tokens: Int) { intervals[intervals.count - 1].filled += tokens }

  mutating func deliver(_ tokens: Int) { intervals[intervals.count - 1].delivered += tokens }

  mutating func finish() {
    if let last = intervals.last, last.seconds == 0, intervals.count > 1 { intervals.removeLast() }
  }
}
