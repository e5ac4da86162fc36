#!/usr/bin/env python3
"""Run released reducers inside the tower `deep`: make_reduced.py TOME EVIT ATS

The arguments are checkouts of https://github.com/facebookresearch/ToMe at af95e4b1befa172dadccd8c81e223b10090f9579,
https://github.com/youweiliang/evit at 5ca95a7cf4a8637193284895c5bc0dd9dc365982 and
https://github.com/adaptivetokensampling/ATS at 9271257adc7ea9695c2ccd75e25e3a86432fd65a.

Their blocks get the tower's weights and run on its first hidden state (transformers 5.23.0, torch 2.13.0) up to the
penultimate layer. Writes reduced.safetensors beside itself: for every reducer its tokens, class token first, and as
`.counts` the tokens that leave each layer. What timm would give those blocks, base classes whose methods they replace
and a plain feed-forward block, is defined here.
"""

import importlib.util
import math
import pathlib
import sys
import types
from unittest import mock

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import CLIPVisionModel

HERE = pathlib.Path(__file__).parent
TOME, EVIT, ATS = map(pathlib.Path, sys.argv[1:4])


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Mlp(nn.Module):
    def __init__(self, in_features, hidden_features, act_layer=QuickGELU, drop=0.0):
        super().__init__()
        self.fc1, self.fc2, self.act = nn.Linear(in_features, hidden_features), nn.Linear(hidden_features, in_features), act_layer()

    def forward(self, x, policy=None, sampler=None):
        return self.fc2(self.act(self.fc1(x)))


class Attention(nn.Module):
    def __init__(self, dim, num_heads, qkv_bias=True):
        super().__init__()
        self.num_heads, self.scale = num_heads, (dim // num_heads) ** -0.5
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.attn_drop = self.proj_drop = nn.Identity()


class Block(nn.Module):
    def __init__(self, dim, num_heads):
        super().__init__()
        self.norm1, self.norm2, self.attn = nn.LayerNorm(dim), nn.LayerNorm(dim), Attention(dim, num_heads)
        self.mlp, self.drop_path = Mlp(dim, 4 * dim), nn.Identity()

    def forward(self, x):
        raise NotImplementedError


def modules():
    """What the checkouts import besides torch."""
    timm = types.ModuleType("timm.models.vision_transformer")
    timm.Attention, timm.Block, timm.VisionTransformer = Attention, Block, type("VisionTransformer", (nn.Module,), {})
    names = ("timm", "timm.data", "timm.models", "timm.models.helpers", "timm.models.layers", "timm.models.registry",
             "torchprofile", "torchvision", "tome.vis", "helpers")
    fakes = {name: mock.MagicMock() for name in names}
    fakes["timm.models.layers"].Mlp = Mlp
    return fakes | {"timm.models.vision_transformer": timm}


def load(name, path, package=None):
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=[str(path.parent)] if package else None)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def fill(block, layer):
    """The weights of a CLIP layer in a released block."""
    attention = layer.self_attn
    projections = (attention.q_proj, attention.k_proj, attention.v_proj)
    block.attn.qkv.weight.data = torch.cat([p.weight for p in projections]).detach()
    block.attn.qkv.bias.data = torch.cat([p.bias for p in projections]).detach()
    for target, source in ((block.attn.proj, attention.out_proj), (block.norm1, layer.layer_norm1),
                           (block.norm2, layer.layer_norm2), (block.mlp.fc1, layer.mlp.fc1),
                           (block.mlp.fc2, layer.mlp.fc2)):
        target.load_state_dict(source.state_dict())
    for norm in (block.norm1, block.norm2):
        norm.eps = layer.layer_norm1.eps
    return block.eval()


def main():
    model = CLIPVisionModel.from_pretrained(HERE / "deep").eval()
    inner = getattr(model, "vision_model", model)
    layers, heads, width = inner.encoder.layers, 2, 16
    pixels = load_file(HERE / "deep/expected.safetensors")["pixel_values"][None]
    with torch.no_grad():
        first = model(pixels, output_hidden_states=True).hidden_states[0]
    results = {}

    def keep(name, x, counts):
        results[name] = x[0].contiguous()
        results[f"{name}.counts"] = torch.tensor(counts, dtype=torch.int32)

    with mock.patch.dict(sys.modules, modules()), torch.no_grad():
        for name in ("tome", "tome.merge", "tome.utils"):
            sys.modules.pop(name, None)
        package = types.ModuleType("tome")
        package.__path__ = [str(TOME / "tome")]
        sys.modules["tome"] = package
        merge = load("tome.merge", TOME / "tome/merge.py")
        utils = load("tome.utils", TOME / "tome/utils.py")
        patch = load("tome_timm", TOME / "tome/patch/timm.py")
        for name, r in (("tome:r=1", 1), ("tome:r=2", 2), ("tome:r=1,inflection=-1.0", (1, -1.0))):
            info = {"r": utils.parse_r(len(layers), r), "size": None, "source": None, "trace_source": False,
                    "prop_attn": True, "class_token": True, "distill_token": False}
            x, counts = first, []
            for layer in layers[:-1]:
                block = fill(Block(width, heads), layer)
                block.__class__, block.attn.__class__ = patch.ToMeBlock, patch.ToMeAttention
                block._tome_info = info
                x = block(x)
                counts.append(x.shape[1])
            keep(name, x, counts)

        helpers = types.ModuleType("helpers")
        source = (EVIT / "helpers.py").read_text()
        exec(source[source.index("def complement_idx"):], {"torch": torch}, vars(helpers))
        sys.modules["helpers"] = helpers
        evit = load("evit", EVIT / "evit.py")
        for share in (0.62, 0.3):
            x, counts = first, []
            for index, layer in enumerate(layers[:-1]):
                rate = share if index in (3, 6, 9) else 1.0
                block = evit.Block(width, heads, qkv_bias=True, act_layer=QuickGELU, keep_rate=rate, fuse_token=True)
                x = fill(block, layer)(x)[0]
                counts.append(x.shape[1])
            keep(f"evit:keep={share}", x, counts)

        package = types.ModuleType("ats")
        package.__path__ = [str(ATS / "libs/models/transformers")]
        sys.modules["ats"] = package
        load("ats.transformer_block", ATS / "libs/models/transformers/transformer_block.py")
        sampler = load("ats.ats_block", ATS / "libs/models/transformers/ats_block.py")
        x, counts = first, []
        for index, layer in enumerate(layers[:-1]):
            policy = torch.ones(1, x.shape[1], 1)
            if index in (3, 6, 9):
                block = fill(sampler.ATSBlock(width, heads, qkv_bias=True, act_layer=QuickGELU, drop_tokens=True), layer)
                x, _ = block(x, n_tokens=first.shape[1], policy=policy, sampler=torch.nonzero(policy),
                             n_ref_tokens=first.shape[1])
            else:
                x = fill(evit.Block(width, heads, qkv_bias=True, act_layer=QuickGELU, keep_rate=1.0), layer)(x)[0]
            counts.append(x.shape[1])
        keep("ats:16+16+16", x, counts)
    save_file(results, HERE / "reduced.safetensors")
    for name in results:
        if name.endswith("counts"):
            print(name, results[name].tolist())


if __name__ == "__main__":
    main()
