internal import Architectures
internal import Documents

/// The positions that transformers' configuration classes take where `max_position_embeddings` is absent, by `model_type`:
/// files of the hub leave out what equals the default, Gemma 3's for example.
enum DefaultPositions {
  /// `CONFIG_MAPPING[type]().max_position_embeddings` of transformers 5.24.0; classes without it are left out.
  private static let byType: [String: Int] = [
    "apertus": 65_536, "arcee": 4096, "bamba": 262_144, "codegen": 2048, "cohere": 8192, "cohere2": 8192,
    "cwm": 131_072, "deepseek_v2": 2048, "deepseek_v3": 4096, "deepseek_v32": 163_840, "deepseek_v4": 1_048_576,
    "dots1": 2048,
    "ernie4_5": 131_072, "ernie4_5_moe": 131_072, "exaone": 4096, "exaone4": 2048, "falcon": 2048, "falcon_h1": 8192,
    "flex_olmo": 4096, "gemma": 8192, "gemma2": 8192, "gemma3_text": 131_072, "gemma4_text": 131_072, "glm": 131_072,
    "glm4": 131_072, "glm4_moe": 131_072, "glm4_moe_lite": 202_752, "glm4v_moe_text": 65_536, "glm4v_text": 32_768,
    "glm_moe_dsa": 202_752, "gpt2": 1024, "gpt_bigcode": 1024, "gpt_neox": 2048, "gpt_oss": 131_072, "gptj": 2048,
    "granite": 2048, "granitemoe": 2048, "granitemoehybrid": 2048, "granitemoeshared": 2048, "helium": 4096,
    "hunyuan_v1_dense": 2048, "hunyuan_v1_moe": 2048, "idefics": 2048, "internlm3": 32_768, "jamba": 262_144,
    "lfm2": 128_000,
    "lfm2_moe": 128_000, "llama": 2048, "llama4_text": 131_072, "mimo_v2_flash": 131_072, "minimax": 131_072,
    "minimax_m2": 196_608, "ministral": 131_072, "ministral3": 262_144, "mistral": 131_072, "mixtral": 131_072,
    "mllama_text_model": 131_072, "nemotron": 4096, "nemotron_h": 4096, "olmo": 2048, "olmo2": 2048, "olmo3": 2048,
    "olmoe": 4096, "opt": 2048, "persimmon": 16_384, "phi": 2048, "phi3": 4096, "phimoe": 131_072, "qwen2": 32_768,
    "qwen2_5_vl_text": 32_768,
    "qwen2_moe": 32_768, "qwen2_vl_text": 32_768, "qwen3": 32_768, "qwen3_5_moe_text": 32_768, "qwen3_5_text": 32_768,
    "qwen3_moe": 32_768,
    "qwen3_next": 32_768, "qwen3_vl_moe_text": 128_000, "qwen3_vl_text": 128_000, "seed_oss": 524_288,
    "smollm3": 32_768, "stablelm": 4096, "starcoder2": 4096,
  ]

  /// Those of the first of some types that has them.
  static func of(_ types: [String]) -> Int? { types.lazy.compactMap { byType[$0] }.first }
}

extension Family where Part == LanguageModel {
  /// A language model of some architectures and types, which has the positions of transformers' class where its
  /// configuration is silent about them.
  init(_ architectures: String..., types: String..., read: @escaping Reader) {
    self.init(architectures: architectures, types: types) { (fields) throws(Diagnostic) in
      var language = try read(fields)
      try fields.readDefaultPositions(of: &language, types: types)
      return language
    }
  }
}

extension ConfigFields {
  /// Gives a language model of some types the positions of transformers' class, where its configuration is silent about
  /// them.
  func readDefaultPositions(of language: inout LanguageModel, types: [String]) throws(Diagnostic) {
    guard language.positions == nil, !contains("max_position_embeddings") else { return }
    let stated = try self["model_type"]?.text("\"model_type\"")
    language.positions = DefaultPositions.of([stated].compactMap { $0 } + types)
    language.rotatedPositions = try rotatedPositions(language.positions)
  }
}
