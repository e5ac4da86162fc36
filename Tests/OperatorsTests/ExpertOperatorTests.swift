import Operators
import Quantities
import Testing

@Suite("Routing to experts and adding up what they say")
struct ExpertOperatorTests {
  private func elements(_ operation: Operator) -> [Double] {
    let traffic = operation.cost(at: .fp16).traffic
    return [traffic.activationsRead.value / 2, traffic.activationsWritten.value / 2]
  }

  @Test("a softmax of 8 scores a row, 2 choices written with their weights")
  func routing() {
    let routing = Operator.routing("router", rows: 3, experts: 8, perToken: 2)
    #expect(routing.vectorFLOPs == FLOPs(5 * 3 * 8))  // maximum, subtraction, exponential, sum, division
    #expect(elements(routing) == [24, 12])
  }

  @Test("a sigmoid a row and a product an element")
  func weighting() {
    let weighting = Operator.weighting("shared", rows: 3, width: 10)
    #expect(weighting.vectorFLOPs == FLOPs(4 * 3 + 30))
    #expect(elements(weighting) == [33, 30])
  }

  @Test("two results of each of 30 elements: two products, one sum; a sum more for each other tensor")
  func combination() {
    let alone = Operator.combination("sum", rows: 3, width: 10, perToken: 2, adding: 0)
    #expect(alone.vectorFLOPs == FLOPs(60 + 30))
    #expect(elements(alone) == [60 + 6, 30])  // the results and a weight for each of 3 x 2 choices
    let residual = Operator.combination("sum", rows: 3, width: 10, perToken: 2, adding: 1)
    #expect(residual.vectorFLOPs == FLOPs(60 + 30 + 30))
    #expect(elements(residual) == [60 + 6 + 30, 30])
  }
}
