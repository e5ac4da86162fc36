internal import Jobs

/// Work that is shared among the processors that this process may use (`taskset` can make them fewer).
enum Threads {
  /// The arithmetic (FLOPs) that makes one more thread worth waking: about a tenth of a millisecond's.
  private static let worthwhile = 16_000_000

  /// Calls `body` with consecutive parts of 0..<`count`, which make up all of it, at the same time.
  ///
  /// `work` is the arithmetic of all parts in FLOPs; small work stays in this thread. The parts must not write what
  /// another one reads or writes.
  static func share(_ count: Int, work: Int, _ body: (Range<Int>) -> Void) {
    let parts = max(1, min(count, work / worthwhile, processors, Workers.limit))
    Workers(threads: parts).run(parts) { part, _ in body(part * count / parts..<(part + 1) * count / parts) }
  }
}
