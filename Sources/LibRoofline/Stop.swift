internal import RooflineKit

/// Whether the caller has had enough, asked of it at most ten times a second.
final class Stop: Sendable {
  /// A function of the caller's, with what it wants to be told.
  private struct Question: @unchecked Sendable {
    let ask: @convention(c) (UnsafeMutableRawPointer?) -> Int32
    let context: UnsafeMutableRawPointer?
  }

  private struct State {
    var isStopped = false
    var last = ContinuousClock.now
  }

  private let question: Question?
  private let state = Locked(State())

  init(_ ask: (@convention(c) (UnsafeMutableRawPointer?) -> Int32)?, _ context: UnsafeMutableRawPointer?) {
    question = ask.map { Question(ask: $0, context: context) }
  }

  func isAsked() -> Bool {
    guard let question else { return false }
    return state.withLock { state in
      let now = ContinuousClock.now
      if !state.isStopped, now - state.last > .milliseconds(100) {
        state.last = now
        state.isStopped = question.ask(question.context) != 0
      }
      return state.isStopped
    }
  }
}
