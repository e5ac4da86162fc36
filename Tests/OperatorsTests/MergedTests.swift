import Operators
import Testing

@Suite("Operators of several layers as one table")
struct MergedTests {
  private func step(_ name: StaticString, _ elements: Double, times: Int = 1) -> Operator {
    Operator(Operator.Name(stringLiteral: name), reading: elements).repeated(times)
  }

  @Test("equal ones are counted, others of the same name stand beside each other, new ones after what was before them")
  func merged() {
    let first = [step("norm", 1, times: 2), step("attention", 1), step("sum", 1)]
    let second = [step("norm", 2), step("router", 1), step("sum", 1, times: 3)]
    let table = (first + second + first).merged
    #expect(table.map { "\($0.name)" } == ["norm", "norm", "router", "attention", "sum"])
    #expect(table.map(\.moves.activationsRead) == [1, 2, 1, 1, 1])
    #expect(table.map(\.repeatCount) == [4, 1, 1, 2, 5])
  }

  @Test("what follows an operator of before stands behind it")
  func behind() {
    let table = [step("a", 1), step("b", 1), step("a", 1), step("c", 1), step("d", 1)].merged
    #expect(table.map { "\($0.name)" } == ["a", "c", "d", "b"])
  }
}
