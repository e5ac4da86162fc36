internal import Architectures
internal import Operators

/// What is known of the limits of requests to one setting, and storage for the operators of those that are tried.
struct LimitMemory: Sendable {
  /// All of a request but its batch.
  private struct Request: Hashable {
    var visual: TokenSchedule
    var encoder: TokenSchedule?
    var images, text, context, output: Int
    var reducer: String?

    init(_ workload: Workload, _ reducer: String?) {
      self.reducer = reducer
      (visual, encoder, images) = (workload.visualTokens, workload.encoderTokens, workload.images)
      (text, context, output) = (workload.textTokens, workload.context, workload.outputTokens)
    }
  }

  /// More are not held.
  private static let limit = 4096
  private var batches: [Request: Int] = [:]
  /// The operators of the prefill and of the last step of what is tried.
  var prefill = OperatorList(), step = OperatorList()

  /// The largest batch of such requests, found once for all batches.
  mutating func batch(of workload: Workload, _ reducer: String?, or find: (inout LimitMemory) -> Int) -> Int {
    let request = Request(workload, reducer)
    if let known = batches[request] { return known }
    let found = find(&self)
    if batches.count >= Self.limit { batches.removeAll() }
    batches[request] = found
    return found
  }
}
