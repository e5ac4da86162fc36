internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// BLOOM: a norm of the embeddings, biases everywhere, distances in place of rotations.
  static var bloom: LanguageFamily {
    LanguageFamily("BloomForCausalLM", types: "bloom") { (fields) throws(Diagnostic) in
      let fields = fields.renamed([
        "hidden_size": "n_embed", "num_hidden_layers": "n_layer", "num_attention_heads": "n_head",
        "max_position_embeddings": "seq_length",
      ])
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 250_880, width: 64, feedForward: 0, feedForwardRatio: 4, layers: 2, heads: 8, tied: true,
          activation: .geluTanh))
      reader.block.takeFirstForm()
      var language = try reader.language()
      language.embeddingNorm = .layer
      return language
    }
  }

  /// MPT: no biases, distances in place of rotations.
  static var mpt: LanguageFamily {
    LanguageFamily("MptForCausalLM", "MPTForCausalLM", types: "mpt") { (fields) throws(Diagnostic) in
      let fields = fields.renamed([
        "hidden_size": "d_model", "num_hidden_layers": "n_layers", "num_attention_heads": "n_heads",
        "max_position_embeddings": "max_seq_len",
      ])
      let ratio = try fields.integer("expansion_ratio", in: 1...64, default: 4, decidesSize: false)
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 50_368, width: 2048, feedForward: 0, feedForwardRatio: ratio, layers: 24, heads: 16, tied: true,
          activation: .gelu))
      reader.block.takeFirstForm()
      reader.block.norm = .layerWithoutBias
      (reader.block.qkvBias, reader.block.attentionOutputBias, reader.block.feedForwardBias) = (false, false, false)
      return try reader.language()
    }
  }

  /// Persimmon: norms of queries and keys, half of a head rotated, squared ReLU, biases everywhere.
  static var persimmon: LanguageFamily {
    LanguageFamily("PersimmonForCausalLM", types: "persimmon") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 262_144, width: 4096, feedForward: 16_384, layers: 36, heads: 64, activation: .squaredReLU))
      reader.block.takeFirstForm()
      try reader.readRotaryFraction(default: 0.5)
      if try fields.boolean("qk_layernorm", default: true) { reader.block.queryKeyNorm = .layer }
      return try reader.language()
    }
  }
}
