package import Architectures
package import Documents
package import Operators

/// A method that drops or merges tokens between the attention and the feed-forward block of a vision encoder's layers.
///
/// How many are left is known before it runs, so it is priced without features. On features alone only one of its steps
/// can be taken: that is `TokenReducer`, and its result is called single-shot.
package protocol EncoderReducer: ReductionMethod {
  /// What the method does to the layers of an encoder.
  ///
  /// - Throws: `Diagnostic` if it does not suit the encoder.
  func plan(for encoder: VisionEncoder, layersUsed: Int) throws(Diagnostic) -> EncoderPlan

  /// What one step costs, beyond the encoder's own operators.
  func operators(_ step: EncoderStep) -> [Operator]

  /// Kernels that released code launches in one step, beyond the encoder's own; nil where nobody counted: one for every
  /// operator of the bill.
  func launches(_ step: EncoderStep) -> Double?
}

/// The tokens of an image on their way through an encoder.
package struct EncoderPlan: Sendable, Hashable {
  /// Tokens in every layer, class token included.
  package var tokens: TokenSchedule
  /// Tokens that leave the encoder for the language model.
  package var visualTokens: Int
  /// What the user should know, if anything.
  package var note: String?

  /// A plan from its parts.
  package init(tokens: TokenSchedule, visualTokens: Int, note: String? = nil) {
    self.tokens = tokens
    self.visualTokens = visualTokens
    self.note = note
  }
}

/// One reduction inside a layer.
package struct EncoderStep: Sendable, Hashable {
  /// Tokens of one image before and after, class token included.
  package var tokens, leaving: Int
  /// The encoder's width and heads.
  package var width, heads: Int
  /// Images that pass the encoder.
  package var images: Int

  /// Tokens over all images.
  package var rows: Double { Double(images) * Double(tokens) }
  /// Tokens of all images that are gone.
  package var removed: Double { Double(images) * Double(tokens - leaving) }
  /// Width of one attention head.
  package var headWidth: Double { Double(width) / Double(max(1, heads)) }

  /// Rearranging the tokens: reads all (and the sum that the layer's residual would have read), writes those left.
  package func rearrange(_ name: Operator.Name, sums: Double) -> Operator {
    let width = Double(width)
    return Operator(
      name, vectorFLOPs: 2 * sums * width,
      reading: rows * width, writing: (rows - removed) * width)
  }

  /// The class token's row of the attention, which a fused kernel does not keep.
  package func classRow(_ name: Operator.Name) -> Operator {
    let width = Double(width)
    return Operator(
      name, flops: 2 * rows * width, vectorFLOPs: (VectorWork.softmax + VectorWork.add) * rows * Double(heads),
      reading: (Double(images) + rows) * width, writing: rows)
  }

  /// The mean of the keys of all heads, and the lengths of the means.
  package func meanKeys(_ name: Operator.Name) -> Operator {
    Operator(
      name, vectorFLOPs: rows * Double(width) + 2 * rows * headWidth,
      reading: rows * Double(width), writing: rows * headWidth)
  }

  /// Scalar products of `left` with `right` mean keys of an image, and the best of each row.
  package func similarity(_ name: Operator.Name, _ left: Double, _ right: Double) -> Operator {
    .similarity(name, left, right, width: headWidth, images: images)
  }
}

extension EncoderStep {
  /// The step that takes an encoder's tokens to those of a result.
  package init(_ shape: ReductionShape) {
    self.init(
      tokens: shape.tokens, leaving: shape.count + (shape.classToken ? 1 : 0), width: shape.width,
      heads: Int(shape.heads),
      images: shape.images)
  }
}

extension EncoderReducer {
  /// Of most methods nobody counted.
  package func launches(_ step: EncoderStep) -> Double? { nil }

  /// What the method costs over a whole encoder, beyond the encoder's own operators.
  package func bill(_ plan: EncoderPlan, in encoder: VisionEncoder, layersUsed: Int, images: Int) -> ReductionBill {
    var bill = ReductionBill()
    for run in plan.tokens.runs(layers: layersUsed) where run.leaving < run.tokens {
      let step = EncoderStep(
        tokens: run.tokens, leaving: run.leaving, width: encoder.block.width, heads: encoder.block.heads,
        images: images)
      bill.add(
        operators(step).map { $0.repeated(run.layers) }, launches: launches(step).map { $0 * Double(run.layers) })
    }
    return bill
  }

  /// - Throws: `Diagnostic` unless the encoder has a class token.
  package func requireClassToken(_ encoder: VisionEncoder) throws(Diagnostic) {
    guard encoder.classToken else { throw Diagnostic("\(name) needs a class token; this vision encoder has none") }
  }

  /// What to say of a result on features alone.
  package func singleShot(_ detail: String? = nil) -> String {
    let step = "single-shot: one step on final features; inside the encoder's layers it is another method"
    return detail.map { "\(step); \($0)" } ?? step
  }

  /// The layers, from 0, at which methods with three stages reduce: blocks 4, 7 and 10 of 12, and the same fractions of
  /// other depths (8, 14 and 20 of 24); fewer where an encoder is so shallow that two would share a layer.
  package func stages(of encoder: VisionEncoder) -> [Int] {
    Set([4, 7, 10].map { max(0, $0 * encoder.layers / 12 - 1) }).sorted()
  }
}
