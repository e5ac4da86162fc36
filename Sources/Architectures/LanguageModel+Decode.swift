public import Operators

extension LanguageModel {
  /// The operators of one step of decoding, the first being step 0: one token of every sequence through every layer.
  ///
  /// Before step k each layer has the context, what it kept of the prompt, and k generated tokens in the cache; the
  /// token's own key and value join them. Layers that read images find these' keys and values in the cache. Experts are
  /// read as far as the batch's tokens are expected to hit them.
  public func decodeStep(_ step: Int, of workload: Workload, kernels: Kernels) -> [Operator] {
    let rows = Double(workload.ownBatch)
    return embedding(textRows: rows, visualRows: 0)
      + crossOperators(workload, tokens: 1, kernels: kernels)
      + stack.decodeOperators(
        cached: cached(workload, afterSteps: step), batch: workload.batch, kernels: kernels,
        isContinued: crossAttention != nil)
      + passes(workload) { _ in rows }
      + head(rows: rows, logits: rows, kernels: kernels)
  }
}

extension LanguageModel {
  /// Tokens of one sequence in each layer's cache after the prefill and so many steps of decoding.
  func cached(_ workload: Workload, afterSteps steps: Int) -> TokenSchedule {
    prompt(workload).adding(workload.context + steps)
  }
}
