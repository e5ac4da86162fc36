import Operators
import Quantities
import Testing

@Suite("Costs and traffic")
struct CostTests {
  /// In bytes as many as these and the four numbers that follow.
  private func traffic(_ first: Double) -> Traffic {
    Traffic(
      Moves(
        weights: first, activationsRead: first + 1, activationsWritten: first + 2, cacheRead: first + 3,
        cacheWritten: first + 4), Widths(Precision(.int8)))
  }

  @Test("sums, differences and multiples part by part")
  func arithmetic() {
    let sum = traffic(10) + traffic(100)
    #expect(sum.weights == Bytes(110))
    #expect(sum.activationsRead == Bytes(112))
    #expect(sum.activationsWritten == Bytes(114))
    #expect(sum.cacheRead == Bytes(116))
    #expect(sum.cacheWritten == Bytes(118))
    #expect(sum.total == Bytes(110 + 112 + 114 + 116 + 118))
    #expect(sum - traffic(100) == traffic(10))
    #expect((traffic(10) * 3).cacheWritten == Bytes(42))
    #expect(Traffic.zero.total == .zero)
    #expect(traffic(10) + .zero == traffic(10))
  }

  @Test("every operand moves in its role at its width")
  func operands() {
    let moves = Moves(
      quantizedWeights: 10, weights: 1, tableWeights: 5, inputsRead: 1000, activationsRead: 100,
      activationsWritten: 10_000, cacheRead: 1_000_000, cacheWritten: 10_000_000
    ).writing(100_000, to: .productInput)
    let operation = Operator("all", moving: moves)
    var precision = Precision.int8
    precision.cacheBits = 4
    let moved = operation.cost(at: precision).traffic
    #expect(moved.weights == Bytes((1 + 5) * 2 + 10 * 1))
    #expect(moved.activationsRead == Bytes(100 * 2 + 1000 * 1))
    #expect(moved.activationsWritten == Bytes(10_000 * 2 + 100_000 * 1))
    #expect(moved.cacheRead == Bytes(500_000))
    #expect(moved.cacheWritten == Bytes(5_000_000))
  }

  @Test("what is written goes where it is wanted")
  func destinations() {
    let moves = Moves(activationsRead: 3).writing(5).writing(7, to: .productInput).writing(11, to: .cache)
    #expect(moves.activationsRead == 3 && moves.activationsWritten == 5)
    #expect(moves.inputsWritten == 7 && moves.cacheWritten == 11)
  }

  @Test("an operator's counts are those of one occurrence")
  func repeated() {
    let once = Operator.matmul("a", rows: 1, inner: 2, columns: 3)
    let often = once.repeated(32)
    #expect(often.repeatCount == 32)
    #expect(often.flops == once.flops)
    #expect(often.cost(at: .fp16) == once.cost(at: .fp16))
  }

  @Test("work at a headline peak is all at that peak")
  func headline() {
    #expect(Arithmetic.headline.units(at: .int8) == (.headline(.int8), .headline(.int8)))
  }
}
