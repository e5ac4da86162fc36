package import Documents
package import Operators
package import ReductionMethods

/// FasterVLM: keeps the patches that the class token attends to most.
///
/// Q. Zhang and others, arXiv:2412.01818, and the code at https://github.com/Theia-4869/FasterVLM. The attention is that
/// of the layer which the tokens leave, the mean over its heads.
package struct FasterVLM: TokenReducer, Equatable {
  private let count: Int
  private let bill: Bill

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    count = try arguments.takeCount("the number of tokens to keep, as in fastervlm:144")
    bill = try arguments.takeBill()
  }

  /// Whether layers that the model does not use run for it: released code runs the whole encoder.
  package var readsLastLayer: Bool { bill == .released }

  /// Whether a bill of it without a class token is known: released code has none.
  package var readsClassToken: Bool { bill == .released }

  /// The specification that makes this reducer again.
  package var name: String { "fastervlm:\(count)" + (bill == .released ? ",bill=released" : "") }

  /// The tokens of the patches with the most attention, in reading order.
  ///
  /// Without a class token the mean attention of all patches decides, which is outside the paper.
  /// Features without the penultimate layer's keys and query are reduced by the last layer's, and a note says so.
  /// - Throws: `Diagnostic` if there are fewer patches, or products of such large features overflow.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    try features.check(count, for: name)
    let layer = try features.leavingAttention()
    return features.selecting(layer.attention.indicesOfLargest(count).sorted(), note: layer.note)
  }

  /// One row of the attention, which a fused kernel does not keep, a selection and a copy. As released every layer hands
  /// out its attention, and the last one runs.
  package func operators(_ shape: ReductionShape) -> [Operator] {
    let selection = [shape.selection("selection"), shape.gather()]
    guard bill == .released else { return [shape.attention("class_attention")] + selection }
    return shape.lastLayer() + [shape.handedOutScores(layers: shape.layers)] + selection
  }

  /// The mean over heads, the largest, their order, the copy: counted on an H100 by torch.profiler
  /// (Tools/measure_transformers.py, Benchmarks/measured/h100-sxm). All pictures are worked on at once.
  package func launches(_ shape: ReductionShape) -> Double? { 9 }
}

extension Reducers.Method {
  static let fasterVLM = Self(
    name: "fastervlm", usage: "fastervlm:T[,bill=released]", example: "fastervlm:144",
    summary: "keeps the T patches that the class token attends to most",
    citation: Citation(
      title: "[CLS] Attention is All You Need for Training-Free Visual Token Pruning: Make VLM Inference Faster",
      authors: "Q. Zhang, A. Cheng, M. Lu, Z. Zhuo, M. Wang, J. Cao, S. Guo, Q. She, S. Zhang", arXiv: "2412.01818"),
    within: { "fastervlm:\($0.tokens)" }
  ) { (arguments) throws(Diagnostic) in try FasterVLM(&arguments) }
}
