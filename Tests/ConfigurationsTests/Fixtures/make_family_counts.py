#!/usr/bin/env python3
"""Writes configurations in odd sizes (families/) and what transformers and torch count of them (family_counts.csv).

    python3 -m venv venv && venv/bin/pip install torch transformers
    venv/bin/python make_family_counts.py

Sizes are small and no two alike, so that nothing that is taken for another goes unnoticed. Parameters are the sum over
module.parameters(), tied ones once. FLOPs are those of FlopCounterMode over random weights: eager attention, one sequence
of text, logits of the last position. Layers that are recurrences are left out of the FLOPs: transformers' fallback code
computes them in another form.

transformers 5.24.0, torch 2.15.0.
"""

import csv
import json
import pathlib

import torch
import transformers as t
from torch.utils.flop_counter import FlopCounterMode

HERE = pathlib.Path(__file__).parent
BASE = dict(hidden_size=48, intermediate_size=56, num_hidden_layers=5, num_attention_heads=6, num_key_value_heads=2,
            vocab_size=101, max_position_embeddings=128)
MAMBA2 = dict(mamba_n_heads=12, mamba_d_head=8, mamba_n_groups=2, mamba_d_state=16)
CONFIGS = {
    "gemma": ("GemmaForCausalLM", dict(BASE, head_dim=10)),
    "granite": ("GraniteForCausalLM", dict(BASE, attention_bias=True, mlp_bias=True)),
    "granite-moe": ("GraniteMoeForCausalLM", dict(BASE, num_local_experts=5, num_experts_per_tok=3)),
    "granite-moe-shared": ("GraniteMoeSharedForCausalLM",
                           dict(BASE, num_local_experts=5, num_experts_per_tok=3, shared_intermediate_size=40)),
    "granite-hybrid": ("GraniteMoeHybridForCausalLM",
                       dict(BASE, **MAMBA2, num_local_experts=5, num_experts_per_tok=3, shared_intermediate_size=40,
                            layer_types=["mamba", "mamba", "attention", "mamba", "attention"])),
    "cohere": ("CohereForCausalLM", dict(BASE, use_qk_norm=True)),
    "cohere2": ("Cohere2ForCausalLM", dict(BASE, sliding_window=7)),
    "olmo2": ("Olmo2ForCausalLM", dict(BASE)),
    "starcoder2": ("Starcoder2ForCausalLM", dict(BASE)),
    "smollm3": ("SmolLM3ForCausalLM", dict(BASE)),
    "ernie-moe": ("Ernie4_5_MoeForCausalLM",
                  dict(BASE, moe_num_experts=6, moe_k=2, moe_intermediate_size=20, moe_num_shared_experts=3,
                       moe_layer_start_index=1, moe_layer_end_index=3)),
    "phimoe": ("PhimoeForCausalLM",
               dict(BASE, num_local_experts=4, num_experts_per_tok=2, attention_bias=True, lm_head_bias=True)),
    "glm": ("GlmForCausalLM", dict(BASE, head_dim=12)),
    "glm4": ("Glm4ForCausalLM", dict(BASE, head_dim=12)),
    "glm4-moe": ("Glm4MoeForCausalLM",
                 dict(BASE, head_dim=12, attention_bias=True, use_qk_norm=True, n_routed_experts=6,
                      num_experts_per_tok=2, moe_intermediate_size=20, n_shared_experts=2, first_k_dense_replace=2)),
    "minimax-m2": ("MiniMaxM2ForCausalLM", dict(BASE, head_dim=12, num_local_experts=5, num_experts_per_tok=2)),
    "gpt-oss": ("GptOssForCausalLM", dict(BASE, head_dim=12, num_local_experts=5, num_experts_per_tok=2)),
    "llama4": ("Llama4ForCausalLM",
               dict(BASE, head_dim=12, num_local_experts=5, num_experts_per_tok=1, intermediate_size_mlp=72,
                    interleave_moe_layer_step=2)),
    "gemma3": ("Gemma3ForCausalLM", dict(BASE, head_dim=12, sliding_window=9)),
    "qwen3-next": ("Qwen3NextForCausalLM",
                   dict(BASE, head_dim=16, linear_num_key_heads=3, linear_num_value_heads=6, linear_key_head_dim=8,
                        linear_value_head_dim=12, num_experts=6, num_experts_per_tok=2, moe_intermediate_size=20,
                        shared_expert_intermediate_size=28)),
    "deepseek-v32": ("DeepseekV32ForCausalLM",
                     dict(BASE, num_key_value_heads=6, q_lora_rank=20, kv_lora_rank=14, qk_rope_head_dim=4,
                          qk_nope_head_dim=6, v_head_dim=5, n_routed_experts=8, num_experts_per_tok=2, n_group=1,
                          topk_group=1, moe_intermediate_size=20, first_k_dense_replace=1, index_n_heads=3,
                          index_head_dim=8, index_topk=5)),
    "falcon-new": ("FalconForCausalLM",
                   dict(hidden_size=48, num_hidden_layers=3, num_attention_heads=6, num_kv_heads=2, vocab_size=101,
                        new_decoder_architecture=True, bias=True)),
    "falcon-sequential": ("FalconForCausalLM",
                          dict(hidden_size=48, num_hidden_layers=3, num_attention_heads=6, vocab_size=101,
                               parallel_attn=False, multi_query=False, bias=True)),
    "gpt2": ("GPT2LMHeadModel", dict(n_embd=48, n_layer=3, n_head=6, n_positions=64, vocab_size=101)),
    "opt": ("OPTForCausalLM",
            dict(hidden_size=48, ffn_dim=56, num_hidden_layers=3, num_attention_heads=6, vocab_size=101,
                 word_embed_proj_dim=48, max_position_embeddings=64)),
    "mamba": ("MambaForCausalLM", dict(hidden_size=48, state_size=7, num_hidden_layers=3, vocab_size=101)),
    "mamba2": ("Mamba2ForCausalLM",
               dict(hidden_size=48, state_size=16, num_hidden_layers=3, vocab_size=101, num_heads=12, head_dim=8,
                    n_groups=2)),
    "jamba": ("JambaForCausalLM",
              dict(BASE, num_experts=4, num_experts_per_tok=2, attn_layer_period=3, attn_layer_offset=1,
                   mamba_d_state=7, mamba_dt_rank=9)),
    "falcon-h1": ("FalconH1ForCausalLM", dict(BASE, head_dim=8, mamba_d_ssm=96, **MAMBA2)),
    "falcon-h1-biased": ("FalconH1ForCausalLM",
                         dict(BASE, head_dim=8, mamba_d_ssm=96, **MAMBA2, projectors_bias=True, mamba_conv_bias=False)),
    "nemotron-h": ("NemotronHForCausalLM",
                   dict(BASE, head_dim=12, mamba_num_heads=12, mamba_head_dim=8, n_groups=2, ssm_state_size=16,
                        n_routed_experts=5, num_experts_per_tok=2, n_shared_experts=2, moe_intermediate_size=20,
                        moe_shared_expert_intermediate_size=28, use_bias=True, attention_bias=True,
                        layers_block_type=["mamba", "moe", "attention", "mlp", "mamba"])),
    "bamba": ("BambaForCausalLM", dict(BASE, mamba_n_heads=12, mamba_d_head=8, mamba_d_state=16, attn_layer_indices=[1])),
    "minimax": ("MiniMaxForCausalLM", dict(BASE, head_dim=10, num_local_experts=5, num_experts_per_tok=2)),
    "lfm2": ("Lfm2ForCausalLM", dict(BASE, full_attn_idxs=[1, 3], block_multiple_of=8, conv_bias=True)),
    "lfm2-moe": ("Lfm2MoeForCausalLM",
                 dict(BASE, num_experts=5, num_experts_per_tok=2, moe_intermediate_size=20, num_dense_layers=1,
                      layer_types=["conv", "conv", "full_attention", "conv", "full_attention"])),
    "gemma4": ("Gemma4ForCausalLM",
               dict(BASE, head_dim=12, global_head_dim=16, num_global_key_value_heads=1, attention_k_eq_v=True,
                    sliding_window=7, hidden_size_per_layer_input=0, enable_moe_block=True, num_experts=4,
                    top_k_experts=2, moe_intermediate_size=20)),
    "mimo-v2": ("MiMoV2FlashForCausalLM",
                dict(BASE, num_key_value_heads=1, head_dim=12, v_head_dim=10, sliding_window=7, n_routed_experts=5,
                     num_experts_per_tok=2, moe_intermediate_size=20)),
    # Layers of all three kinds; two window's lengths, 3 and 8 tokens an entry.
    "deepseek-v4": ("DeepseekV4ForCausalLM",
                    dict(hidden_size=48, num_hidden_layers=4, num_attention_heads=6, head_dim=16, vocab_size=101,
                         q_lora_rank=20, o_groups=3, o_lora_rank=14, index_n_heads=5, index_head_dim=8, index_topk=4,
                         moe_intermediate_size=28, n_routed_experts=5, num_experts_per_tok=2, n_shared_experts=1,
                         hc_mult=3, hc_sinkhorn_iters=4, sliding_window=7, max_position_embeddings=128,
                         compress_rates={"compressed_sparse_attention": 3, "heavily_compressed_attention": 8},
                         partial_rotary_factor=0.25,
                         layer_types=["heavily_compressed_attention", "compressed_sparse_attention",
                                      "sliding_attention", "compressed_sparse_attention"])),
    "olmo": ("OlmoForCausalLM", dict(BASE)),
    "olmoe": ("OlmoeForCausalLM", dict(BASE, num_experts=5, num_experts_per_tok=2)),
    "flex-olmo": ("FlexOlmoForCausalLM", dict(BASE, num_experts=5, num_experts_per_tok=2)),
    "exaone4": ("Exaone4ForCausalLM", dict(BASE, sliding_window=7)),
    "seed-oss": ("SeedOssForCausalLM", dict(BASE, head_dim=12, attention_out_bias=True)),
    "arcee": ("ArceeForCausalLM", dict(BASE, mlp_bias=True)),
    "apertus": ("ApertusForCausalLM", dict(BASE, attention_bias=True)),
    "helium": ("HeliumForCausalLM", dict(BASE, head_dim=8)),
    "stablelm": ("StableLmForCausalLM", dict(BASE, hidden_size=96, use_qkv_bias=True, qk_layernorm=True)),
    "stablelm-parallel": ("StableLmForCausalLM", dict(BASE, hidden_size=96, use_parallel_residual=True)),
    "gpt-neox": ("GPTNeoXForCausalLM",
                 dict(hidden_size=96, intermediate_size=56, num_hidden_layers=3, num_attention_heads=6, vocab_size=101)),
    "gptj": ("GPTJForCausalLM", dict(n_embd=48, n_layer=3, n_head=6, n_positions=64, vocab_size=101, rotary_dim=4)),
    "gpt-bigcode": ("GPTBigCodeForCausalLM", dict(n_embd=48, n_layer=3, n_head=6, n_positions=64, vocab_size=101)),
    "bloom": ("BloomForCausalLM", dict(hidden_size=48, n_layer=3, n_head=6, vocab_size=101)),
    "mpt": ("MptForCausalLM", dict(d_model=48, n_layers=3, n_heads=6, vocab_size=101, max_seq_len=64)),
    "persimmon": ("PersimmonForCausalLM",
                  dict(hidden_size=96, intermediate_size=56, num_hidden_layers=3, num_attention_heads=6, vocab_size=101)),
    "dots1": ("Dots1ForCausalLM",
              dict(BASE, n_routed_experts=6, num_experts_per_tok=2, n_shared_experts=2, moe_intermediate_size=20,
                   first_k_dense_replace=1, max_window_layers=2, sliding_window=7)),
    "hunyuan-moe": ("HunYuanMoEV1ForCausalLM", dict(BASE, head_dim=12, num_experts=5, moe_topk=2)),
    "glm4-moe-lite": ("Glm4MoeLiteForCausalLM",
                      dict(BASE, num_key_value_heads=6, q_lora_rank=20, kv_lora_rank=14, qk_rope_head_dim=4,
                           qk_nope_head_dim=6, v_head_dim=5, n_routed_experts=6, num_experts_per_tok=2,
                           moe_intermediate_size=20)),
    "ministral": ("MinistralForCausalLM", dict(BASE, head_dim=12, sliding_window=7)),
    "ministral3": ("Ministral3ForCausalLM", dict(BASE, head_dim=12)),
    "cwm": ("CwmForCausalLM", dict(BASE, head_dim=12, sliding_window=7)),
    # Norms behind the sums, an embedding narrower than the layers.
    "opt-post-norm": ("OPTForCausalLM",
                      dict(hidden_size=48, ffn_dim=56, num_hidden_layers=3, num_attention_heads=6, vocab_size=101,
                           word_embed_proj_dim=20, do_layer_norm_before=False, max_position_embeddings=64)),
    "opt-post-norm-classes": ("OPTForSequenceClassification",
                              dict(hidden_size=48, ffn_dim=56, num_hidden_layers=3, num_attention_heads=6,
                                   vocab_size=101, word_embed_proj_dim=20, do_layer_norm_before=False,
                                   max_position_embeddings=64)),
    # As granite-4.0-micro and granite-4.0-h-1b: no experts, and none of a token.
    "granite-hybrid-dense": ("GraniteMoeHybridForCausalLM",
                             dict(BASE, **MAMBA2, num_local_experts=0, num_experts_per_tok=0, shared_intermediate_size=40,
                                  layer_types=["attention"] * 5)),
    "gemma3-text-model": ("Gemma3TextModel", dict(BASE, head_dim=12, sliding_window=9)),
    "llama-answers": ("LlamaForQuestionAnswering", dict(BASE)),
    "mistral-model": ("MistralModel", dict(BASE)),
    "qwen3-classes": ("Qwen3ForSequenceClassification", dict(BASE, head_dim=10, id2label={str(i): str(i) for i in range(7)})),
    "llama-token-classes": ("LlamaForTokenClassification", dict(BASE, id2label={str(i): str(i) for i in range(3)})),
    "dinov2": ("Dinov2Model", dict(hidden_size=48, num_hidden_layers=3, num_attention_heads=6, image_size=42)),
    "dinov2-swiglu": ("Dinov2Model",
                      dict(hidden_size=48, num_hidden_layers=3, num_attention_heads=6, image_size=42,
                           use_swiglu_ffn=True)),
    "dinov2-classes": ("Dinov2ForImageClassification",
                       dict(hidden_size=48, num_hidden_layers=3, num_attention_heads=6, image_size=42,
                            id2label={str(i): str(i) for i in range(7)})),
    "vit-classes": ("ViTForImageClassification",
                    dict(hidden_size=48, intermediate_size=56, num_hidden_layers=3, num_attention_heads=6, image_size=48,
                         id2label={str(i): str(i) for i in range(7)})),
    "siglip-classes": ("SiglipForImageClassification",
                       dict(vision_config=dict(hidden_size=48, intermediate_size=56, num_hidden_layers=3,
                                               num_attention_heads=6, image_size=48),
                            id2label={str(i): str(i) for i in range(7)})),
    "clip-projection": ("CLIPVisionModelWithProjection",
                        dict(hidden_size=48, intermediate_size=56, num_hidden_layers=3, num_attention_heads=6,
                             image_size=64, projection_dim=20)),
    "siglip2": ("Siglip2VisionModel",
                dict(hidden_size=48, intermediate_size=56, num_hidden_layers=3, num_attention_heads=6, num_patches=25,
                     patch_size=8)),
    "vit": ("ViTModel",
            dict(hidden_size=48, intermediate_size=56, num_hidden_layers=3, num_attention_heads=6, image_size=48)),
}
RECURRENT = {"falcon-h1-biased", "nemotron-h", "bamba", "minimax", "lfm2", "lfm2-moe", "granite-hybrid", "qwen3-next", "mamba", "mamba2", "jamba", "falcon-h1"}
INDEXED = {"deepseek-v32"}
VISION = {"dinov2", "dinov2-swiglu", "siglip2", "vit"}
PICTURES = {"dinov2-classes", "vit-classes", "siglip-classes", "clip-projection"}

