internal import Architectures
package import Operators

/// Steps that several reducers' bills have in common. All counts are over all images.
extension ReductionShape {
  /// The numbers in the tokens of the patches.
  package var elements: Double { Double(images) * Double(patches) * Double(tokenWidth) }
  /// Tokens inside the encoder, class token included.
  package var rows: Double { Double(images) * Double(tokens) }
  /// The numbers in the tokens that are left.
  package var outputElements: Double { Double(images) * Double(count) * Double(tokenWidth) }
  /// Width of one attention head.
  package var headWidth: Double { Double(block.headWidth) }
  /// Attention heads.
  package var heads: Double { Double(block.heads) }

  /// How much attention each patch of a layer gets from the class token, from queries and keys that the layer made.
  ///
  /// A fused kernel keeps no scores, so the row is computed again: 2 (N + 1) C FLOPs. Without a class token the mean over
  /// the patches counts, and the whole square of N patches is: 2 N^2 C FLOPs, and of each head's scores two sums.
  package func attention(_ name: Operator.Name) -> Operator {
    guard !classToken else { return EncoderStep(self).classRow(name) }
    // Behind a merger it is that of the patches that cells were made of.
    let patches = rows * Double(merged)
    let scores = patches * Double(tokens * merged)
    return Operator(
      name, flops: 2 * scores * Double(width), vectorFLOPs: (VectorWork.softmax + 2 * VectorWork.add) * scores * heads,
      reading: 2 * patches * Double(width), writing: rows)
  }

  /// The last layer of the encoder, which released code runs although nothing reads its output.
  package func lastLayer() -> [Operator] {
    guard billsLastLayer else { return [] }
    return OperatorList.of { list in
      list.scope = "last_layer"
      block.append(
        layers: 1, schedule: TokenSchedule(tokens), images: Double(images), kernels: kernels, to: &list)
    }
  }

  /// What it costs to hand out the attention of `layers` layers, as released code has them do: all scores are written
  /// and read by the softmax, written by it, and read to weight the values.
  package func handedOutScores(layers: Int) -> Operator {
    let scores = rows * Double(tokens) * heads
    return Operator("attention_scores", reading: 2 * scores, writing: 2 * scores).repeated(layers)
  }

  /// Choosing the largest of one number for each patch: one comparison each.
  package func selection(_ name: Operator.Name) -> Operator {
    let numbers = Double(images) * Double(patches)
    return Operator(name, vectorFLOPs: numbers, reading: numbers, writing: Double(images) * Double(kept))
  }

  /// Copying the tokens that are left.
  package func gather(_ name: Operator.Name = "gather") -> Operator {
    Operator(name, reading: outputElements, writing: outputElements)
  }

  /// Writing the tokens that are left as sums of `merged` tokens of an image in all.
  package func merge(_ merged: Double, reading reads: Double, name: Operator.Name = "merge") -> Operator {
    Operator(
      name, vectorFLOPs: 2 * Double(images) * merged * Double(tokenWidth),
      reading: reads * Double(images) * Double(tokenWidth), writing: outputElements)
  }

  /// The lengths of vectors of `width` numbers, one for each patch.
  package func norms(_ name: Operator.Name, width: Double) -> Operator {
    let numbers = Double(images) * Double(patches) * width
    return Operator(name, vectorFLOPs: 2 * numbers, reading: numbers, writing: numbers / max(width, 1))
  }

  /// The mean of the keys of all heads.
  package func meanKeys(_ name: Operator.Name = "mean_keys") -> Operator {
    Operator(
      name, vectorFLOPs: rows * Double(width), reading: rows * Double(width), writing: rows * headWidth)
  }

  /// Scalar products of `left` with `right` vectors of an image, and the best of each row.
  package func similarity(_ left: Double, _ right: Double, width: Double, name: Operator.Name = "similarity")
    -> Operator
  {
    .similarity(name, left, right, width: width, images: images)
  }
}

extension Operator {
  /// Scalar products of `left` with `right` vectors of each image, and the best of each row.
  package static func similarity(_ name: Operator.Name, _ left: Double, _ right: Double, width: Double, images: Int)
    -> Operator
  {
    let pairs = Double(images) * left * right
    return Operator(
      name, flops: 2 * pairs * width, vectorFLOPs: pairs,
      reading: Double(images) * (left + right) * width, writing: pairs)
  }
}
