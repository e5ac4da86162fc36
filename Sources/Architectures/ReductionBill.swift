package import Operators

/// What making visual tokens fewer costs: work on the device, and kernels that a host may have to launch one by one.
package struct ReductionBill: Sendable, Hashable {
  /// The steps, as fused kernels would do them.
  package private(set) var operators: [Operator] = []
  /// Kernels that released code launches for them.
  package private(set) var launches = 0.0

  /// Nothing.
  package init() {}

  /// Adds steps, and the kernels that they take; without a count one for every step.
  package mutating func add(_ steps: [Operator], launches: Double? = nil) {
    operators += steps
    self.launches += launches ?? steps.reduce(0) { $0 + Double($1.repeatCount) }
  }
}
