#!/usr/bin/env python3
"""Makes and checks the scenes in this folder: made-up features and what the released PruMerge makes of them.

    git clone https://github.com/42Shawn/LLaVA-PruMerge
    pip install torch numpy safetensors
    python3 make_fixtures.py check LLaVA-PruMerge scene_*.safetensors     # the outputs are those of that code
    python3 make_fixtures.py make LLaVA-PruMerge FOLDER                   # nine new scenes

The released code runs as it is, in llava/model/multimodal_encoder/clip_encoder.py of the checkout, on a stand-in for
the CLIP tower that hands out given features instead of encoding an image. A scene holds

    keys, tokens          [577, 64]   the class token's row first
    cls_query             [64]
    cls_attention         [576]       the class token's attention to the patches
    kept                  [m]         the patches with outlying attention, most attention first
    prumerge, prumerge_plus                              [tokens, 64]   adaptive
    prumerge_fixed_eighth, prumerge_plus_fixed_eighth    [tokens, 64]   with a reduction ratio of 1/8
"""
import argparse
import importlib.util
import pathlib
import sys
import types
from unittest import mock

import torch
from safetensors.torch import load_file, save_file

PATCHES, WIDTH = 576, 64
TOLERANCE = 1e-4


class Layer(torch.nn.Module):
    """As much of an encoder layer as the released code hooks into: projections that pass their input on."""

    def __init__(self):
        super().__init__()
        self.self_attn = torch.nn.Module()
        self.self_attn.q_proj = torch.nn.Identity()
        self.self_attn.k_proj = torch.nn.Identity()


class Tower(torch.nn.Module):
    """A vision tower whose queries, keys and penultimate features are given."""

    device, dtype = torch.device("cpu"), torch.float32

    def __init__(self, scene):
        super().__init__()
        self.vision_model = torch.nn.Module()
        self.vision_model.encoder = torch.nn.Module()
        self.vision_model.encoder.layers = torch.nn.ModuleList(Layer() for _ in range(24))
        self.scene = scene

    def forward(self, images, output_hidden_states):
        attention = self.vision_model.encoder.layers[23].self_attn
        queries = torch.zeros_like(self.scene["keys"])
        queries[0] = self.scene["cls_query"]
        attention.q_proj(queries[None])
        attention.k_proj(self.scene["keys"][None])
        return types.SimpleNamespace(hidden_states=[None, self.scene["tokens"][None], None])


def released_code(checkout):
    """The module of the released PruMerge. What it imports to load a real tower and to draw is not needed here."""
    path = pathlib.Path(checkout) / "llava/model/multimodal_encoder/clip_encoder.py"
    spec = importlib.util.spec_from_file_location("clip_encoder", path)
    module = importlib.util.module_from_spec(spec)
    unused = {name: mock.MagicMock() for name in ("transformers", "matplotlib", "matplotlib.pyplot")}
    with mock.patch.dict(sys.modules, unused):
        spec.loader.exec_module(module)
    return module


def outputs(module, scene):
    """What the released code makes of the features of a scene."""
    tower = module.CLIPVisionTower.__new__(module.CLIPVisionTower)
    torch.nn.Module.__init__(tower)
    tower.vision_tower, tower.select_layer, tower.select_feature = Tower(scene), -2, "patch"
    images = torch.zeros(1)
    logits = scene["cls_query"] @ scene["keys"].T * WIDTH**-0.5
    attention = torch.softmax(logits, dim=-1)[1:]
    count = int(PATCHES * module.outlier_dectection(attention))
    with torch.no_grad():
        merged = {
            "prumerge": tower.token_prune_merge_advanced(images),
            "prumerge_plus": tower.token_prune_merge_advanced_plus(images),
            "prumerge_fixed_eighth": tower.token_prune_merge_advanced(images, False, 1 / 8),
            "prumerge_plus_fixed_eighth": tower.token_prune_merge_advanced_plus(images, False, 1 / 8),
        }
    result = {name: tokens[0].contiguous() for name, tokens in merged.items()}
    result["cls_attention"] = attention
    result["kept"] = torch.topk(attention, count).indices.to(torch.int32)
    return result


def features(seed):
    """Made-up features with some 20 to 140 salient patches: keys in groups, a few of them along the class query."""
    random = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=random)

    query, groups = normal(WIDTH) * 1.5, normal(12, WIDTH)
    group = torch.randint(12, (PATCHES + 1,), generator=random)
    keys = groups[group] + 0.5 * normal(PATCHES + 1, WIDTH)
    keys -= (keys @ query)[:, None] / query.dot(query) * query * 0.9
    salient = 1 + torch.randperm(PATCHES, generator=random)[: 20 + 15 * seed]
    strength = 2 + 3 * torch.rand(len(salient), generator=random)
    keys[salient] += strength[:, None] * WIDTH**0.5 / query.dot(query) * query
    return {"keys": keys, "cls_query": query, "tokens": groups[group] + normal(PATCHES + 1, WIDTH)}


def make(module, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(9):
        scene = features(seed)
        result = outputs(module, scene)
        save_file({**scene, **result}, folder / f"scene_{seed}.safetensors")
        print(f"scene_{seed}: {len(result['kept'])} outliers, {len(result['prumerge_plus'])} tokens of PruMerge+")


def check(module, paths):
    for path in paths:
        scene = load_file(path)
        for name, expected in outputs(module, scene).items():
            stored = scene[name]
            if stored.shape != expected.shape or (stored - expected).abs().max() > TOLERANCE:
                sys.exit(f"{path}: {name} differs from what the released code makes")
        print(f"{path}: as the released code")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["make", "check"])
    parser.add_argument("checkout", help="a clone of https://github.com/42Shawn/LLaVA-PruMerge")
    parser.add_argument("paths", nargs="+", type=pathlib.Path, help="scenes to check, or the folder to make them in")
    arguments = parser.parse_args()
    module = released_code(arguments.checkout)
    if arguments.action == "make":
        make(module, arguments.paths[0])
    else:
        check(module, arguments.paths)


if __name__ == "__main__":
    main()
