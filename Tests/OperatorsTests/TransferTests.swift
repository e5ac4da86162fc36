import Operators
import Quantities
import Testing

/// What a device of four sends of a tensor of 1000 elements. NCCL's ring: performance.md of nccl-tests, bus bandwidth.
@Suite("Transfers between devices")
struct TransferTests {
  private func sent(_ operation: Operator) -> [Double] {
    [operation.transfer.elements, operation.transfer.ringElements, operation.transfer.messages]
  }

  @Test("a sum known to all: every element told once, 2 x 3/4 of them along a ring in 2 x 3 messages")
  func allReduce() {
    let reduce = Operator.allReduce("reduce", elements: 1000, devices: 4, holding: 7)
    #expect(sent(reduce) == [1000, 1500, 6])
    #expect(reduce.vectorFLOPs == FLOPs(750))  // each device adds three others' parts of its quarter
    #expect(reduce.heldElements == 1007)
    #expect(!reduce.transfer.areInputs)
  }

  @Test("parts gathered by all: 3/4 comes from others, in three messages")
  func allGather() {
    let gather = Operator.allGather("gather", elements: 1000, devices: 4, holding: 7)
    #expect(sent(gather) == [750, 750, 3])
    #expect(gather.vectorFLOPs == .zero)
    #expect(gather.heldElements == 1007)
  }

  @Test("other elements for each: what is a copy or can be summed crosses the link once")
  func allToAll() {
    let all = Operator.allToAll("all", elements: 1000, distinct: 1000, devices: 4)
    #expect(sent(all) == [750, 750, 3])
    let distinct = Operator.allToAll("some", elements: 1000, distinct: 300, devices: 4, areInputs: true, holding: 7)
    #expect(sent(distinct) == [300, 750, 3])
    #expect(distinct.transfer.areInputs)
    #expect(distinct.heldElements == 1007)
  }

  @Test("to the next device in one message")
  func pass() {
    let pass = Operator.pass("pass", elements: 1000)
    #expect(sent(pass) == [1000, 1000, 1])
    #expect(pass.heldElements == 1000)
    #expect(sent(Operator.sum("sum", elements: 10)) == [0, 0, 0])
  }
}
