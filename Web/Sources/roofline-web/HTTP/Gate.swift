internal import Dispatch
internal import Synchronization

/// Lets so many answers be made at a time and the others wait for their turn.
final class Gate: Sendable {
  private let turns: DispatchSemaphore
  private let waiting = Mutex(0)

  init(_ count: Int) { turns = DispatchSemaphore(value: count) }

  /// Calls `work` when it is its turn.
  ///
  /// - Throws: `Refusal` if too many wait, or it takes too long; and as `work` does.
  func pass<Result>(_ work: () throws(Refusal) -> Result) throws(Refusal) -> Result {
    let place = waiting.withLock { count in
      count += 1
      return count
    }
    let isOurs = place <= Limits.waiting && turns.wait(timeout: .now() + .seconds(Limits.turnSeconds)) == .success
    waiting.withLock { $0 -= 1 }
    guard isOurs else { throw Refusal(.busy, "too many questions at a time; ask again in a moment") }
    defer { turns.signal() }
    return try work()
  }
}
