public import Quantities

/// A step of a model's work: what it computes and what it moves, counted in FLOPs and elements.
///
/// It knows neither hardware nor precision: `cost(at:)` turns elements into bytes. All counts are those of one
/// occurrence; `repeatCount` says how often it occurs. It is a flat value: making and pricing one allocates nothing.
public struct Operator: Sendable, Hashable {
  /// The dotted name, for example `attention.qkv`.
  public var name: Operator.Name
  /// How many times the operator occurs, once per layer of equal shape.
  public var repeatCount = 1
  /// FLOPs of matrix products as papers and torch count them, what a mask hides included; a multiply-add is two.
  public var flops: FLOPs
  /// FLOPs of everything else: softmax, norms, activations, rotations, sums.
  public var vectorFLOPs: FLOPs
  /// Of both those that a kernel must execute: what a causal mask or a window leaves, else all.
  public var executedFLOPs, executedVectorFLOPs: FLOPs
  /// Where and in which format the FLOPs are computed.
  package var arithmetic = Arithmetic.unquantized
  /// What kind of kernel runs it.
  package var kernel = Kernel.other
  /// The elements that it moves to and from memory.
  package var moves: Moves
  /// Elements of activations that must stay in memory during this step although it does not touch them.
  public var heldElements: Double

  /// An operator from its parts; the factories beside this file (`matmul`, `fusedAttention`, ...) are what tables use.
  package init(
    _ name: Operator.Name, flops: Double = 0, vectorFLOPs: Double = 0, arithmetic: Arithmetic = .unquantized,
    kernel: Kernel = .other, moving moves: Moves = Moves(), holding heldElements: Double = 0
  ) {
    self.name = name
    self.flops = FLOPs(flops)
    self.vectorFLOPs = FLOPs(vectorFLOPs)
    (executedFLOPs, executedVectorFLOPs) = (self.flops, self.vectorFLOPs)
    self.arithmetic = arithmetic
    self.kernel = kernel
    self.moves = moves
    self.heldElements = heldElements
  }

  /// A step that reads and writes activations alone, so many elements.
  public init(
    _ name: Operator.Name, flops: Double = 0, vectorFLOPs: Double = 0, reading reads: Double,
    writing writes: Double = 0, holding heldElements: Double = 0
  ) {
    self.init(
      name, flops: flops, vectorFLOPs: vectorFLOPs, kernel: .other, reading: reads, writing: writes,
      holding: heldElements)
  }

  /// The same in a kernel of some kind.
  package init(
    _ name: Operator.Name, flops: Double = 0, vectorFLOPs: Double = 0, kernel: Kernel, reading reads: Double,
    writing writes: Double = 0, holding heldElements: Double = 0
  ) {
    self.init(
      name, flops: flops, vectorFLOPs: vectorFLOPs, kernel: kernel,
      moving: Moves(activationsRead: reads, activationsWritten: writes), holding: heldElements)
  }

  /// Whether one occurrence costs as much as one of another, whatever both are called.
  public func costsAsMuch(as other: Operator) -> Bool {
    flops == other.flops && vectorFLOPs == other.vectorFLOPs && executedFLOPs == other.executedFLOPs
      && moves == other.moves
      && arithmetic == other.arithmetic && kernel == other.kernel && heldElements == other.heldElements
  }

  /// The same operator, occurring so many times.
  public func repeated(_ count: Int) -> Operator {
    var copy = self
    copy.repeatCount = count
    return copy
  }
}

/// How an operator's FLOPs are computed.
package enum Arithmetic: Sendable, Hashable, CaseIterable {
  /// Products on the matrix units in the precision's format for quantised products; the rest on the vector units.
  case quantizedProduct
  /// Products on the matrix units in the precision's unquantised format; the rest on the vector units.
  case unquantized
  /// Everything at one headline peak, INT8 where weights, activations and cache have at most 8 bits, else FP16.
  case headline
}

/// The elements that an operator moves, by what they are, each read or written once.
@usableFromInline package struct Moves: Sendable, Hashable {
  /// Weights of quantised products.
  @usableFromInline package var quantizedWeights = 0.0
  /// Weights of quantised products of experts, which a checkpoint may store in a format of their own.
  @usableFromInline package var expertWeights = 0.0
  /// Weights that are never quantised.
  @usableFromInline package var weights = 0.0
  /// Weights of the head, which are never quantised but by engines whose files are.
  @usableFromInline package var headWeights = 0.0
  /// Unquantised weights of a table of which only some rows are read, or that were made of others beforehand: they are
  /// traffic, but no count of the model's parameters.
  @usableFromInline package var tableWeights = 0.0
  /// Inputs of a quantised product that it reads.
  @usableFromInline package var inputsRead = 0.0
  /// Inputs of the quantised product that follows, written for it.
  @usableFromInline package var inputsWritten = 0.0
  /// Other activations that are read.
  @usableFromInline package var activationsRead = 0.0
  /// Other activations that are written.
  @usableFromInline package var activationsWritten = 0.0
  /// Keys and values read from the cache.
  @usableFromInline package var cacheRead = 0.0
  /// Keys and values written to the cache.
  @usableFromInline package var cacheWritten = 0.0
  /// What recurrences keep between passes, in the format of activations: read and written.
  @usableFromInline package var stateRead = 0.0, stateWritten = 0.0

  /// The given elements, and none of the rest.
  package init(
    quantizedWeights: Double = 0, weights: Double = 0, tableWeights: Double = 0, inputsRead: Double = 0,
    activationsRead: Double = 0, activationsWritten: Double = 0, cacheRead: Double = 0, cacheWritten: Double = 0,
    stateRead: Double = 0, stateWritten: Double = 0
  ) {
    (self.quantizedWeights, self.weights, self.tableWeights) = (quantizedWeights, weights, tableWeights)
    (self.inputsRead, self.activationsRead, self.cacheRead) = (inputsRead, activationsRead, cacheRead)
    (self.activationsWritten, self.cacheWritten) = (activationsWritten, cacheWritten)
    (self.stateRead, self.stateWritten) = (stateRead, stateWritten)
  }

  /// Bytes of the weights of quantised products.
  @inlinable @inline(__always)
  package func convertedBytes(_ widths: Widths) -> Double {
    quantizedWeights * widths.quantizedWeight + expertWeights * widths.expertWeight
  }

  /// Makes the weights of its quantised product others, of experts or not.
  package mutating func convert(_ weights: Double, ofExperts: Bool) {
    (quantizedWeights, expertWeights) = ofExperts ? (0, weights) : (weights, 0)
  }

  /// The same with elements that are written to a destination besides.
  package func writing(_ elements: Double, to destination: Operator.Destination = .activation) -> Moves {
    var copy = self
    switch destination {
    case .activation: copy.activationsWritten += elements
    case .productInput: copy.inputsWritten += elements
    case .cache: copy.cacheWritten += elements
    }
    return copy
  }
}

extension Operator {
  /// Where the result of an operator goes.
  public enum Destination: Sendable, Hashable {
    /// Any other step.
    case activation
    /// The input of the quantised product that follows at once.
    case productInput
    /// The key-value cache.
    case cache
  }
}