(HERE / "families").mkdir(exist_ok=True)
rows = []
for name, (architecture, sizes) in CONFIGS.items():
    kind = getattr(t, architecture)
    config = kind.config_class(**sizes, pad_token_id=0)
    config._attn_implementation = "eager"
    config._experts_implementation = "eager"
    torch.manual_seed(0)
    model = kind(config).eval()
    entries = dict(architectures=[architecture], model_type=config.model_type, **sizes)
    (HERE / "families" / f"{name}.json").write_text(json.dumps(entries, indent=1) + "\n")
    rows.append((name, "parameters", 0, sum(p.numel() for p in model.parameters())))
    if name in PICTURES:
        side = getattr(config, "vision_config", config).image_size
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            model(torch.zeros(1, 3, side, side))
        rows.append((name, "image_flops", 0, counter.get_total_flops()))
    if name in VISION | PICTURES | RECURRENT | INDEXED or architecture.endswith("Model") and "LMHead" not in architecture:
        continue
    scores_all = not architecture.endswith(("ForCausalLM", "LMHeadModel"))
    for tokens in (13, 40):
        ids = torch.randint(0, config.vocab_size, (1, tokens))
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            model(ids) if scores_all or architecture.startswith("OPT") else model(ids, logits_to_keep=1)
        flops = counter.get_total_flops()
        if architecture == "OPTForCausalLM":
            # It makes logits of all positions.
            flops -= 2 * (tokens - 1) * config.vocab_size * config.word_embed_proj_dim
        if name == "llama4":
            # Its two mixtures pass all tokens through all experts, and multiply those that are not picked by zero.
            picked, experts = config.num_experts_per_tok, config.num_local_experts
            flops -= 2 * (experts - picked) * tokens * 6 * config.hidden_size * config.intermediate_size
        rows.append((name, "flops", tokens, flops))
with open(HERE / "family_counts.csv", "w") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["config", "what", "tokens", "count"])
    writer.writerows(rows)
