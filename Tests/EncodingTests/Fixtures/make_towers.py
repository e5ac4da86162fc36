#!/usr/bin/env python3
"""Make small CLIP towers with random weights and what transformers says of random pixels: make_towers.py

Writes beside itself, for every tower, a folder with config.json, weights, and expected.safetensors: pixel_values, the
penultimate hidden state, and the outputs of q_proj and k_proj in the last two layers (the features that reducers
read). Made with transformers 5.23.0 and torch 2.13.0, in F32 whatever the weights are stored as.
"""

import json
import pathlib
import shutil

import torch
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, CLIPVisionModel

HERE = pathlib.Path(__file__).parent

# name: sizes, type of the weights, what stands before the names, files, who the configuration says it is
TOWERS = {
    "plain": (dict(hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4, image_size=56,
                   patch_size=14), torch.float32, "vision_model.", 1, "tower"),
    "half": (dict(hidden_size=48, intermediate_size=80, num_hidden_layers=4, num_attention_heads=3, image_size=40,
                  patch_size=8, hidden_act="gelu"), torch.float16, "vision_tower.vision_model.", 1, "llava"),
    "brain": (dict(hidden_size=40, intermediate_size=100, num_hidden_layers=2, num_attention_heads=1, image_size=50,
                   patch_size=16, layer_norm_eps=1e-3), torch.bfloat16, "model.vision_tower.vision_model.", 1, "llava"),
    "sharded": (dict(hidden_size=24, intermediate_size=36, num_hidden_layers=5, num_attention_heads=2, image_size=30,
                     patch_size=5, hidden_act="gelu_pytorch_tanh"), torch.float32, "", 3, "clip"),
    "deep": (dict(hidden_size=16, intermediate_size=64, num_hidden_layers=12, num_attention_heads=2, image_size=32,
                  patch_size=8), torch.float32, "vision_model.", 1, "tower"),
    "single": (dict(hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=8, image_size=9,
                    patch_size=3, hidden_act="silu"), torch.float32, "vision_model.", 1, "tower"),
}


def randomize(model, generator):
    """Weights under which layers matter: attention that is not flat, residuals that change."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("weight") and parameter.dim() >= 2:
                fan = parameter[0].numel()
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 1.5 / fan**0.5)
            elif "norm" in name and name.endswith("weight"):
                parameter.copy_(1 + 0.2 * torch.randn(parameter.shape, generator=generator))
            else:
                parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator))


def configuration(config, kind):
    tower = {key: value for key, value in config.to_dict().items() if key in (
        "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "image_size", "patch_size",
        "hidden_act", "layer_norm_eps", "model_type", "num_channels")}
    if kind == "tower":
        return {"architectures": ["CLIPVisionModel"], **tower}
    if kind == "clip":
        return {"architectures": ["CLIPModel"], "model_type": "clip", "vision_config": tower, "text_config": {}}
    return {"architectures": ["LlavaForConditionalGeneration"], "model_type": "llava", "vision_config": tower}


def features(model, pixels, depth):
    taken = {}
    handles = []
    for name, module in model.named_modules():
        if name.endswith(("q_proj", "k_proj")):
            handles.append(module.register_forward_hook(
                lambda module, inputs, output, name=name: taken.__setitem__(name, output[0])))
    with torch.no_grad():
        states = model(pixel_values=pixels[None], output_hidden_states=True).hidden_states
    for handle in handles:
        handle.remove()

    def layer(index, projection):
        return next(v for k, v in taken.items() if k.endswith(f"layers.{index}.self_attn.{projection}")).contiguous()

    result = {"pixel_values": pixels, "tokens": states[-2][0].contiguous(), "keys": layer(depth - 1, "k_proj"),
              "queries": layer(depth - 1, "q_proj")}
    if depth > 1:
        result |= {"penultimate_keys": layer(depth - 2, "k_proj"), "penultimate_queries": layer(depth - 2, "q_proj")}
    return result


def main():
    for seed, (name, (sizes, dtype, prefix, files, kind)) in enumerate(TOWERS.items()):
        generator = torch.Generator().manual_seed(seed)
        config = CLIPVisionConfig(**sizes)
        model = CLIPVisionModel(config).eval()
        randomize(model, generator)
        # What is computed with is what is stored.
        model = model.to(dtype).float()
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(configuration(config, kind), indent=2) + "\n")
        pixels = torch.randn(3, config.image_size, config.image_size, generator=generator)
        save_file(features(model, pixels, config.num_hidden_layers), folder / "expected.safetensors")
        weights = {prefix + key.removeprefix("vision_model."): value.to(dtype).contiguous()
                   for key, value in model.state_dict().items() if "position_ids" not in key}
        if files == 1:
            save_file(weights, folder / "model.safetensors")
            continue
        places = {key: f"model-{i % files + 1:05}-of-{files:05}.safetensors" for i, key in enumerate(sorted(weights))}
        for file in set(places.values()):
            save_file({key: weights[key] for key in weights if places[key] == file}, folder / file)
        index = {"metadata": {}, "weight_map": places | {"language_model.weight": "model-not-needed.safetensors"}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    main()
