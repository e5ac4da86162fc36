import Architectures
import Configurations
import Documents
import Images

extension FuzzTarget {
  /// Hugging Face configurations, of models and of what prepares pictures; what is sound is priced.
  static let config = FuzzTarget(
    "config", longest: 8192,
    words: MultimodalModel.architectures.map { "\"\($0)\"" }
      + [
        "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
        "head_dim",
        "vocab_size", "max_position_embeddings", "sliding_window", "tie_word_embeddings", "hidden_act", "num_experts",
        "num_experts_per_tok", "n_routed_experts", "moe_intermediate_size", "first_k_dense_replace", "q_lora_rank",
        "kv_lora_rank", "qk_rope_head_dim", "qk_nope_head_dim", "v_head_dim", "layer_types", "vision_config",
        "text_config", "quantization_config", "image_size", "patch_size", "spatial_merge_size", "model_type",
        "torch_dtype",
        "num_local_experts", "attention_bias", "mlp_bias", "sliding_window_pattern", "image_grid_pinpoints", "size",
        "crop_size", "shortest_edge", "image_mean", "rescale_factor",
      ].map { "\"\($0)\"" }
  ) { (bytes) throws(Diagnostic) in
    let root = try JSON.parse(bytes, file: "config.json", asPython: true)
    guard MultimodalModel.isConfig(root) else {
      _ = try ImagePreprocessing(root)
      return
    }
    try Pricing.price(try MultimodalModel(config: root, name: "fuzzed"))
  }
}
