#!/usr/bin/env python3
"""Makes the towers other than CLIP's in this folder: random weights in the hub's format, and what transformers says of random pixels.

usage: make_families.py   (needs: torch transformers safetensors; written with transformers 5.24.0)
Each folder has config.json, model.safetensors and expected.safetensors: pixel_values (grid_thw or spatial_shapes beside rows
of patches), penultimate and last (hidden states before the last layer, and what leaves the tower), merged (what enters the
language model) and deepstack.N.
"""
import os
import torch
import transformers as T
from safetensors.torch import load_file, save_file
from transformers.models.internvl.configuration_internvl import InternVLConfig, InternVLVisionConfig
from transformers.models.internvl.modeling_internvl import InternVLModel, InternVLVisionModel
from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLVisionConfig
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VisionTransformerPretrainedModel
from transformers.models.qwen2_vl.configuration_qwen2_vl import Qwen2VLVisionConfig
from transformers.models.qwen2_vl.modeling_qwen2_vl import Qwen2VisionTransformerPretrainedModel
from transformers.models.qwen3_vl.configuration_qwen3_vl import Qwen3VLVisionConfig
from transformers.models.qwen3_vl.modeling_qwen3_vl import Qwen3VLVisionModel

HERE = os.path.dirname(os.path.abspath(__file__))


def prepared(model):
    """Weights far from their initial zeros and ones, exact in half precision."""
    torch.manual_seed(7)
    for weights in model.parameters():
        weights.data = (weights.data + 0.05 * torch.randn_like(weights)).half().float()
    return model.eval()


def save(name, model, expected):
    folder = f"{HERE}/{name}"
    model.save_pretrained(folder)
    path = f"{folder}/model.safetensors"
    # A language model, where there is one, is of no use here; half precision halves the files.
    kept = {k: v.half() for k, v in load_file(path).items() if "language_model" not in k and not k.startswith("head.")}
    save_file(kept, path, metadata={"format": "pt"})
    save_file({k: v.detach().contiguous() for k, v in expected.items()}, f"{folder}/expected.safetensors")
    for extra in ("generation_config.json",):
        if os.path.exists(f"{folder}/{extra}"):
            os.remove(f"{folder}/{extra}")


def planes(name, model, height, width):
    pixels = torch.randn(1, 3, height, width)
    with torch.no_grad():
        out = model(pixels, output_hidden_states=True)
    save(name, model, {"pixel_values": pixels[0], "penultimate": out.hidden_states[-2][0], "last": out.last_hidden_state[0]})


def qwen(name, model, config, frames, rows, columns):
    model = prepared(model._from_config(config))
    numbers = 3 * config.temporal_patch_size * config.patch_size**2
    pixels, grid = torch.randn(frames * rows * columns, numbers), torch.tensor([[frames, rows, columns]])
    seen = {}
    model.blocks[-1].register_forward_hook(lambda _, given, out: seen.update(penultimate=given[0], last=out))
    with torch.no_grad():
        out = model(pixels, grid_thw=grid)
    expected = {"pixel_values": pixels, "grid_thw": grid, "merged": out.pooler_output, **seen}
    for index, features in enumerate(getattr(out, "deepstack_features", None) or []):
        expected[f"deepstack.{index}"] = features
    save(name, model, expected)


planes("siglip", prepared(T.SiglipVisionModel(T.SiglipVisionConfig(
    hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=3, image_size=23, patch_size=4))), 23, 23)

naflex = prepared(T.Siglip2VisionModel(T.Siglip2VisionConfig(
    hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=2, num_patches=25, patch_size=4)))
pixels, shapes = torch.randn(1, 30, 48), torch.tensor([[3, 8]])
with torch.no_grad():
    out = naflex(pixels, (torch.arange(30) < 24).int()[None], shapes, output_hidden_states=True)
save("naflex", naflex, {
    "pixel_values": pixels, "spatial_shapes": shapes, "penultimate": out.hidden_states[-2][0][:24],
    "last": out.last_hidden_state[0][:24]})

planes("dinov2", prepared(T.Dinov2Model(T.Dinov2Config(
    hidden_size=24, mlp_ratio=2, num_hidden_layers=2, num_attention_heads=2, image_size=20, patch_size=4,
    use_swiglu_ffn=True))), 12, 28)

planes("internvit", prepared(InternVLVisionModel(InternVLVisionConfig(
    hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=2, image_size=[16, 16], patch_size=[4, 4],
    use_mean_pooling=False, use_qk_norm=True, norm_type="rms_norm"))), 24, 24)

text = dict(
    model_type="qwen2", hidden_size=32, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2,
    num_key_value_heads=1, vocab_size=16)
internvl = prepared(InternVLModel(InternVLConfig(
    vision_config=dict(
        model_type="internvl_vision", hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=2,
        image_size=[16, 16], patch_size=[4, 4], attention_bias=True),
    text_config=text)))
pixels = torch.randn(1, 3, 16, 16)
with torch.no_grad():
    tower = internvl.vision_tower(pixels, output_hidden_states=True)
    merged = internvl.get_image_features(
        pixels, vision_feature_layer=-1, vision_feature_select_strategy="default").pooler_output
save("internvl", internvl, {
    "pixel_values": pixels[0], "penultimate": tower.hidden_states[-2][0], "last": tower.last_hidden_state[0],
    "merged": merged[0]})

qwen("qwen2_vl", Qwen2VisionTransformerPretrainedModel, Qwen2VLVisionConfig(
    embed_dim=24, hidden_size=20, depth=3, num_heads=3, mlp_ratio=2, patch_size=4), 1, 4, 6)
qwen("qwen2_5_vl", Qwen2_5_VisionTransformerPretrainedModel, Qwen2_5_VLVisionConfig(
    hidden_size=24, intermediate_size=36, out_hidden_size=20, depth=3, num_heads=2, patch_size=4, window_size=17,
    fullatt_block_indexes=[1]), 2, 6, 10)
qwen("qwen3_vl", Qwen3VLVisionModel, Qwen3VLVisionConfig(
    hidden_size=24, intermediate_size=36, out_hidden_size=20, depth=3, num_heads=2, patch_size=4, num_position_embeddings=25,
    deepstack_visual_indexes=[0, 2]), 1, 6, 4)
