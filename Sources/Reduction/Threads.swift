internal import CKernels

/// Work that is shared among the processors that this process may use (`taskset` can make them fewer).
///
/// Threads are started when there is first enough to do, and stay: a command that does not reduce starts none.
enum Threads {
  /// The arithmetic (FLOPs) that makes one more thread worth waking: about a tenth of a millisecond's.
  private static let worthwhile = 16_000_000
  /// As many threads as `kernels_parallel` ever starts: more parts than these would wait for each other.
  private static let most = 64

  /// Calls `body` with consecutive parts of 0..<`count`, which make up all of it, at the same time.
  ///
  /// `work` is the arithmetic of all parts in FLOPs; small work stays in this thread. The parts must not write what
  /// another one reads or writes.
  static func share(_ count: Int, work: Int, _ body: (Range<Int>) -> Void) {
    let parts = max(1, min(count, work / worthwhile, Int(kernels_processors()), most))
    guard parts > 1 else { return body(0..<count) }
    withoutActuallyEscaping(body) { body in
      var call = { (part: Int) in body(part * count / parts..<(part + 1) * count / parts) }
      withUnsafeMutablePointer(to: &call) { call in
        kernels_parallel(Int32(clamping: parts), call) { context, part in
          context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(part))
        }
      }
    }
  }
}
