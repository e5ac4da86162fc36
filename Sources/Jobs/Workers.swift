internal import CKernels

/// Threads of the program's pool that share the pieces of a piece of work, the caller's among them.
///
/// The pool starts threads when there is first enough to do, and keeps them. OpenBLAS has threads of its own, but they know
/// nothing of what lies between two products, and spin while they wait.
package struct Workers: Sendable {
  /// More threads than this are never started: OpenBLAS holds memory for so many callers.
  package static let limit = Int(kernels_most_threads)

  /// The threads that may work at a time, the caller's included; fewer do where the system has no more.
  package let count: Int

  /// At most `threads` threads, and at most `limit`.
  package init(threads: Int) { count = min(max(1, threads), Self.limit) }

  /// What is handed to the threads.
  private struct Round {
    let work: (Int, Int) -> Void
  }

  /// Calls `work` with every piece from 0 to `pieces` - 1, each on whichever thread is free, and with that thread's
  /// number; returns when all are done. Pieces may not touch what others write.
  package func run(_ pieces: Int, _ work: (_ piece: Int, _ thread: Int) -> Void) {
    guard count > 1, pieces > 1 else {
      for piece in 0..<max(0, pieces) { work(piece, 0) }
      return
    }
    withoutActuallyEscaping(work) { work in
      var round = Round(work: work)
      withUnsafeMutablePointer(to: &round) { round in
        kernels_share(pieces, Int32(count), round) { context, piece, thread in
          context?.assumingMemoryBound(to: Round.self).pointee.work(piece, Int(thread))
        }
      }
    }
  }
}
