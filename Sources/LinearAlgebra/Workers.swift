internal import CKernels

/// Threads that share the pieces of a piece of work, the caller's among them.
///
/// OpenBLAS has threads of its own, but they know nothing of what lies between two products, and spin while they wait.
public final class Workers {
  /// More threads than this are never started: OpenBLAS holds memory for so many callers.
  public static let limit = 64
  /// The processors that this program may use.
  public static var processors: Int { Int(kernels_processors()) }

  private let handle: OpaquePointer?
  /// The threads that work; fewer than were asked for where the system has no more.
  public let count: Int

  /// Starts `threads` - 1 threads, at most `limit` - 1.
  public init(threads: Int) {
    handle = kernels_workers_start(Int32(clamping: min(max(1, threads), Self.limit)))
    count = handle.map { Int(kernels_workers_count($0)) } ?? 1
  }

  deinit { if let handle { kernels_workers_stop(handle) } }

  /// What a round of work hands to the threads.
  private struct Round {
    let work: (Int, Int) -> Void
  }

  /// Calls `work` with every piece from 0 to `pieces` - 1, each on whichever thread is free, and with that thread's
  /// number; returns when all are done. Pieces may not touch what others write.
  public func run(_ pieces: Int, _ work: (_ piece: Int, _ thread: Int) -> Void) {
    guard let handle, count > 1, pieces > 1 else {
      for piece in 0..<max(0, pieces) { work(piece, 0) }
      return
    }
    withoutActuallyEscaping(work) { work in
      var round = Round(work: work)
      withUnsafeMutablePointer(to: &round) { round in
        kernels_workers_run(
          handle, pieces,
          { context, piece, thread in
            context.assumingMemoryBound(to: Round.self).pointee.work(piece, Int(thread))
          }, round)
      }
    }
  }
}
