import CKernels
import Jobs
import Testing

@Suite("Threads that share work")
struct WorkersTests {
  /// Every piece is done once, whatever the numbers of threads and pieces, round after round.
  @Test(arguments: [1, 2, 3, 7, 64])
  func everyPieceOnce(threads: Int) {
    let workers = Workers(threads: threads)
    #expect((1...threads).contains(workers.count))
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: 1000)
    defer { counts.deallocate() }
    for pieces in [0, 1, 2, 5, 100, 1000] {
      counts.initialize(repeating: 0, count: 1000)
      for _ in 0..<20 {
        workers.run(pieces) { piece, thread in
          counts[piece] += (0..<workers.count).contains(thread) ? 1 : 1000
        }
      }
      #expect((0..<1000).allSatisfy { counts[$0] == ($0 < pieces ? 20 : 0) })
    }
  }

  /// A kind of kernel that one thread chooses holds for the threads that share its work, round by round.
  @Test func theKindOfKernelIsTheCallers() {
    let (workers, best) = (Workers(threads: 4), kernels_best_level())
    defer { kernels_use_level(best) }
    for level in [0, best, 0] {
      kernels_use_level(level)
      var found = [Int32](repeating: -1, count: 100)
      found.withUnsafeMutableBufferPointer { found in
        nonisolated(unsafe) let found = found
        workers.run(100) { piece, _ in found[piece] = kernels_level() }
      }
      #expect(found == [Int32](repeating: level, count: 100))
    }
  }

  @Test func noThreadsAreOne() { #expect(Workers(threads: -3).count == 1) }

  @Test func neverMoreThanTheLimit() { #expect(Workers(threads: 1_000_000).count <= Workers.limit) }
}
