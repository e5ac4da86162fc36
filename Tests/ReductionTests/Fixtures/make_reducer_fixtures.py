#!/usr/bin/env python3
"""Makes and checks reducers_*.safetensors in this folder: made-up features and what released reducers make of them.

    pip install torch numpy safetensors
    python3 make_reducer_fixtures.py make  CHECKOUTS reducers_0.safetensors reducers_1.safetensors
    python3 make_reducer_fixtures.py check CHECKOUTS reducers_0.safetensors reducers_1.safetensors

CHECKOUTS is a folder of clones, each at the commit that stands beside it in REPOSITORIES below. Their code runs as it
is; what it imports to load real models is replaced by stand-ins, and so are the layers around the reduction. A file
holds features of 8 x 8 patches, 64 wide, with four heads (keys, cls_query, tokens, penultimate_keys,
penultimate_cls_query) and, for every reducer, NAME.kept and, where tokens are merged, NAME.tokens.
"""
import argparse
import importlib.util
import pathlib
import sys
import types
from unittest import mock

import torch
from safetensors.torch import load_file, save_file

REPOSITORIES = {
    "ToMe": ("facebookresearch/ToMe", "af95e4b1befa172dadccd8c81e223b10090f9579"),
    "evit": ("youweiliang/evit", "5ca95a7cf4a8637193284895c5bc0dd9dc365982"),
    "ATS": ("adaptivetokensampling/ATS", "9271257adc7ea9695c2ccd75e25e3a86432fd65a"),
    "CrossGET": ("sdc17/CrossGET", "dc3297534ecc2cbd7c0d3806df3e6426dc5c1a53"),
    "VisionZip": ("dvlab-research/VisionZip", "3151f6df4fca36a4cd1c985e5956e725b1f9ad02"),
    "FasterVLM": ("Theia-4869/FasterVLM", "f5d5f12037e105a51865ecb4b28a73cd86eb4921"),
    "VisPruner": ("Theia-4869/VisPruner", "aefa01adc7c7ce6334e880c88225e90cede760d1"),
    "divprune": ("vbdi/divprune", "799e2d950aa01ba7860907f5a6d86061f885dca6"),
}
SIDE, WIDTH, HEADS = 8, 64, 4
PATCHES, HEAD_WIDTH = SIDE * SIDE, WIDTH // HEADS
TOLERANCE = 1e-4


class Given(torch.nn.Module):
    """A layer that does what it is told."""

    def __init__(self, function):
        super().__init__()
        self.forward = function


def load(checkouts, repository, path, name, stand_ins):
    """A module of a checkout, with stand-ins for others that it imports."""
    file = pathlib.Path(checkouts) / repository / path
    package = name.rpartition(".")[0]
    modules = {stand_in: mock.MagicMock() for stand_in in stand_ins}
    while package:
        modules[package] = types.ModuleType(package)
        modules[package].__path__ = [str(file.parent)] if package == name.rpartition(".")[0] else []
        package = package.rpartition(".")[0]
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    with mock.patch.dict(sys.modules, modules):
        spec.loader.exec_module(module)
    return module


def by_heads(rows):
    """[n, width] as [1, heads, n, head width]."""
    return rows.reshape(len(rows), HEADS, HEAD_WIDTH).transpose(0, 1)[None]


def class_attention(query, keys):
    """The class token's attention in every head, [1, heads, n + 1]."""
    logits = (by_heads(query[None]) * HEAD_WIDTH**-0.5) @ by_heads(keys).transpose(-1, -2)
    return logits.softmax(dim=-1)[:, :, 0]


def indices(tokens, of):
    """Which rows of `of` the tokens are."""
    return torch.tensor([int((of == token).all(dim=1).nonzero()[0]) for token in tokens], dtype=torch.int32)


