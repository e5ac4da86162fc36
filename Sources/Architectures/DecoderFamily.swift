internal import Documents
internal import Operators

/// A kind of language model that transformers has a configuration class for, and the defaults of that class.
///
/// The defaults are those of transformers 5.23.0; they stand in for keys that a configuration lacks.
struct DecoderFamily {
  /// The entry of `architectures`.
  var architecture: String
  /// The entry `model_type`, by which a multimodal configuration names its parts.
  var type: String
  var vocabulary: Int
  var width: Int
  var feedForward: Int
  var layers: Int
  var heads: Int
  /// Heads of keys and values where the key is absent; nil for as many as `heads`.
  var kvHeads: Int?
  /// The width of a head where the key is absent; nil for the width divided by the heads.
  var headWidth: Int?
  /// What else its layers have.
  var traits: Traits

  /// In what the layers of the families differ.
  enum Traits {
    /// Biases by `attention_bias` and `mlp_bias`.
    case llama
    /// A sliding window of this default in all layers.
    case windowed(Int?)
    /// Biases of queries, keys and values; windows from a layer on if `use_sliding_window`.
    case qwen2(windowsFrom: Int)
    /// Norms of queries and keys; biases by `attention_bias`; windows as Qwen2.
    case qwen3(windowsFrom: Int)
    case phi
    case phi3
    case gemma2
    case mixtral
    case qwen2Experts
    case qwen3Experts
    /// Multi-head latent attention, shared and routed experts.
    case deepseek(DeepseekDefaults)
  }

  /// Where the two generations of DeepSeek differ.
  struct DeepseekDefaults {
    var experts: Int
    var sharedExperts: Int
    var expertWidth: Int
    /// Experts of a token, nil where the key must be there.
    var perToken: Int?
    var denseLayers: Int
    var hasFeedForwardBias: Bool
  }

  static let llama = DecoderFamily(
    "LlamaForCausalLM", "llama", 32_000, 4096, 11_008, 32, 32, nil, traits: .llama)

  // swift-format-ignore
  static let all = [
    llama,
    DecoderFamily("MistralForCausalLM",    "mistral",     32_000,  4096, 14_336, 32, 32,  8,   traits: .windowed(4096)),
    DecoderFamily("Qwen2ForCausalLM",      "qwen2",       151_936, 4096, 22_016, 32, 32,  32,  traits: .qwen2(windowsFrom: 28)),
    DecoderFamily("Qwen3ForCausalLM",      "qwen3",       151_936, 4096, 22_016, 32, 32,  32,  head: 128, traits: .qwen3(windowsFrom: 28)),
    DecoderFamily("PhiForCausalLM",        "phi",         51_200,  2048, 8192,   24, 32,  nil, traits: .phi),
    DecoderFamily("Phi3ForCausalLM",       "phi3",        32_064,  3072, 8192,   32, 32,  nil, traits: .phi3),
    DecoderFamily("Gemma2ForCausalLM",     "gemma2",      256_000, 2304, 9216,   26, 8,   4,   head: 256, traits: .gemma2),
    DecoderFamily("MixtralForCausalLM",    "mixtral",     32_000,  4096, 14_336, 32, 32,  8,   traits: .mixtral),
    DecoderFamily("Qwen2MoeForCausalLM",   "qwen2_moe",   151_936, 2048, 5632,   24, 16,  16,  traits: .qwen2Experts),
    DecoderFamily("Qwen3MoeForCausalLM",   "qwen3_moe",   151_936, 2048, 6144,   24, 32,  4,   traits: .qwen3Experts),
    DecoderFamily("DeepseekV2ForCausalLM", "deepseek_v2", 102_400, 4096, 11_008, 32, 32,  nil, traits: .deepseek(
      DeepseekDefaults(experts: 64, sharedExperts: 2, expertWidth: 1407, perToken: nil, denseLayers: 0, hasFeedForwardBias: true))),
    DecoderFamily("DeepseekV3ForCausalLM", "deepseek_v3", 129_280, 7168, 18_432, 61, 128, 128, traits: .deepseek(
      DeepseekDefaults(experts: 256, sharedExperts: 1, expertWidth: 2048, perToken: 8, denseLayers: 3, hasFeedForwardBias: false))),
  ]

  /// The language model of Qwen2-VL, which is Qwen2 with other defaults.
  static let qwen2VL = DecoderFamily(
    "Qwen2VLForConditionalGeneration", "qwen2_vl_text", 152_064, 8192, 29_568, 80, 64, 8,
    traits: .qwen2(windowsFrom: 80))

  /// The language model of IDEFICS, which is LLaMA.
  static let idefics = DecoderFamily(
    "IdeficsForVisionText2Text", "idefics", 32_000, 4096, 11_008, 32, 32, nil, traits: .windowed(nil))

  private init(
    _ architecture: String, _ type: String, _ vocabulary: Int, _ width: Int, _ feedForward: Int, _ layers: Int,
    _ heads: Int, _ kvHeads: Int?, head headWidth: Int? = nil, traits: Traits
  ) {
    self.architecture = architecture
    self.type = type
    self.vocabulary = vocabulary
    self.width = width
    self.feedForward = feedForward
    self.layers = layers
    self.heads = heads
    self.kvHeads = kvHeads
    self.headWidth = headWidth
    self.traits = traits
  }
}
