internal import Documents
internal import Operators
internal import Quantities

extension Accounting {
  /// The conventions of LLM-Viewer (github.com/hahnyuan/LLM-Viewer) at its commit fd08fe3 of 2024-03-07, without
  /// flash attention: what Table 2 of LLaVA-PruMerge was computed with.
  ///
  /// It knows the language model alone. Everything is timed against one peak; heads count multiplications only and
  /// one byte a weight; norms load no weights; SwiGLU works on the hidden width; queries are not loaded but the cache
  /// is, twice. A precision is `w4a4kv4` and the like, of 1, 2, 4, 8 or 16 bits each.
  public static let llmViewer = Accounting(
    name: "llm-viewer", kernels: nil,
    precisionNames: ["fp16", "int8", "int4", "w4a4kv4 and the like of 1, 2, 4, 8 or 16 bits each"],
    precision: { llmViewerPrecision($0.spelling) },
    check: { (model, workload) throws(Diagnostic) in
      guard let language = model.language else {
        throw Diagnostic("llm-viewer accounting knows language models only; \(model.name) has none")
      }
      guard language.isPlain, language.stack.runs.allSatisfy({ $0.block.gated }) else {
        throw Diagnostic(
          "llm-viewer accounting knows no mixtures of experts, latent attention, cross-attention, parallel or ungated "
            + "blocks, as \(model.name) has")
      }
    },
    pass: { language, pass, list in language.appendLLMViewerPrefill(pass, to: &list) },
    footprint: { residency, _, stages in
      // The weights and the cache that a pass touches, head excluded, which LLM-Viewer adds after it has summed up the
      // memory, and all that one layer stores.
      let layers = stages.flatMap(\.operators).filter { $0.name != "lm_head" }
      let costs = layers.map { ($0.cost(at: residency.precision).traffic, Double($0.repeatCount)) }
      return Footprint(
        weights: costs.map { $0.weights * $1 }.sum(), cache: costs.map { $0.cacheWritten * $1 }.sum(),
        activations: costs.map(\.0.activationsWritten).sum())
    },
    scope: "the language model alone: LLM-Viewer knows no vision tower, connector or reducer")

  /// Reads `w4a4kv4`; `fp16`, `int8` and `int4` mean the same bits for all three.
  private static func llmViewerPrecision(_ name: String) -> Precision? {
    let same = ["fp16": 16, "int8": 8, "int4": 4]
    if let bits = same[name] { return llmViewerPrecision(name, weights: bits, activations: bits, cache: bits) }
    let parts = name.split(whereSeparator: \.isLetter).map { Int($0) }
    let letters = name.split(whereSeparator: { !$0.isLetter })
    guard letters == ["w", "a", "kv"], parts.count == 3, let weights = parts[0], let activations = parts[1],
      let cache = parts[2], name == "w\(weights)a\(activations)kv\(cache)",
      [weights, activations, cache].allSatisfy([1, 2, 4, 8, 16].contains)
    else { return nil }
    return llmViewerPrecision(name, weights: weights, activations: activations, cache: cache)
  }

  private static func llmViewerPrecision(_ name: String, weights: Int, activations: Int, cache: Int) -> Precision {
    // What is not quantised is the head alone, of one byte a weight whatever the precision.
    let format: NumberFormat = max(weights, activations, cache) <= 8 ? .int8 : .fp16
    return Precision(
      name: name, weightBits: Double(weights), productInputBits: Double(activations),
      unquantizedWeightBits: 8, activationBits: Double(activations), cacheBits: Double(cache),
      productFormat: format, format: format)
  }
}

extension LanguageModel {
  /// The operators of a prefill as LLM-Viewer lists them.
  fileprivate func appendLLMViewerPrefill(_ pass: Pass, to list: inout OperatorList) {
    let width = Double(block.width)
    let vocabulary = Double(vocabulary)
    for stretch in pass.stretches(layers: layers) {
      list.repeats = stretch.layers
      for group in stretch.groups {
        appendLLMViewerLayer(tokens: Double(group.newTokens), batch: Double(group.sequences), to: &list)
      }
    }
    list.repeats = 1
    list.add(
      Operator(
        "lm_head", flops: Double(pass.logits) * width * vocabulary, arithmetic: .headline,
        moving: Moves(weights: width * vocabulary, activationsRead: width, activationsWritten: vocabulary)))
  }

  // swift-format-ignore
  private func appendLLMViewerLayer(tokens: Double, batch: Double, to list: inout OperatorList) {
    let width = Double(block.width)
    let heads = Double(block.heads)
    let keyWidth = width * Double(block.kvHeads) / heads
    let inner = Double(block.feedForward)
    let headWidth = Double(block.width / max(1, block.heads))
    let rows = batch * tokens
    let scores = rows * tokens * heads
    let keys = rows * headWidth * Double(block.kvHeads)
    let queries = rows * headWidth * heads

    func projection(_ name: Operator.Name, _ inner: Double, _ columns: Double, cached: Bool = false) {
      list.add(Operator(
        name, flops: 2 * rows * inner * columns, arithmetic: .headline,
        moving: Moves(quantizedWeights: inner * columns, activationsRead: rows * inner).writing(rows * columns, to: cached ? .cache : .activation)))
    }
    func product(_ name: Operator.Name, _ moves: Moves) {
      list.add(Operator(name, flops: 2 * scores * headWidth, arithmetic: .headline, moving: moves))
    }
    func step(_ name: Operator.Name, opsPerElement: Double, elements: Double, reading reads: Double = 1) {
      list.add(Operator(
        name, vectorFLOPs: opsPerElement * elements, arithmetic: .headline,
        moving: Moves(activationsRead: reads * elements, activationsWritten: elements)))
    }
    projection("q_proj",    width, width)
    projection("k_proj",    width, keyWidth, cached: true)
    projection("v_proj",    width, keyWidth, cached: true)
    projection("out_proj",  width, width)
    projection("gate_proj", width, inner)
    projection("up_proj",   width, inner)
    projection("down_proj", inner, width)
    product("qk_matmul", Moves(activationsWritten: scores, cacheRead: 2 * keys))
    product("sv_matmul", Moves(activationsRead: scores, activationsWritten: queries, cacheRead: keys))
    step("softmax",   opsPerElement: 5, elements: scores)
    step("attn_norm", opsPerElement: 7, elements: rows * width)
    step("mlp_norm",  opsPerElement: 7, elements: rows * width)
    step("attn_add",  opsPerElement: 1, elements: rows * width)
    step("mlp_add",   opsPerElement: 1, elements: rows * width)
    step("mlp_act",   opsPerElement: 2, elements: rows * width, reading: 2)
  }
}
