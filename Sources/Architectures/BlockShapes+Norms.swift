internal import Operators

/// The norms of a layer.
extension BlockShapes {
  /// A norm over every head of queries or keys.
  func headNorm(
    _ name: Operator.Name, _ kind: NormKind, heads: Int, holding: Double,
    to destination: Operator.Destination = .activation
  ) -> Operator {
    let (all, width) = (Double(heads), Double(block.headWidth))
    return .normalization(
      name, kind, rows: block.normsAllHeads ? rows : rows * all, width: block.normsAllHeads ? all * width : width,
      to: destination, holding: holding)
  }

  /// The norm before attention or feed-forward block, in one kernel with so many sums before it.
  func norm(_ name: Operator.Name, adding sums: Int = 0, before part: LayerParts) -> Operator {
    .normalization(name, block.norm, rows: rows, width: width, adding: sums, to: input(of: part))
  }

  /// The norm of the residual stream behind attention or feed-forward block, where there is one, with the sum in one kernel
  /// where kernels are fused.
  func normSum(
    _ name: Operator.Name, before part: LayerParts, _ kernels: Accounting.Kernels, _ list: inout OperatorList
  ) {
    guard block.arrangement == .normedSums else { return }
    list.add(
      .normalization(
        name, block.norm, rows: rows, width: width, adding: kernels == .fused ? 1 : 0, keepsSum: false,
        to: input(of: part)))
  }

  /// The norm after attention or feed-forward block, where there is one.
  func afterNorm(_ name: Operator.Name, _ list: inout OperatorList) {
    guard block.arrangement.normsAfter else { return }
    list.add(.normalization(name, block.norm, rows: rows, width: width, holding: hidden))
  }
}
