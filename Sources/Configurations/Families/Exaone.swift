internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// EXAONE 3 in its authors' format: LLaMA's layers.
  static var exaone: LanguageFamily {
    LanguageFamily("ExaoneForCausalLM", types: "exaone") { (fields) throws(Diagnostic) in
      try LanguageFamily.llama.read(
        fields.renamed(["num_hidden_layers": "num_layers", "hidden_act": "activation_function"]))
    }
  }

  /// EXAONE 4: norms behind attention and feed-forward block alone, norms of queries and keys, windows in three of four
  /// layers.
  static var exaone4: LanguageFamily {
    LanguageFamily("Exaone4ForCausalLM", types: "exaone4") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(vocabulary: 102_400, width: 4096, feedForward: 16_384, layers: 32, heads: 32, kvHeads: 32))
      (reader.block.arrangement, reader.block.queryKeyNorm) = (.postNormed, .rms)
      let window = try reader.window(default: 4096)
      let marks = try fields.windowMarks("sliding_window_pattern", default: 4)
      let windowed = try reader.layers(of: "sliding_attention") { window != nil && marks($0) }
      return try reader.language { (block, layer) in
        block.window = windowed[layer] ? window : nil
        if window != nil, !windowed[layer] { block.rotaryWidth = 0 }
      }
    }
  }
}

extension ConfigFields {
  /// Which layers have windows: all but every so many, or by letters that repeat, L for those that have one.
  fileprivate func windowMarks(_ key: String, default fallback: Int) throws(Diagnostic) -> (Int) -> Bool {
    if case .scalar(let text, quoted: true)? = self[key]?.content, let node = self[key] {
      let letters = Array(text)
      guard !letters.isEmpty, letters.allSatisfy({ $0 == "L" || $0 == "G" }) else {
        throw node.error("expected \"\(key)\" to be a number or letters L and G as LLLG, found \(node.summary)")
      }
      return { letters[$0 % letters.count] == "L" }
    }
    let step = try optionalInteger(key, in: 0...Limit.layers.upperBound, default: fallback, decidesSize: false) ?? 0
    return { step > 0 && ($0 + 1) % step != 0 }
  }
}
