internal import Operators

/// How many parameters a part of a model has: the weights that its operators read.
package struct Parameters: Sendable, Hashable {
  /// Those to which a precision's weight format applies.
  package var quantized = 0.0
  /// Those of experts among what is quantised, which may have a format of their own.
  package var experts = 0.0
  /// Those that are never quantised.
  package var plain = 0.0

  /// Those of heads, which are not quantised either, but by engines whose files are.
  package var heads = 0.0

  /// All of them.
  package var count: Double { converted + plain + heads }
  /// Those to which a weight format applies, of experts or not.
  package var converted: Double { quantized + experts }

  /// The given numbers of parameters.
  package init(quantized: Double = 0, experts: Double = 0, plain: Double = 0, heads: Double = 0) {
    (self.quantized, self.experts, self.plain, self.heads) = (quantized, experts, plain, heads)
  }

  /// The weights that a table's operators read, each once, rows of tables not among them.
  init(_ table: (inout OperatorList) -> Void) {
    for operation in OperatorList.of(table) {
      quantized += operation.moves.quantizedWeights * Double(operation.repeatCount)
      experts += operation.moves.expertWeights * Double(operation.repeatCount)
      plain += operation.moves.weights * Double(operation.repeatCount)
      heads += operation.moves.headWeights * Double(operation.repeatCount)
    }
  }

  /// Bytes that they take at a precision.
  func bytes(at precision: Precision) -> Double {
    let widths = Widths(precision)
    return quantized * widths.quantizedWeight + experts * widths.expertWeight + plain * widths.weight
      + heads * widths.headWeight
  }

  /// Those of both.
  static func + (a: Parameters, b: Parameters) -> Parameters {
    Parameters(
      quantized: a.quantized + b.quantized, experts: a.experts + b.experts, plain: a.plain + b.plain,
      heads: a.heads + b.heads)
  }

  /// Those of so many equal parts.
  static func * (a: Parameters, count: Int) -> Parameters {
    let count = Double(count)
    return Parameters(
      quantized: a.quantized * count, experts: a.experts * count, plain: a.plain * count, heads: a.heads * count)
  }
}
