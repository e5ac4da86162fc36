import LinearAlgebra
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

  @Test func noThreadsAreOne() { #expect(Workers(threads: -3).count == 1) }

  @Test func neverMoreThanTheLimit() { #expect(Workers(threads: 1_000_000).count <= Workers.limit) }
}
