package import Architectures
package import Documents
package import Operators

/// A method that drops visual tokens between the layers of a language model.
///
/// How many are left is known before it runs, so it needs no features.
package protocol LanguageReducer: ReductionMethod {
  /// The visual tokens that enter each layer, from all that enter the first.
  ///
  /// - Throws: `Diagnostic` if the method does not suit so many tokens or layers.
  func schedule(visualTokens: Int, layers: Int) throws(Diagnostic) -> TokenSchedule

  /// Text tokens whose attention decides, of so many in the prompt; 0 if nothing is computed.
  func raters(of textTokens: Int) -> Int
}

extension LanguageReducer {
  /// The last token alone.
  package func raters(of textTokens: Int) -> Int { min(1, textTokens) }

  /// What deciding and dropping costs: at every change, rows of attention over the visual tokens, which a fused kernel
  /// does not keep, the choice, and the copy of what is left.
  package func operators(
    _ schedule: TokenSchedule, in model: LanguageModel, textTokens: Int, batch: Int
  ) -> [Operator] {
    let raters = Double(batch * self.raters(of: textTokens))
    let (queryWidth, width) = (Double(model.block.heads * model.block.headWidth), Double(model.block.width))
    let keyWidth = Double(model.block.kvHeads * model.block.headWidth)
    let runs = schedule.runs(layers: model.layers)
    guard raters > 0 else { return [] }
    return zip(runs, runs.dropFirst()).flatMap { run, next in
      let (before, after) = (Double(run.tokens), Double(batch * (next.tokens + textTokens)))
      let scores = raters * before * Double(model.block.heads)
      return [
        Operator(
          "text_attention", flops: 2 * raters * before * queryWidth,
          vectorFLOPs: (VectorWork.softmax + VectorWork.add) * scores,
          moving: Moves(
            activationsRead: raters * queryWidth, activationsWritten: Double(batch) * before,
            cacheRead: Double(batch) * before * keyWidth)),
        Operator(
          "selection", vectorFLOPs: Double(batch) * before,
          reading: Double(batch) * before, writing: Double(batch * next.tokens)),
        Operator("gather", reading: after * width, writing: after * width),
      ]
    }
  }
}