def tome(checkouts, scene, r):
    module = load(checkouts, "ToMe", "tome/merge.py", "tome_merge", [])
    metric = by_heads(scene["keys"]).mean(1)
    merge, _ = module.bipartite_soft_matching(metric, r, class_token=True)
    tokens, _ = module.merge_wavg(merge, scene["tokens"][None])
    source = module.merge_source(merge, scene["tokens"][None])[0, 1:]
    # A merged token is named after the odd position in it, an unmerged one after its own.
    kept = [next((int(i) for i in row.nonzero() if i % 2), int(row.nonzero()[0])) - 1 for row in source]
    return {"kept": torch.tensor(kept, dtype=torch.int32), "tokens": tokens[0, 1:].contiguous()}


def evit(checkouts, scene, keep):
    stand_ins = ["timm", "timm.data", "timm.models", "timm.models.helpers", "timm.models.layers",
                 "timm.models.registry", "timm.models.vision_transformer", "helpers"]
    module = load(checkouts, "evit", "evit.py", "evit", stand_ins)
    helpers = load(checkouts, "evit", "helpers.py", "helpers", ["torchprofile"])
    module.complement_idx = helpers.complement_idx
    with mock.patch.object(module, "Mlp", return_value=None):
        block = module.Block(WIDTH, HEADS, keep_rate=keep, fuse_token=True)
    queries = torch.zeros_like(scene["keys"])
    queries[0] = scene["cls_query"]
    projected = torch.cat([queries, scene["keys"], scene["tokens"]], dim=1)[None]
    block.norm1 = block.norm2 = block.drop_path = torch.nn.Identity()
    block.mlp = Given(torch.zeros_like)
    block.attn.qkv = Given(lambda _: projected)
    block.attn.proj = Given(torch.zeros_like)
    tokens, _, kept = block(scene["tokens"][None], get_idx=True)
    return {"kept": kept[0].to(torch.int32), "tokens": tokens[0, 1:].contiguous()}


def ats(checkouts, scene, samples):
    stand_ins = ["timm", "timm.models", "timm.models.layers", "timm.models.vision_transformer"]
    name = "transformers_of_ats.ats_block"
    with mock.patch.dict(sys.modules, {s: mock.MagicMock() for s in stand_ins}):
        module = load(checkouts, "ATS", "libs/models/transformers/ats_block.py", name, stand_ins)
    sampler = module.AdaptiveTokenSampler(WIDTH, num_heads=HEADS)
    queries = torch.zeros_like(scene["keys"])
    queries[0] = scene["cls_query"]
    projected = torch.cat([queries, scene["keys"], scene["tokens"]], dim=1)[None]
    sampler.qkv = Given(lambda *_: projected)
    sampler.proj = Given(lambda x, *_: x)
    numbers = torch.arange(PATCHES + 1.0)[None, :, None].expand(1, PATCHES + 1, WIDTH)
    policy = torch.ones(1, PATCHES + 1, 1)
    _, selected, policy, _ = sampler(
        numbers, policy, None, n_tokens=PATCHES + 1, raw_x=numbers, n_ref_tokens=samples + 1)
    kept = selected[0, :, 0][policy[0, :, 0] > 0][1:]
    return {"kept": (kept - 1).to(torch.int32)}


def stable_argsort(tensor, dim=-1, descending=False):
    """Of equal numbers the lower index first. Tokens that are each other's nearest always rank equal in CrossGET, and
    torch's own order of equal numbers differs between versions."""
    return torch.sort(tensor, dim=dim, descending=descending, stable=True).indices


def crossget(checkouts, scene, r):
    module = load(checkouts, "CrossGET", "LLaVA/llava/model/reducer.py", "crossget_reducer", [])
    reducer = module.TokenReduction(batch_first=True)
    reducer.token_status = {"r": r}
    keys, tokens = scene["keys"], scene["tokens"]
    # The cross token is a copy of the class token: neither takes part. Importance is the last column alone.
    metric = by_heads(torch.cat([keys, keys[:1]])).mean(1)
    importance = torch.zeros(1, PATCHES + 2, PATCHES + 2)
    importance[0, 1:-1, -1] = class_attention(scene["cls_query"], keys)[0].mean(0)[1:]
    inputs = torch.cat([tokens, tokens[:1]])[None]
    with mock.patch.object(torch.Tensor, "argsort", stable_argsort):
        merged, _, _ = reducer(inputs, (importance, metric), token_size=torch.ones(1, PATCHES + 2, 1))
        source, _, _, _ = reducer.match(metric, r, query_token=importance)
    gone = set(source[0, :, 0].tolist())
    kept = [patch for patch in range(PATCHES) if patch + 1 not in gone]
    return {"kept": torch.tensor(kept, dtype=torch.int32), "tokens": merged[0, 1:-1].contiguous()}


