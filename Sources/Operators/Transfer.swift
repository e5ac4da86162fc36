/// What one device sends to others in a collective operation; it receives as much meanwhile.
public struct Transfer: Sendable, Hashable {
  /// Elements that the device sends.
  public var elements: Double
  /// How wide they are.
  public var storage: Operand.Storage
  /// Messages that follow each other, each of which waits for the link's latency.
  public var messages: Double

  /// A transfer of so many elements in so many messages.
  public init(elements: Double, storage: Operand.Storage = .activation, messages: Double) {
    self.elements = elements
    self.storage = storage
    self.messages = messages
  }
}

extension Operator {
  /// The sum of a tensor over devices, known to all of them in the end, along a ring: 2 (N - 1) / N of it is sent, in
  /// 2 (N - 1) messages (Patarasuk and Yuan, 2009; NCCL's ring). In place: no memory but the tensor's own.
  public static func allReduce(_ name: String, elements: Double, devices: Int, holding: Double = 0) -> Operator {
    let count = Double(devices)
    return collective(
      name, Transfer(elements: 2 * (count - 1) / count * elements, messages: 2 * (count - 1)),
      vectorFLOPs: VectorWork.add * (count - 1) / count * elements, holding: elements + holding)
  }

  /// The parts of a tensor of so many elements in all, gathered on every device along a ring: (N - 1) / N of it is
  /// sent, in N - 1 messages.
  public static func allGather(_ name: String, elements: Double, devices: Int, holding: Double = 0) -> Operator {
    let count = Double(devices)
    return collective(
      name, Transfer(elements: (count - 1) / count * elements, messages: count - 1), holding: elements + holding)
  }

  /// Elements for all devices, each device getting others; the share that stays is not sent. N - 1 messages.
  public static func allToAll(
    _ name: String, elements: Double, devices: Int, storage: Operand.Storage = .activation, holding: Double = 0
  ) -> Operator {
    let count = Double(devices)
    return collective(
      name, Transfer(elements: (count - 1) / count * elements, storage: storage, messages: count - 1),
      holding: elements + holding)
  }

  /// Elements that one device passes to the next in one message.
  public static func pass(_ name: String, elements: Double) -> Operator {
    collective(name, Transfer(elements: elements, messages: 1), holding: elements)
  }

  private static func collective(
    _ name: String, _ transfer: Transfer, vectorFLOPs: Double = 0, holding: Double
  ) -> Operator {
    var operation = Operator(name, vectorFLOPs: vectorFLOPs, kernel: .collective, operands: [], holding: holding)
    operation.transfer = transfer
    return operation
  }
}
