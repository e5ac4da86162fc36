#!/usr/bin/env python3
"""Writes what transformers and torch count (counts.csv), and the configurations that they count (configs/).

    python3 -m venv venv && venv/bin/pip install torch transformers
    venv/bin/python make_counts.py

Models are built from their configurations on torch's meta device: no weights, no arithmetic. Parameters are the sum over
model.parameters(). FLOPs are those of torch's FlopCounterMode with eager attention (the full square, also under a sliding
window), logits of the last position only.

Where a token passes some of many experts the program's path depends on the data, which the meta device does not have.
There the experts are replaced by one that all n k rows pass: as many rows as the k experts of n tokens get in sum. Where a
configuration is small (`real=True`) the unchanged model runs too, on random weights, and must give the same count.

transformers 5.23.0, torch 2.15.0 (IDEFICS: 2.13.0).
"""

import ast
import csv
import json
import math
import pathlib

import torch
import transformers as t
from torch.utils.flop_counter import FlopCounterMode

HERE = pathlib.Path(__file__).parent
NOISE = {"id2label", "label2id", "return_dict", "output_hidden_states", "output_attentions", "_name_or_path",
         "transformers_version", "chunk_size_feed_forward", "is_encoder_decoder", "problem_type", "dtype"}
rows = []


def save(name, kind, config, full):
    """The configuration as a file, with all its keys or (`full=False`) with those alone that are not defaults."""
    entries = json.loads(config.to_json_string(use_diff=not full))

    def clean(entries):
        return {k: clean(v) if isinstance(v, dict) else v for k, v in entries.items() if k not in NOISE}

    entries = clean(entries) | {"architectures": [kind.__name__]}
    (HERE / "configs").mkdir(exist_ok=True)
    (HERE / "configs" / f"{name}.json").write_text(json.dumps(entries, indent=1) + "\n")


def build(kind, config, device="meta"):
    config._attn_implementation = "eager"
    with torch.device(device):
        return kind(config).eval()


def parameters(model):
    return sum(p.numel() for p in model.parameters())


def flops(call):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        call()
    return counter.get_total_flops()


def one_expert(model):
    """Lets all n k rows pass the first expert of every layer."""
    for module in model.modules():
        if hasattr(module, "gate_up_proj") and isinstance(module.gate_up_proj, torch.nn.Parameter):
            def forward(hidden, index, weights, module=module):
                chosen = hidden.repeat_interleave(index.shape[-1], dim=0)
                gate, up = torch.nn.functional.linear(chosen, module.gate_up_proj[0]).chunk(2, dim=-1)
                out = torch.nn.functional.linear(gate * up, module.down_proj[0])
                return out.view(hidden.shape[0], index.shape[-1], -1).sum(1)
            module.forward = forward


def prefill(model, ids):
    """Logits of the last position; the mask of ones keeps transformers from looking for packed sequences."""
    model(ids, attention_mask=torch.ones_like(ids), use_cache=False, logits_to_keep=1)


def record(name, what, tokens, count):
    rows.append([name, what, tokens, int(count)])
    print(name, what, tokens, int(count), flush=True)


def language(name, kind, config, lengths=(1, 40, 616), full=False, real=False):
    save(name, kind, config, full)
    model = build(kind, config)
    record(name, "parameters", 0, parameters(model))
    one_expert(model)
    small = build(kind, config, "cpu") if real else None
    if real:
        small.set_experts_implementation("eager")
    for length in lengths:
        ids = torch.zeros(1, length, dtype=torch.long, device="meta")
        count = flops(lambda: prefill(model, ids))
        if real:
            ids = torch.randint(0, config.vocab_size, (1, length))
            assert count == flops(lambda: prefill(small, ids)), (name, length)
        record(name, "flops", length, count)


def vision(name, kind, config, full=False):
    save(name, kind, config, full)
    model = build(kind, config)
    record(name, "parameters", 0, parameters(model))
    pixels = torch.zeros(1, config.num_channels, config.image_size, config.image_size, device="meta")
    record(name, "image_flops", 0, flops(lambda: model(pixels)))