def visionzip(checkouts, scene, dominant, contextual):
    stand_ins = ["transformers", "transformers.models", "transformers.models.clip",
                 "transformers.models.clip.modeling_clip", "transformers.modeling_outputs", "visionzip.utils"]
    module = load(checkouts, "VisionZip", "visionzip/clip_encoder.py", "visionzip.clip_encoder", stand_ins)
    attention = torch.zeros(1, HEADS, PATCHES + 1, PATCHES + 1)
    attention[:, :, 0] = class_attention(scene["penultimate_cls_query"], scene["penultimate_keys"])
    layer = types.SimpleNamespace(metric=by_heads(scene["penultimate_keys"]).mean(1))

    class Tower:
        # The front end of the released code counts the class token among the dominant ones.
        _info = {"dominant": dominant - 1, "contextual": contextual}
        vision_model = types.SimpleNamespace(encoder=types.SimpleNamespace(layers=[layer, None]))

        def __call__(self, *_, **__):
            return types.SimpleNamespace(
                attentions=[attention, None], hidden_states=[scene["tokens"][None], None])

    encoder = types.SimpleNamespace(vision_tower=Tower(), device="cpu", dtype=torch.float32)
    tokens, chosen = module.CLIPVisionTower_VisionZip.forward(encoder, torch.zeros(1))
    return {"kept": (chosen[0].sort().values - 1).to(torch.int32), "tokens": tokens[0].contiguous()}


LLAVA = ["llava", "llava.constants", "llava.mm_utils", "llava.model.multimodal_encoder",
         "llava.model.multimodal_encoder.builder", "llava.model.multimodal_projector",
         "llava.model.multimodal_projector.builder", "matplotlib", "matplotlib.pyplot"]


def llava_arch(checkouts, repository, path):
    return load(checkouts, repository, path, "llava.model.llava_arch", LLAVA).LlavaMetaForCausalLM


def fastervlm(checkouts, scene, count):
    arch = llava_arch(checkouts, "FasterVLM", "llava/model/llava_arch.py")
    attention = class_attention(scene["penultimate_cls_query"], scene["penultimate_keys"])[:, :, 1:]
    model = types.SimpleNamespace(
        get_vision_tower=lambda: lambda _: (scene["tokens"][None, 1:], attention), mm_projector=lambda x: x)
    this = types.SimpleNamespace(get_model=lambda: model, get_visual_token_num=lambda: count)
    _, mask, _ = arch.encode_images(this, None)
    return {"kept": mask[0].nonzero()[:, 0].to(torch.int32)}


def vispruner(checkouts, scene, count, ratio):
    arch = llava_arch(checkouts, "VisPruner", "llava/model/llava_arch.py")
    attention = class_attention(scene["penultimate_cls_query"], scene["penultimate_keys"])[:, :, 1:]
    model = types.SimpleNamespace(
        get_vision_tower=lambda: lambda _, output_attentions: (scene["tokens"][None, 1:], attention),
        mm_projector=lambda x: x)
    this = types.SimpleNamespace(
        get_model=lambda: model, get_visual_token_num=lambda: count, get_important_ratio=lambda: ratio)
    _, mask = arch.encode_images(this, None)
    return {"kept": mask[0].nonzero()[:, 0].to(torch.int32)}


