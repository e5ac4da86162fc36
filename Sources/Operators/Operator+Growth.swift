internal import Quantities

extension Operator {
  /// The operator so many steps after this one, `next` being that of the step after it.
  ///
  /// All counts of an operator over the cache grow by the same amount with every token, so that two steps tell of
  /// all others, until a window is full: then it grows no more. Whole numbers below 2^53 stay exact.
  public func advanced(by steps: Double, toward next: Operator) -> Operator {
    func grown(_ first: Double, _ second: Double) -> Double { first + (second - first) * steps }
    var copy = self
    copy.flops.value = grown(flops.value, next.flops.value)
    copy.vectorFLOPs.value = grown(vectorFLOPs.value, next.vectorFLOPs.value)
    copy.heldElements = grown(heldElements, next.heldElements)
    for (index, (first, second)) in zip(operands, next.operands).enumerated() {
      copy.operands[index].elements = grown(first.elements, second.elements)
    }
    if case .overCache(var shape) = kernel {
      shape.context += steps
      copy.kernel = .overCache(shape)
    }
    return copy
  }
}
