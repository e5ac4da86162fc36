extension Timeline {
  /// A stretch of time and what happened in it, in the mean.
  package struct Part: Sendable {
    /// The middle of the stretch, in seconds since the beginning.
    package let time: Double
    /// Requests that ran and that waited.
    package let running, waiting: Double
    /// The share of the cache that was taken.
    package let used: Double
    /// Tokens of prompts and of answers a second.
    package let filled, delivered: Double
  }

  /// The intervals, so many of them taken together that there are at most `most`; those in which no time passed are left out.
  package func parts(atMost most: Int) -> [Part] {
    let merged = max(1, (intervals.count + most - 1) / most)
    return stride(from: 0, to: intervals.count, by: merged).compactMap { start in
      let sum = intervals[start..<min(intervals.count, start + merged)].reduce(Interval(), +)
      guard sum.seconds > 0 else { return nil }
      return Part(
        time: Double(start) * width + sum.seconds / 2, running: sum.running / sum.seconds,
        waiting: sum.waiting / sum.seconds, used: sum.used / sum.seconds, filled: Double(sum.filled) / sum.seconds,
        delivered: Double(sum.delivered) / sum.seconds)
    }
  }
}
