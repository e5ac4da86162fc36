internal import Documents
internal import Tensors

/// The metadata of a GGUF file as a configuration of transformers' class for the same architecture.
///
/// Source of the keys: gguf-py/gguf/constants.py of github.com/ggml-org/llama.cpp.
struct GGUFConfiguration {
  private let file: GGUFFile
  private let tensors: [String: GGUFFile.Tensor]
  private let architecture: String
  /// Layers of the model, without those behind them that predict further tokens and do not run; nil where it does not say.
  private(set) var layers: Int?

  init(_ file: GGUFFile, tensors: [GGUFFile.Tensor]) throws(Diagnostic) {
    self.file = file
    var named: [String: GGUFFile.Tensor] = [:]
    for tensor in tensors { named[tensor.name] = tensor }
    self.tensors = named
    guard case .text(let name)? = file.metadata["general.architecture"] else {
      throw Diagnostic(file: file.path, "says no \"general.architecture\"")
    }
    architecture = name
    if let blocks = try number("block_count") {
      layers = blocks - min(blocks, try number("nextn_predict_layers") ?? 0)
    }
  }

  /// What is understood: the architecture, by the name that it has in GGUF, and the class of transformers.
  private static let classes = [
    "llama": "LlamaForCausalLM", "llama4": "Llama4ForCausalLM", "mistral3": "Ministral3ForCausalLM",
    "qwen2": "Qwen2ForCausalLM", "qwen2moe": "Qwen2MoeForCausalLM", "qwen2vl": "Qwen2ForCausalLM",
    "qwen3": "Qwen3ForCausalLM", "qwen3moe": "Qwen3MoeForCausalLM", "qwen3vl": "Qwen3ForCausalLM",
    "qwen3vlmoe": "Qwen3MoeForCausalLM", "gemma": "GemmaForCausalLM", "gemma2": "Gemma2ForCausalLM",
    "gemma3": "Gemma3ForCausalLM", "phi2": "PhiForCausalLM", "phi3": "Phi3ForCausalLM",
    "deepseek2": "DeepseekV3ForCausalLM", "gpt-oss": "GptOssForCausalLM", "command-r": "CohereForCausalLM",
    "cohere2": "Cohere2ForCausalLM", "starcoder2": "Starcoder2ForCausalLM", "olmo2": "Olmo2ForCausalLM",
    "olmoe": "OlmoeForCausalLM", "glm4": "Glm4ForCausalLM", "granite": "GraniteForCausalLM",
    "granitemoe": "GraniteMoeForCausalLM", "stablelm": "StableLmForCausalLM", "smollm3": "SmolLM3ForCausalLM",
    "exaone": "LlamaForCausalLM", "exaone4": "Exaone4ForCausalLM", "ernie4_5": "Ernie4_5ForCausalLM",
    "hunyuan-dense": "HunYuanDenseV1ForCausalLM", "internlm2": "LlamaForCausalLM", "seed_oss": "SeedOssForCausalLM",
    "minimax-m2": "MiniMaxM2ForCausalLM", "apertus": "ApertusForCausalLM", "arcee": "ArceeForCausalLM",
    "glm4moe": "Glm4MoeForCausalLM", "falcon": "FalconForCausalLM", "gpt2": "GPT2LMHeadModel",
  ]

  /// The keys of most decoders: what transformers calls them, and what GGUF does behind the architecture's name.
  private static let keys: KeyValuePairs<String, String> = [
    "hidden_size": "embedding_length", "num_hidden_layers": "block_count", "intermediate_size": "feed_forward_length",
    "num_attention_heads": "attention.head_count", "max_position_embeddings": "context_length",
    "head_dim": "attention.key_length", "sliding_window": "attention.sliding_window",
    "num_experts_per_tok": "expert_used_count", "moe_intermediate_size": "expert_feed_forward_length",
    "n_shared_experts": "expert_shared_count", "first_k_dense_replace": "leading_dense_block_count",
    "shared_expert_intermediate_size": "expert_shared_feed_forward_length", "q_lora_rank": "attention.q_lora_rank",
    "kv_lora_rank": "attention.kv_lora_rank", "interleave_moe_layer_step": "interleave_moe_layer_step",
  ]

  /// The configuration.
  ///
  /// - Throws: `Diagnostic` for an architecture that is not understood, and figures that are no numbers.
  func config() throws(Diagnostic) -> Node {
    guard var name = Self.classes[architecture] else { throw unknown }
    var entries: [Node.Entry] = []
    for (key, ending) in Self.keys {
      if let number = try number(ending) { entries.append(entry(key, "\(number)")) }
    }
    let heads = try number("attention.head_count")
    if let kvHeads = try number("attention.head_count_kv") {
      let isLatent = try number("attention.kv_lora_rank") != nil
      entries.append(entry("num_key_value_heads", "\(isLatent ? heads ?? kvHeads : kvHeads)"))
    }
    if let count = try number("expert_count"), count > 0 {
      if name == "LlamaForCausalLM" { name = "MixtralForCausalLM" }
      for key in ["num_experts", "n_routed_experts", "num_local_experts"] { entries.append(entry(key, "\(count)")) }
    }
    guard let embedding = tensors["token_embd.weight"], embedding.shape.count == 2 else {
      throw Diagnostic(
        file: file.path, "has no tensor \"token_embd.weight\" of two dimensions, whose rows are the vocabulary")
    }
    entries.append(entry("vocab_size", "\(embedding.shape[1])"))
    entries.append(entry("tie_word_embeddings", tensors["output.weight"] == nil ? "true" : "false"))
    let bias = tensors["blk.0.attn_q.bias"] != nil || tensors["blk.0.attn_qkv.bias"] != nil ? "true" : "false"
    for key in ["attention_bias", "use_qkv_bias"] { entries.append(entry(key, bias)) }
    if tensors["blk.0.attn_q_norm.weight"] != nil {
      for key in ["use_qk_norm", "qk_layernorm"] { entries.append(entry(key, "true")) }
    }
    if let layers { entries.append(entry("num_hidden_layers", "\(layers)")) }
    entries += try special(heads)
    entries.append(Node.Entry(key: "architectures", keyPosition: place, value: list([text(name)])))
    return Node(.mapping(entries), at: place)
  }