def divprune(checkouts, scene, ratio):
    arch = llava_arch(checkouts, "divprune", "LLaVA/llava/model/llava_arch.py")
    this = types.SimpleNamespace(pairwise_cosine_similarity=lambda m: arch.pairwise_cosine_similarity(None, m))
    chosen, _ = arch.DivPrune(this, scene["tokens"][1:], PATCHES, threshold_ratio=ratio)
    return {"kept": chosen.sort().values.to(torch.int32)}


def pool(_, scene, side):
    image = scene["tokens"][1:].T.reshape(1, WIDTH, SIDE, SIDE)
    means = torch.nn.functional.avg_pool2d(image, side, ceil_mode=True, count_include_pad=False)
    return {"tokens": means.flatten(2)[0].T.contiguous()}


CASES = {
    "tome:r=5": (tome, 5), "tome:r=40": (tome, 40), "evit:keep=0.62": (evit, 0.62), "evit:keep=0.1": (evit, 0.1),
    "ats:64": (ats, 64), "ats:79": (ats, 79), "crossget:r=7": (crossget, 7), "crossget:r=60": (crossget, 60),
    "visionzip:12+5": (visionzip, 12, 5), "visionzip:1+10": (visionzip, 1, 10), "fastervlm:9": (fastervlm, 9),
    "vispruner:16": (vispruner, 16, 0.5), "vispruner:20,important=0.2": (vispruner, 20, 0.2),
    "vispruner:6,important=1.0": (vispruner, 6, 1.0), "vispruner:10,important=0.0": (vispruner, 10, 0.0),
    "divprune:0.25": (divprune, 0.25), "divprune:0.07": (divprune, 0.07), "pool:2": (pool, 2), "pool:3": (pool, 3),
}


def exact_keys(centres, normal):
    """Keys near `centres` of which the mean over heads has length 2 exactly, in steps of 1/8.

    All similarities of such means are exact, and so symmetric: CrossGET ranks two tokens that are each other's nearest
    by whose product happens to be rounded up, which differs between processors.
    """
    rows = []
    for centre in centres:
        mean = torch.zeros(HEAD_WIDTH)
        while mean.square().sum() != 256:
            near = centre + 0.7 * normal(HEAD_WIDTH)
            mean = (near * 16 / near.norm()).round()
        spread = (16 * normal(HEADS // 2, HEAD_WIDTH)).round()
        rows.append((mean + torch.cat([spread, -spread])).flatten() / 8)
    return torch.stack(rows)


def features(seed):
    """Made-up features: keys in groups, and class queries along which some of them lie."""
    random = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=random)

    groups, group = normal(6, WIDTH), torch.randint(6, (PATCHES + 1,), generator=random)
    return {
        "keys": exact_keys(groups[group, :HEAD_WIDTH], normal), "cls_query": 0.5 * normal(WIDTH),
        "tokens": groups[group].roll(3, dims=1) + normal(PATCHES + 1, WIDTH),
        "penultimate_keys": groups[group].roll(5, dims=1) + 0.7 * normal(PATCHES + 1, WIDTH),
        "penultimate_cls_query": 1.5 * normal(WIDTH),
    }


def outputs(checkouts, scene):
    result = {}
    with torch.no_grad():
        for name, (reducer, *arguments) in CASES.items():
            for kind, tensor in reducer(checkouts, scene, *arguments).items():
                result[f"{name}.{kind}"] = tensor
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["make", "check"])
    parser.add_argument("checkouts", help=f"a folder of clones called {', '.join(REPOSITORIES)}")
    parser.add_argument("paths", nargs="+", type=pathlib.Path, help="the files to make or to check")
    arguments = parser.parse_args()
    for seed, path in enumerate(arguments.paths):
        if arguments.action == "make":
            scene = features(seed)
            save_file({**scene, **outputs(arguments.checkouts, scene)}, path, metadata={"heads": str(HEADS)})
            continue
        stored = load_file(path)
        for name, expected in outputs(arguments.checkouts, stored).items():
            if stored[name].shape != expected.shape or (stored[name] - expected).abs().max() > TOLERANCE:
                sys.exit(f"{path}: {name} differs from what the released code makes")
        print(f"{path}: as the released code")


if __name__ == "__main__":
    main()