def llava(name, kind, config, tokens, full=False):
    save(name, kind, config, full)
    model = build(kind, config)
    record(name, "parameters", 0, parameters(model))
    projector = model.model.multi_modal_projector
    features = torch.zeros(1, tokens, projector.linear_1.in_features, device="meta")
    record(name, "connector_flops", tokens, flops(lambda: projector(features)))
    ids = torch.zeros(1, 616, dtype=torch.long, device="meta")
    record(name, "flops", 616, flops(lambda: prefill(model, ids)))


def image_tokens(name, size, count, tiles):
    rows.append([name, f"image_tokens {size[0]}x{size[1]}", tiles, count])
    print(rows[-1], flush=True)


IMAGES = [(336, 336), (640, 480), (480, 640), (1000, 300), (97, 1203), (2048, 2048), (50, 40), (1920, 1081), (333, 777)]


def llava_next(name, config, full=False):
    """Tokens as the model's own packing of features leaves them; sizes are width x height."""
    kind = t.LlavaNextForConditionalGeneration
    llava(name, kind, config, (config.vision_config.image_size // config.vision_config.patch_size) ** 2, full)
    model = build(kind, config).model
    side = config.vision_config.image_size
    for width, height in IMAGES:
        tiles = t.models.llava_next.modeling_llava_next.image_size_to_num_patches(
            (height, width), config.image_grid_pinpoints, side)
        features = torch.zeros(tiles, (side // config.vision_config.patch_size) ** 2, config.text_config.hidden_size,
                               device="meta")
        packed, _ = model.pack_image_features([features], [(height, width)], "default", model.image_newline)
        image_tokens(name, (width, height), packed[0].shape[0], tiles)


def smart_resize():
    """The function of Qwen2-VL's image processor, whose module needs torchvision for other things."""
    path = pathlib.Path(t.__file__).parent / "models/qwen2_vl/image_processing_qwen2_vl.py"
    source = path.read_text()
    [function] = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == "smart_resize"]
    scope = {"math": math}
    exec(ast.get_source_segment(source, function), scope)
    return scope["smart_resize"]


def qwen2_vl(name, config, full=False):
    kind = t.Qwen2VLForConditionalGeneration
    save(name, kind, config, full)
    model = build(kind, config)
    record(name, "parameters", 0, parameters(model))
    ids = torch.zeros(1, 616, dtype=torch.long, device="meta")
    record(name, "flops", 616, flops(lambda: prefill(model, ids)))
    part = config.vision_config
    cell = part.patch_size * part.spatial_merge_size
    for width, height in IMAGES:
        h, w = smart_resize()(height, width, factor=cell, max_pixels=28 * 28 * 1280)
        image_tokens(name, (width, height), (h // cell) * (w // cell), 1)
    # The tower asks for the numbers in its grid, which the meta device does not have: it runs for real on the processor.
    from transformers.models.qwen2_vl.modeling_qwen2_vl import Qwen2VisionTransformerPretrainedModel
    part._attn_implementation = "eager"
    tower = build(Qwen2VisionTransformerPretrainedModel, part, "cpu")
    width, height = 168, 112
    h, w = height // part.patch_size, width // part.patch_size
    patches = torch.zeros(h * w, part.in_channels * part.temporal_patch_size * part.patch_size ** 2)
    grid = torch.tensor([[1, h, w]])
    record(name, "tower_and_connector_flops 168x112", 1, flops(lambda: tower(patches, grid_thw=grid)))


def shape(kind, width, feed_forward, layers, heads, kv_heads=None, vocabulary=32000, **more):
    return kind(hidden_size=width, intermediate_size=feed_forward, num_hidden_layers=layers, num_attention_heads=heads,
                num_key_value_heads=kv_heads or heads, vocab_size=vocabulary, **more)


def decoders():
    lengths = (40, 80, 616, 700, 2048)
    L, M, Q2, Q3 = t.LlamaForCausalLM, t.MistralForCausalLM, t.Qwen2ForCausalLM, t.Qwen3ForCausalLM
    language("vicuna-7b", L, shape(t.LlamaConfig, 4096, 11008, 32, 32), lengths, full=True)
    language("vicuna-13b", L, shape(t.LlamaConfig, 5120, 13824, 40, 40), lengths)
    language("llama-2-70b", L, shape(t.LlamaConfig, 8192, 28672, 80, 64, 8), lengths)
    language("llama-3-8b", L, shape(t.LlamaConfig, 4096, 14336, 32, 32, 8, 128256))
    language("llama-odd", L, shape(t.LlamaConfig, 1536, 4000, 3, 12, 3, 5003, head_dim=160, tie_word_embeddings=True),
             (1, 17, 300))
    language("llama-biased", L, shape(t.LlamaConfig, 96, 200, 2, 6, 2, 301, attention_bias=True, mlp_bias=True), (1, 33))
    language("mistral-7b", M, shape(t.MistralConfig, 4096, 14336, 32, 32, 8), lengths, full=True)
    language("mistral-odd", M, shape(t.MistralConfig, 160, 300, 3, 5, 1, 211, head_dim=48, sliding_window=16), (9, 50))
    language("qwen2-7b", Q2, shape(t.Qwen2Config, 3584, 18944, 28, 28, 4, 152064), lengths, full=True)
    language("qwen2-odd", Q2, shape(t.Qwen2Config, 112, 300, 4, 7, 1, 500, use_sliding_window=True, sliding_window=8,
                                    max_window_layers=1, tie_word_embeddings=True), (5, 40))
    language("qwen3-8b", Q3, shape(t.Qwen3Config, 4096, 12288, 36, 32, 8, 151936, head_dim=128))
    language("qwen3-0.6b", Q3, shape(t.Qwen3Config, 1024, 3072, 28, 16, 8, 151936, head_dim=128,
                                     tie_word_embeddings=True), full=True)
    language("qwen3-odd", Q3, shape(t.Qwen3Config, 90, 200, 3, 6, 3, 77, head_dim=20, attention_bias=True), (1, 30))
    language("phi-2", t.PhiForCausalLM, shape(t.PhiConfig, 2560, 10240, 32, 32, 32, 51200), lengths, full=True)
    language("phi-odd", t.PhiForCausalLM, shape(t.PhiConfig, 120, 310, 3, 6, 2, 99, qk_layernorm=True), (1, 30))
    language("phi-3-mini", t.Phi3ForCausalLM, shape(t.Phi3Config, 3072, 8192, 32, 32, 32, 32064, sliding_window=2047))
    language("phi-3-odd", t.Phi3ForCausalLM, shape(t.Phi3Config, 128, 200, 2, 4, 2, 32064, partial_rotary_factor=0.5),
             (1, 30))
    language("gemma-2-2b", t.Gemma2ForCausalLM, t.Gemma2Config(), (40, 616))
    language("gemma-2-9b", t.Gemma2ForCausalLM, shape(t.Gemma2Config, 3584, 14336, 42, 16, 8, 256000, head_dim=256),
             full=True)
    language("gemma-2-odd", t.Gemma2ForCausalLM,
             shape(t.Gemma2Config, 96, 200, 5, 6, 2, 300, head_dim=40, attention_bias=True, sliding_window=8,
                   attn_logit_softcapping=None, final_logit_softcapping=None, tie_word_embeddings=False), (5, 40))


def mixtures():
    X, Q2, Q3 = t.MixtralForCausalLM, t.Qwen2MoeForCausalLM, t.Qwen3MoeForCausalLM
    D2, D3 = t.DeepseekV2ForCausalLM, t.DeepseekV3ForCausalLM
    language("mixtral-8x7b", X, t.MixtralConfig(rms_norm_eps=1e-5), full=True)
    language("mixtral-odd", X, shape(t.MixtralConfig, 96, 200, 3, 6, 2, 300, head_dim=20, num_local_experts=5,
                                     num_experts_per_tok=3, sliding_window=8), (1, 30), real=True)
    language("qwen1.5-moe-a2.7b", Q2, t.Qwen2MoeConfig(), full=True)
    language("qwen2-moe-odd", Q2, shape(
        t.Qwen2MoeConfig, 96, 200, 6, 6, 2, 300, num_experts=7, num_experts_per_tok=2, moe_intermediate_size=50,
        shared_expert_intermediate_size=70, decoder_sparse_step=2, mlp_only_layers=[3], qkv_bias=False), (1, 30), real=True)
    language("qwen3-30b-a3b", Q3, shape(
        t.Qwen3MoeConfig, 2048, 6144, 48, 32, 4, 151936, head_dim=128, moe_intermediate_size=768, num_experts=128,
        num_experts_per_tok=8))
    language("qwen3-moe-odd", Q3, shape(
        t.Qwen3MoeConfig, 96, 200, 3, 6, 2, 300, head_dim=20, attention_bias=True, num_experts=9, num_experts_per_tok=4,
        moe_intermediate_size=50, mlp_only_layers=[0], tie_word_embeddings=True), (1, 30), real=True)
    language("deepseek-v2-lite", D2, shape(
        t.DeepseekV2Config, 2048, 10944, 27, 16, 16, 102400, q_lora_rank=None, moe_intermediate_size=1408,
        n_routed_experts=64, num_experts_per_tok=6, n_shared_experts=2, first_k_dense_replace=1), full=True)
    language("deepseek-v2-odd", D2, shape(
        t.DeepseekV2Config, 96, 200, 4, 6, 6, 300, q_lora_rank=40, kv_lora_rank=24, qk_rope_head_dim=8,
        qk_nope_head_dim=20, v_head_dim=12, attention_bias=True, mlp_bias=True, moe_intermediate_size=50,
        n_routed_experts=9, num_experts_per_tok=4, n_shared_experts=3, first_k_dense_replace=2), (1, 30), real=True)
    language("deepseek-v3", D3, t.DeepseekV3Config())
    language("deepseek-v3-odd", D3, shape(
        t.DeepseekV3Config, 96, 200, 4, 6, 6, 300, q_lora_rank=None, kv_lora_rank=24, qk_rope_head_dim=8,
        qk_nope_head_dim=20, v_head_dim=12, moe_intermediate_size=50, n_routed_experts=16, num_experts_per_tok=4,
        n_group=4, topk_group=2, first_k_dense_replace=1, tie_word_embeddings=True), (1, 30), real=True)


def clip(image_size, layers=24):
    return t.CLIPVisionConfig(hidden_size=1024, intermediate_size=4096, num_hidden_layers=layers, num_attention_heads=16,
                              image_size=image_size, patch_size=14, projection_dim=768)


def siglip(**more):
    return t.SiglipVisionConfig(hidden_size=1152, intermediate_size=4304, num_hidden_layers=27, num_attention_heads=16,
                                image_size=384, patch_size=14, **more)


def towers():
    C, S = t.CLIPVisionModel, t.SiglipVisionModel
    vision("clip-vit-large-patch14-336", C, clip(336), full=True)
    vision("clip-vit-large-patch14-336-23-layers", C, clip(336, layers=23))
    vision("clip-vit-large-patch14", C, clip(224))
    vision("clip-vit-base-patch32", C, t.CLIPVisionConfig())
    vision("clip-odd", C, t.CLIPVisionConfig(hidden_size=48, intermediate_size=100, num_hidden_layers=2,
                                             num_attention_heads=3, image_size=52, patch_size=7, num_channels=1))
    vision("siglip-so400m-patch14-384", S, siglip(), full=True)
    vision("siglip-base-patch16-224", S, t.SiglipVisionConfig())
    vision("siglip-odd", S, t.SiglipVisionConfig(hidden_size=48, intermediate_size=100, num_hidden_layers=2,
                                                 num_attention_heads=3, image_size=52, patch_size=7,
                                                 vision_use_head=False))


def multimodal():
    kind = t.LlavaForConditionalGeneration
    for name, text in [("llava-1.5-7b", shape(t.LlamaConfig, 4096, 11008, 32, 32, vocabulary=32064)),
                       ("llava-1.5-13b", shape(t.LlamaConfig, 5120, 13824, 40, 40, vocabulary=32064))]:
        llava(name, kind, t.LlavaConfig(vision_config=clip(336), text_config=text), 576, full=True)
    llava("llava-default", kind, t.LlavaConfig(), 576)
    llava("llava-odd", kind, t.LlavaConfig(
        vision_config=siglip(), text_config=shape(t.Qwen2Config, 896, 4864, 24, 14, 2, 151936, tie_word_embeddings=True),
        projector_hidden_act="relu", vision_feature_select_strategy="full", vision_feature_layer=[-1, -3, 5],
        multimodal_projector_bias=False, tie_word_embeddings=True), 729)
    llava_next("llava-1.6-vicuna-7b", t.LlavaNextConfig(
        vision_config=clip(336), text_config=shape(t.LlamaConfig, 4096, 11008, 32, 32, vocabulary=32064)), full=True)
    llava_next("llava-1.6-mistral-7b", t.LlavaNextConfig(
        vision_config=clip(336),
        text_config=shape(t.MistralConfig, 4096, 14336, 32, 32, 8, 32064, sliding_window=None)))
    llava_next("llava-next-odd", t.LlavaNextConfig(
        vision_config=clip(224, layers=2), text_config=shape(t.Qwen2Config, 96, 200, 2, 6, 2, 300, tie_word_embeddings=True),
        image_grid_pinpoints=[[224, 448], [448, 224], [672, 448], [896, 896]], vision_feature_layer=-1))
    llava("video-llava-7b", t.VideoLlavaForConditionalGeneration, t.VideoLlavaConfig(
        vision_config=clip(224), text_config=shape(t.LlamaConfig, 4096, 11008, 32, 32, vocabulary=32064)), 257)
    qwen2_vl("qwen2-vl-2b", t.Qwen2VLConfig(
        text_config=dict(vocab_size=151936, hidden_size=1536, intermediate_size=8960, num_hidden_layers=28,
                         num_attention_heads=12, num_key_value_heads=2), vision_config=dict(hidden_size=1536),
        tie_word_embeddings=True), full=True)
    qwen2_vl("qwen2-vl-odd", t.Qwen2VLConfig(
        text_config=dict(vocab_size=300, hidden_size=96, intermediate_size=200, num_hidden_layers=2, num_attention_heads=6,
                         num_key_value_heads=2,
                         rope_parameters=dict(rope_type="default", rope_theta=1e6, mrope_section=[2, 3, 3])),
        vision_config=dict(hidden_size=96, embed_dim=48, depth=2, num_heads=4, patch_size=7, spatial_merge_size=4,
                           temporal_patch_size=1, in_channels=1, mlp_ratio=3)))


def idefics(name, config, full=False):
    """The whole model, tower and perceiver and all, over text of so many tokens with one image, and with two."""
    kind = t.IdeficsForVisionText2Text
    save(name, kind, config, full)
    model = build(kind, config)
    record(name, "parameters", 0, parameters(model))
    for length, images in [(40, 1), (616, 1), (40, 2)]:
        # The lookup of added words asks for the ids, which the meta device does not have.
        text = torch.zeros(1, length, config.hidden_size, device="meta")
        side = config.vision_config.image_size
        pixels = torch.zeros(1, images, 3, side, side, device="meta")
        seen = torch.ones(1, length, images, dtype=torch.long, device="meta")
        mask = torch.ones(1, length, dtype=torch.long, device="meta")
        count = flops(lambda: model(inputs_embeds=text, attention_mask=mask, pixel_values=pixels,
                                    image_attention_mask=seen, use_cache=False, logits_to_keep=1))
        record(name, "total_flops" if images == 1 else "total_flops_of_two_images", length, count)


def idefics_shape(width, feed_forward, layers, heads, **more):
    return t.IdeficsConfig(
        hidden_size=width, intermediate_size=feed_forward, num_hidden_layers=layers, num_attention_heads=heads,
        additional_vocab_size=2, qk_layer_norms=True, use_resampler=True, cross_layer_interval=4,
        perceiver_config=dict(qk_layer_norms_perceiver=True), **more)


def cross_attention():
    tower = dict(embed_dim=1280, intermediate_size=5120, num_hidden_layers=32, num_attention_heads=16)
    idefics("idefics-9b", idefics_shape(4096, 11008, 32, 32, vision_config=tower), full=True)
    idefics("idefics-80b", idefics_shape(8192, 22016, 80, 64, vision_config=tower))
    small = dict(embed_dim=48, intermediate_size=100, num_hidden_layers=2, num_attention_heads=3, image_size=52,
                 patch_size=7)
    idefics("idefics-odd", t.IdeficsConfig(
        vocab_size=301, hidden_size=96, intermediate_size=200, num_hidden_layers=6, num_attention_heads=6,
        cross_layer_interval=3, alpha_type="vector", tie_word_embeddings=True, vision_config=small))
    idefics("idefics-odd-resampler", t.IdeficsConfig(
        vocab_size=301, additional_vocab_size=5, hidden_size=96, intermediate_size=200, num_hidden_layers=4,
        num_attention_heads=6, use_resampler=True, qk_layer_norms=True, vision_config=small,
        perceiver_config=dict(resampler_n_latents=7, resampler_depth=3, resampler_n_heads=5, resampler_head_dim=12)))


def query_formers():
    """Prints what QueryFormerTests compares with: InstructBLIP, and the Q-Former of BLIP-2, which reads no text."""
    for name, width, feed_forward, layers, heads in [("7b", 4096, 11008, 32, 32), ("13b", 5120, 13824, 40, 40)]:
        text = shape(t.LlamaConfig, width, feed_forward, layers, heads, vocabulary=32001)
        config = t.InstructBlipConfig(vision_config=t.InstructBlipVisionConfig().to_dict(), text_config=text.to_dict(),
                                      qformer_config=t.InstructBlipQFormerConfig(vocab_size=30523).to_dict())
        print("instructblip", name, "parameters", parameters(build(t.InstructBlipForConditionalGeneration, config)))
    tower = build(t.InstructBlipVisionModel, t.InstructBlipVisionConfig())
    pixels = torch.zeros(1, 3, 224, 224, device="meta")
    print("eva parameters", parameters(tower), "FLOPs", flops(lambda: tower(pixels)))
    image = torch.zeros(1, 257, 1408)
    queries = torch.zeros(1, 32, 768)
    former = build(t.InstructBlipQFormerModel, t.InstructBlipQFormerConfig(vocab_size=30523), "cpu")
    ids = torch.zeros(1, 40, dtype=torch.long)
    count = flops(lambda: former(input_ids=ids, attention_mask=torch.ones(1, 72), query_embeds=queries,
                                 encoder_hidden_states=image, encoder_attention_mask=torch.ones(1, 257)))
    print("instructblip q-former parameters", parameters(former), "FLOPs with 40 tokens of text", count)
    former = build(t.Blip2QFormerModel, t.Blip2QFormerConfig(), "cpu")
    count = flops(lambda: former(query_embeds=queries, encoder_hidden_states=image))
    print("blip-2 q-former parameters", parameters(former), "FLOPs", count)


def main():
    decoders()
    mixtures()
    towers()
    multimodal()
    cross_attention()
    query_formers()
    with open(HERE / "counts.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["config", "what", "tokens", "count"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
