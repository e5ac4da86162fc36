internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// InternLM 1 to 3 in their authors' format: LLaMA's layers with biases by keys of their own.
  static var internLM: LanguageFamily {
    LanguageFamily(
      "InternLM2ForCausalLM", "InternLM3ForCausalLM", "InternLMForCausalLM", types: "internlm2", "internlm3", "internlm"
    ) { (fields) throws(Diagnostic) in
      let isFirst = try fields.isOf("InternLMForCausalLM", type: "internlm")
      let isThird = try fields.isOf("InternLM3ForCausalLM", type: "internlm3")
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: isThird ? 128_512 : 103_168, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
      if isThird {
        // Source: modeling_internlm3.py of huggingface.co/internlm/internlm3-8b-instruct.
        let bias = try fields.boolean("bias", default: false)
        reader.block.qkvBias = try fields.boolean("qkv_bias", default: false)
        (reader.block.attentionOutputBias, reader.block.feedForwardBias) = (bias, bias)
      } else {
        let bias = try fields.boolean("bias", default: true)
        (reader.block.qkvBias, reader.block.attentionOutputBias) = (bias, bias)
      }
      var language = try reader.language()
      if isFirst { language.positions = language.positions ?? 2048 }
      return language
    }
  }

  /// Baichuan and Baichuan 2 in their authors' format: LLaMA's layers, those of 13B without rotation.
  static var baichuan: LanguageFamily {
    LanguageFamily("BaichuanForCausalLM", "BaiChuanForCausalLM", types: "baichuan") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(vocabulary: 125_696, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
      // The larger model is told by its width alone; its scores have distances.
      if reader.block.width > 4096 { reader.block.rotaryWidth = 0 }
      return try reader.language()
    }
  }

  /// Qwen, the first generation, in its authors' format: half of the stated inner width in each branch.
  static var qwen: LanguageFamily {
    LanguageFamily("QWenLMHeadModel", types: "qwen") { (fields) throws(Diagnostic) in
      let fields = fields.renamed(["head_dim": "kv_channels", "max_position_embeddings": "seq_length"])
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 151_936, width: 4096, feedForward: 22_016, layers: 32, heads: 32, headWidth: 128))
      reader.block.feedForward /= 2
      reader.block.qkvBias = true
      return try reader.language()
    }
  }
}