  /// What to say of an architecture that is not understood.
  private var unknown: Diagnostic {
    if architecture == "clip" {
      return Diagnostic(
        file: file.path,
        "holds a vision tower for another file (mmproj), which is not understood; name the model's own")
    }
    let near = nearest(to: architecture, among: Self.classes.keys.sorted(), limit: 1).first
    return Diagnostic(
      file: file.path,
      "unknown architecture \"\(architecture.prefix(40))\"\(near.map { ", the nearest known is \($0)" } ?? ""); known are "
        + Self.classes.keys.sorted().joined(separator: ", "))
  }

  /// What single architectures say besides.
  private func special(_ heads: Int?) throws(Diagnostic) -> [Node.Entry] {
    var entries: [Node.Entry] = []
    let rotated = try number("rope.dimension_count")
    switch architecture {
    case "deepseek2":
      let rotated = rotated ?? 64
      // Files of absorbed attention have the widths of heads under keys of their own.
      let key = try first(of: ["attention.key_length_mla", "attention.key_length"], else: 192)
      let value = try first(of: ["attention.value_length_mla", "attention.value_length"], else: 128)
      entries.append(entry("qk_rope_head_dim", "\(rotated)"))
      entries.append(entry("qk_nope_head_dim", "\(max(1, key - rotated))"))
      entries.append(entry("v_head_dim", "\(value)"))
      if try number("attention.q_lora_rank") == nil { entries.append(entry("q_lora_rank", "null")) }
    case "phi2", "stablelm", "glm4", "glm4moe":
      if case .boolean(let isParallel)? = file.metadata["\(architecture).use_parallel_residual"] {
        entries.append(entry("use_parallel_residual", isParallel ? "true" : "false"))
      }
      if let rotated, let width = try headWidth(heads), rotated <= width {
        entries.append(entry("partial_rotary_factor", "\(Double(rotated) / Double(width))"))
      }
    case "llama4":
      // What transformers calls the feed-forward width is the experts', behind the name that dense layers have in GGUF.
      if let inner = try number("feed_forward_length") { entries.append(entry("intermediate_size_mlp", "\(inner)")) }
      if let inner = try number("expert_feed_forward_length") { entries.append(entry("intermediate_size", "\(inner)")) }
    case "granitemoe":
      if let inner = try number("expert_shared_feed_forward_length") {
        entries.append(entry("shared_intermediate_size", "\(inner)"))
      }
    case "exaone4":
      if try number("attention.sliding_window") == nil { entries.append(entry("sliding_window", "null")) }
    case "minimax-m2":
      if let rotated { entries.append(entry("rotary_dim", "\(rotated)")) }
    case "falcon":
      if let kvHeads = try number("attention.head_count_kv") { entries.append(entry("num_kv_heads", "\(kvHeads)")) }
      entries.append(entry("new_decoder_architecture", tensors["blk.0.attn_norm_2.weight"] == nil ? "false" : "true"))
    default: break
    }
    return entries
  }

  /// The number of the first of some keys that is there.
  private func first(of endings: [String], else fallback: Int) throws(Diagnostic) -> Int {
    for ending in endings {
      if let number = try number(ending) { return number }
    }
    return fallback
  }

  private func headWidth(_ heads: Int?) throws(Diagnostic) -> Int? {
    if let stated = try number("attention.key_length") { return stated }
    guard let width = try number("embedding_length"), let heads, heads > 0 else { return nil }
    return width / heads
  }

  /// A whole number behind the architecture's name; of a list of one for every layer the one that all have.
  private func number(_ ending: String) throws(Diagnostic) -> Int? {
    let key = "\(architecture).\(ending)"
    switch file.metadata[key] {
    case nil: return nil
    case .integer(let number): return number
    case .list(_, let values):
      let numbers = values.compactMap { value -> Int? in if case .integer(let number) = value { number } else { nil } }
      let used = Set(numbers.filter { $0 > 0 })
      guard numbers.count == values.count, used.count == 1, let number = used.first else {
        throw Diagnostic(
          file: file.path, "\"\(key)\" differs by layer, which is not understood in GGUF; use the model's config.json")
      }
      return number
    default: throw Diagnostic(file: file.path, "expected \"\(key)\" to be a whole number")
    }
  }

  private var place: Diagnostic.Position { Diagnostic.Position(file: file.path, line: 0, column: 0) }
  private func text(_ text: String) -> Node { Node(.scalar(text, quoted: true), at: place) }
  private func list(_ items: [Node]) -> Node { Node(.sequence(items), at: place) }
  private func entry(_ key: String, _ literal: String) -> Node.Entry {
    Node.Entry(key: key, keyPosition: place, value: Node(.scalar(literal, quoted: false), at: place))
  }
}
