internal import Quantities

/// How far a run over many items is: a bar, the count, the rate and the time left.
package struct Progress: Sendable, Hashable {
  /// Items that are done, failed ones among them, and all items.
  package var done, total: Int
  /// Items that failed.
  package var failed: Int
  /// Seconds since the start.
  package var seconds: Double

  /// A state of a run.
  package init(done: Int, total: Int, failed: Int, seconds: Double) {
    (self.done, self.total, self.failed, self.seconds) = (done, total, failed, seconds)
  }

  /// Items in a second, on average since the start; nil until there is one.
  package var rate: Double? { done > 0 && seconds > 0 ? Double(done) / seconds : nil }

  /// The time that the rest takes at this rate; nil until there is one.
  package var secondsLeft: Double? { rate.map { Double(total - done) / $0 } }

  /// One line of at most `width` characters, without the bar where there is no room for it.
  package func text(width: Int) -> String {
    var parts = ["\(done) of \(total) images"]
    if failed > 0 { parts[0] += ", \(failed) skipped" }
    if let rate { parts.append(rate < 1 ? "\((1 / rate).fixed(1)) s each" : "\(rate.fixed(1))/s") }
    if let secondsLeft, done < total { parts.append("\(Self.clock(secondsLeft)) left") }
    let text = parts.joined(separator: "  ")
    // The last column stays free: some terminals begin a new line there.
    let room = min(30, width - text.count - 4)
    guard room >= 5 else { return String(text.prefix(max(0, width - 1))) }
    let filled = total > 0 ? min(room, room * done / total) : room
    return "[\(String(repeating: "#", count: filled))\(String(repeating: "-", count: room - filled))] \(text)"
  }

  /// A time as `1:02:03` or `2:03`.
  private static func clock(_ seconds: Double) -> String {
    let whole = Int(min(359_999, max(0, seconds.rounded(.up))))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let hours = whole / 3600
    return hours > 0
      ? "\(hours):\(two(whole / 60 % 60)):\(two(whole % 60))" : "\(whole / 60):\(two(whole % 60))"
  }
}
