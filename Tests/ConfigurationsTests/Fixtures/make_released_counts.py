#!/usr/bin/env python3
"""Prints what ReleasedConnectorTests compares with: connectors and towers that transformers does not have.

    python3 -m venv venv && venv/bin/pip install torch torchvision timm numpy
    venv/bin/python make_released_counts.py --mobilevlm CHECKOUT --qwen-vl FOLDER --llama-adapter CHECKOUT

The checkouts are github.com/Meituan-AutoML/MobileVLM and github.com/OpenGVLab/LLaMA-Adapter, FOLDER that of visual.py of
huggingface.co/Qwen/Qwen-VL. Modules are built
by their own code with random weights; FLOPs are those of torch's FlopCounterMode, parameters the sum over
module.parameters(). What does no arithmetic (reading images) is not needed and left out of the import.

Figures in the tests: MobileVLM at commit 688fdec, visual.py of Qwen-VL-Chat as in revision "main" of 2023-11, torch 2.5.1,
torchvision 0.20.1, timm 1.0. LLaMA-Adapter at commit 521a09d, torch 2.15.0, timm 1.0.26.
"""

import argparse
import importlib.util
import pathlib
import sys
import types

import torch
from torch.utils.flop_counter import FlopCounterMode


def load(path):
    """A module from a file, with stand-ins for imports that only fetch and draw images."""
    for name in ["requests", "matplotlib"]:
        sys.modules.setdefault(name, types.ModuleType(name))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parameters(module):
    return sum(p.numel() for p in module.parameters())


def flops(call):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        result = call()
    return counter.get_total_flops(), result


def mobilevlm(checkout):
    projectors = load(checkout / "mobilevlm/model/vision_projector.py")
    for kind, name in [("LDPNetProjector", "ldp"), ("LDPNetV2Projector", "ldp_v2")]:
        for width, grid in [(2048, 24), (2560, 24), (200, 9)]:
            config = types.SimpleNamespace(mm_hidden_size=1024, hidden_size=width)
            module = getattr(projectors, kind)(config).eval()
            count, result = flops(lambda: module(torch.zeros(1, grid * grid, 1024)))
            print(name, "width", width, "grid", grid, "parameters", parameters(module), "FLOPs", count, "tokens", result.shape[1])


def qwen_vl(folder):
    visual = load(folder / "visual.py")
    sizes = dict(image_size=448, patch_size=14, width=1664, layers=48, heads=16, mlp_ratio=4.9231, output_dim=4096)
    small = dict(image_size=112, patch_size=14, width=96, layers=2, heads=3, mlp_ratio=2, output_dim=256, n_queries=16)
    for name, entries, device in [("qwen-vl", sizes, "meta"), ("small", small, "cpu")]:
        # Positions are made by numpy; on the meta device only shapes count.
        with torch.device("cpu"):
            tower = visual.VisionTransformer(**{**entries, **({"layers": 1} if device == "meta" else {})}).eval()
        if device == "meta":
            layer = parameters(tower.transformer)
            pixels = torch.zeros(1, 3, entries["image_size"], entries["image_size"])
            whole, _ = flops(lambda: tower(pixels))
            tokens = torch.zeros((entries["image_size"] // entries["patch_size"]) ** 2, 1, entries["width"])
            inner, _ = flops(lambda: tower.transformer(tokens))
            more = entries["layers"] - 1
            print(name, "parameters", parameters(tower) + more * layer, "FLOPs", whole + more * inner)
        else:
            pixels = torch.zeros(1, 3, entries["image_size"], entries["image_size"])
            count, result = flops(lambda: tower(pixels))
            print(name, "parameters", parameters(tower), "FLOPs", count, "tokens", result.shape[1])
        features = torch.zeros(1, (entries["image_size"] // entries["patch_size"]) ** 2, entries["width"])
        count, _ = flops(lambda: tower.attn_pool(features))
        rest = parameters(tower.attn_pool) + parameters(tower.ln_post) + tower.proj.numel()
        print(name, "resampler, last norm and projection: parameters", rest, "FLOPs of the resampler alone", count)


def llama_adapter(checkout):
    """Its `forward_visual` over 257 tokens of CLIP ViT-L/14, whose last product (1024 to 768, no bias) is counted beside it."""
    from timm.models.vision_transformer import Block

    for name, entries in [("clip", ["load"]), ("adapter", []), ("adapter.llama", ["ModelArgs", "Transformer"]),
                          ("adapter.tokenizer", ["Tokenizer"]), ("adapter.utils", ["sample_top_p", "_download"])]:
        module = sys.modules.setdefault(name, types.ModuleType(name))
        for entry in entries:
            setattr(module, entry, None)
    path = checkout / "llama_adapter_v2_multimodal7b/llama/llama_adapter.py"
    spec = importlib.util.spec_from_file_location("adapter.llama_adapter", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for queries, layers, width, heads, output, tokens, encoder in [(10, 8, 768, 16, 4096, 257, 1024), (3, 2, 24, 4, 40, 10, 20)]:
        # As in LLaMA_adapter.__init__, whose other parts need checkpoints.
        parts = torch.nn.Module()
        parts.query_len = queries
        parts.proj = torch.nn.Parameter(torch.zeros(encoder, width))
        parts.clip_proj = torch.nn.Linear(width, width)
        parts.clip_proj_norm = torch.nn.LayerNorm(width)
        parts.visual_query = torch.nn.Embedding(queries, width)
        parts.visual_blocks = torch.nn.ModuleList(Block(width, heads, 4.0, qkv_bias=True) for _ in range(layers))
        for block in parts.visual_blocks:
            # One operator of torch, as its counter knows it.
            block.attn.fused_attn = False
        parts.visual_proj = torch.nn.Linear(width, output)
        parts.visual_proj_norm = torch.nn.LayerNorm(output)
        parts.clip_encode_image = lambda images: images @ parts.proj
        count, result = flops(lambda: module.LLaMA_adapter.forward_visual(parts, torch.zeros(1, tokens, encoder)))
        print("llama-adapter", width, "parameters", parameters(parts), "FLOPs", count, "tokens", result.shape[1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--mobilevlm", type=pathlib.Path)
    parser.add_argument("--qwen-vl", type=pathlib.Path)
    parser.add_argument("--llama-adapter", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.llama_adapter:
        llama_adapter(arguments.llama_adapter)
    if arguments.mobilevlm:
        mobilevlm(arguments.mobilevlm)
    if arguments.qwen_vl:
        qwen_vl(arguments.qwen_vl)
