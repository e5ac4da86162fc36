/// What one device sends to others in a collective operation; it receives as much meanwhile.
package struct Transfer: Sendable, Hashable {
  /// Elements that must cross the device's link in one direction, however the operation is done.
  package var elements: Double
  /// Elements that a ring of devices has each of them send.
  package var ringElements: Double
  /// Messages of a ring that follow each other.
  package var messages: Double
  /// Whether the elements are as wide as the inputs of a quantised product; else they are other activations.
  package var areInputs = false

  /// Nothing.
  package static let none = Transfer(elements: 0, ringElements: 0, messages: 0)
}

extension Operator {
  /// What it sends to other devices.
  package var transfer: Transfer {
    if case .collective(let transfer) = kernel { return transfer }
    return .none
  }

  /// The sum of a tensor over devices, known to all of them in the end.
  ///
  /// Every device must tell the others of each of its elements, if only once, to a switch that adds them up. Along a
  /// ring 2 (N - 1) / N of them are sent in 2 (N - 1) messages (Patarasuk and Yuan, 2009; NCCL's ring). In place: no
  /// memory but the tensor's own.
  public static func allReduce(_ name: Operator.Name, elements: Double, devices: Int, holding: Double = 0) -> Operator {
    let count = Double(devices)
    return collective(
      name,
      Transfer(elements: elements, ringElements: 2 * (count - 1) / count * elements, messages: 2 * (count - 1)),
      vectorFLOPs: VectorWork.add * (count - 1) / count * elements, holding: elements + holding)
  }

  /// The parts of a tensor of so many elements in all, gathered on every device: (N - 1) / N of it is received, along a
  /// ring in N - 1 messages.
  public static func allGather(_ name: Operator.Name, elements: Double, devices: Int, holding: Double = 0) -> Operator {
    collective(name, exchange(elements, devices), holding: elements + holding)
  }

  /// Elements for all devices, each device getting others; the share that stays is not sent. N - 1 messages.
  ///
  /// - Parameters:
  ///   - name: what breakdowns call it.
  ///   - elements: how many all devices hold together.
  ///   - distinct: how many elements must cross the link where several are copies for one device, or can be summed up
  ///     before they come back.
  ///   - devices: how many there are.
  ///   - areInputs: whether they are as wide as a quantised product's inputs.
  ///   - holding: elements of activations that stay alive meanwhile.
  public static func allToAll(
    _ name: Operator.Name, elements: Double, distinct: Double, devices: Int, areInputs: Bool = false,
    holding: Double = 0
  ) -> Operator {
    var transfer = exchange(elements, devices)
    transfer.elements = min(transfer.elements, distinct)
    transfer.areInputs = areInputs
    return collective(name, transfer, holding: elements + holding)
  }

  /// Elements that one device passes to the next in one message.
  public static func pass(_ name: Operator.Name, elements: Double) -> Operator {
    collective(name, Transfer(elements: elements, ringElements: elements, messages: 1), holding: elements)
  }

  private static func exchange(_ elements: Double, _ devices: Int) -> Transfer {
    let sent = Double(devices - 1) / Double(devices) * elements
    return Transfer(elements: sent, ringElements: sent, messages: Double(devices - 1))
  }

  private static func collective(
    _ name: Operator.Name, _ transfer: Transfer, vectorFLOPs: Double = 0, holding: Double
  ) -> Operator {
    Operator(name, vectorFLOPs: vectorFLOPs, kernel: .collective(transfer), holding: holding)
  }
}
