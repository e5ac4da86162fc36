#!/usr/bin/env python3
"""Compare reducers with torch and with this machine: bench_reducers.py [ROOFLINE] [LLAVA_PRUMERGE]

For 576 x 1024 features of which 40 patches are outliers, in one run on one machine, medians, one thread each:

1. What the machine can do: memory bandwidth and the peak of its matrix products, both measured with torch.
2. Every reducer beside a straightforward torch version of the same algorithm, written for this benchmark; with a
   checkout of https://github.com/42Shawn/LLaVA-PruMerge beside that released code as well, on all threads as on one.
3. FLOP/s, bytes/s and the share of what the roofline allows for the operators that the reducer's bill lists, those of
   the encoder's last layer left out: features hold its keys already.

Needs torch and safetensors; without them it says so and does nothing. Nothing passes or fails here.
"""

import importlib.util
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import types
from unittest import mock

try:
    import torch
    from safetensors.torch import save_file
except ImportError:
    sys.exit("Skipped the comparison with torch: needs Python with torch and safetensors")

ROOFLINE = sys.argv[1] if len(sys.argv) > 1 else ".build/release/roofline"
RELEASED = sys.argv[2] if len(sys.argv) > 2 else None
PATCHES, WIDTH, HEADS, OUTLIERS = 576, 1024, 16, 40
RUNS = 60


def median(function, runs=RUNS):
    """The median time of a call in seconds, after three that do not count."""
    times = []
    for run in range(runs + 3):
        start = time.perf_counter()
        function()
        if run >= 3:
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def features():
    """Made-up features with 40 outliers; the query looks at one channel alone, which says how salient a patch is."""
    random = torch.Generator().manual_seed(0)
    groups = torch.randn(12, WIDTH, generator=random)
    keys = groups[torch.randint(12, (PATCHES + 1,), generator=random)]
    keys = keys + 0.5 * torch.randn(PATCHES + 1, WIDTH, generator=random)
    query = torch.zeros(WIDTH)
    query[0] = 8
    keys[:, 0] = torch.rand(PATCHES + 1, generator=random)
    salient = 1 + torch.randperm(PATCHES, generator=random)[:OUTLIERS]
    keys[salient, 0] = 12 + 4 * torch.rand(OUTLIERS, generator=random)
    return {"keys": keys, "cls_query": query, "tokens": torch.randn(PATCHES + 1, WIDTH, generator=random)}


# Straightforward torch versions: what somebody would write from the description of each method.


def class_attention(scene):
    logits = scene["keys"] @ scene["cls_query"] / WIDTH**0.5
    return torch.softmax(logits, 0)[1:]


def head_attention(scene):
    keys = scene["keys"].view(-1, HEADS, WIDTH // HEADS)
    logits = torch.einsum("nhd,hd->hn", keys, scene["cls_query"].view(HEADS, -1)) / (WIDTH // HEADS) ** 0.5
    return torch.softmax(logits, 1)[:, 1:].mean(0)


def mean_keys(scene):
    return torch.nn.functional.normalize(scene["keys"].view(-1, HEADS, WIDTH // HEADS).mean(1), dim=1)


def outliers(attention):
    first, third = torch.quantile(attention, torch.tensor([0.25, 0.75]))
    return int((attention > third + 1.5 * (third - first)).sum())


def merged(scene, attention, chosen):
    tokens, keys = scene["tokens"][1:], torch.nn.functional.normalize(scene["keys"][1:], dim=1)
    similarity = keys[chosen] @ keys.T
    similarity[torch.arange(len(chosen)), chosen] = -torch.inf
    nearest = similarity.topk(32, dim=1).indices
    result = tokens[chosen] + (attention[nearest].unsqueeze(-1) * tokens[nearest]).sum(1)
    rest = torch.ones(PATCHES, dtype=torch.bool)
    rest[chosen] = False
    return torch.cat([result, attention[rest][None] @ tokens[rest]])


def prumerge(scene):
    attention = class_attention(scene)
    return merged(scene, attention, attention.topk(outliers(attention)).indices)


def prumerge_plus(scene):
    attention = class_attention(scene)
    count = outliers(attention)
    chosen = attention.topk(count).indices
    grid = torch.arange(0, PATCHES - 1, max(1, int(PATCHES / count) // 3))
    return merged(scene, attention, torch.cat([chosen, grid[~torch.isin(grid, chosen)]]))


def fastervlm(scene):
    return scene["tokens"][1:][head_attention(scene).topk(144).indices.sort().values]


def visionzip(scene):
    tokens, keys = scene["tokens"][1:], mean_keys(scene)[1:]
    chosen = head_attention(scene).topk(53).indices.sort().values
    rest = torch.ones(PATCHES, dtype=torch.bool)
    rest[chosen] = False
    rest = rest.nonzero()[:, 0]
    targets = rest[:: len(rest) // 10][:10]
    others = rest[~torch.isin(rest, targets)]
    best = (keys[others] @ keys[targets].T).argmax(1)
    groups = torch.nn.functional.one_hot(best, 10).float()
    means = groups.T @ tokens[others] / groups.sum(0).clamp(min=1)[:, None]
    return torch.cat([scene["tokens"][:1], tokens[chosen], tokens[targets] + means])


def divprune(scene):
    tokens = torch.nn.functional.normalize(scene["tokens"][1:], dim=1)
    distance = 1 - tokens @ tokens.T
    chosen = [int(distance.kthvalue(2, dim=1).values.argmax())]
    nearest = distance[chosen[0]].clone()
    while len(chosen) < 144:
        chosen.append(int(nearest.argmax()))
        nearest = torch.minimum(nearest, distance[chosen[-1]])
    return scene["tokens"][1:][torch.tensor(chosen).sort().values]


def tome(scene):
    keys, tokens = mean_keys(scene), scene["tokens"]
    even, odd = keys[::2], keys[1::2]
    scores = even @ odd.T
    scores[0] = -torch.inf
    best, target = scores.max(1)
    order = best.argsort(descending=True)
    source, kept = order[:19], order[19:].sort().values
    sums = tokens[1::2].index_add(0, target[source], tokens[::2][source])
    sizes = torch.ones(len(odd)).index_add(0, target[source], torch.ones(19))
    return torch.cat([tokens[::2][kept], sums / sizes[:, None]])


def evit(scene):
    attention, tokens = head_attention(scene), scene["tokens"][1:]
    kept = attention.topk(358).indices
    rest = torch.ones(PATCHES, dtype=torch.bool)
    rest[kept] = False
    return torch.cat([tokens[kept], attention[rest][None] @ tokens[rest]])


def pool(scene):
    return torch.nn.functional.avg_pool2d(scene["tokens"][1:].T.reshape(1, WIDTH, 24, 24), 2)


VERSIONS = {
    "prumerge": prumerge, "prumerge+": prumerge_plus, "fastervlm:144": fastervlm, "visionzip:54+10": visionzip,
    "divprune:0.25": divprune, "tome:r=19": tome, "evit:keep=0.62": evit, "pool:2": pool,
}


def released(checkout, scene):
    """The released PruMerge and PruMerge+ on a stand-in for the tower that hands out the features."""
    path = pathlib.Path(checkout) / "llava/model/multimodal_encoder/clip_encoder.py"
    spec = importlib.util.spec_from_file_location("clip_encoder", path)
    module = importlib.util.module_from_spec(spec)
    with mock.patch.dict(sys.modules, {n: mock.MagicMock() for n in ("transformers", "matplotlib", "matplotlib.pyplot")}):
        spec.loader.exec_module(module)

    def layer():
        result = torch.nn.Module()
        result.self_attn = torch.nn.Module()
        result.self_attn.q_proj, result.self_attn.k_proj = torch.nn.Identity(), torch.nn.Identity()
        return result

    class Tower(torch.nn.Module):
        device, dtype = torch.device("cpu"), torch.float32

        def __init__(self):
            super().__init__()
            self.vision_model = torch.nn.Module()
            self.vision_model.encoder = torch.nn.Module()
            self.vision_model.encoder.layers = torch.nn.ModuleList(layer() for _ in range(24))
            self.queries = torch.zeros_like(scene["keys"])
            self.queries[0] = scene["cls_query"]

        def forward(self, images, output_hidden_states):
            attention = self.vision_model.encoder.layers[23].self_attn
            attention.q_proj(self.queries[None])
            attention.k_proj(scene["keys"][None])
            return types.SimpleNamespace(hidden_states=[None, scene["tokens"][None], None])

    tower = module.CLIPVisionTower.__new__(module.CLIPVisionTower)
    torch.nn.Module.__init__(tower)
    tower.vision_tower, tower.select_layer, tower.select_feature = Tower(), -2, "patch"
    images = torch.zeros(1)
    return {
        "prumerge": lambda: tower.token_prune_merge_advanced(images),
        "prumerge+": lambda: tower.token_prune_merge_advanced_plus(images),
    }


def rows(*arguments):
    output = subprocess.run([ROOFLINE, *arguments, "--format", "json"], check=True, capture_output=True).stdout
    return json.loads(output)


def ours(reducer, path):
    return rows("reduce", "--reducer", reducer, "--features", path, "--repeat", "200")["rows"][0]


def machine():
    """Bytes and FLOPs a second of one thread: a copy far larger than the caches, and a large product."""
    source, target = torch.randn(2, 64 * 2**20)
    bandwidth = 2 * source.nbytes / median(lambda: target.copy_(source), 10)
    a, b = torch.randn(2, 1536, 1536)
    return bandwidth, 2 * 1536**3 / median(lambda: a @ b, 10)


def bill(reducer, path):
    """FLOPs, bytes and, one operator after the other, the least time of the reducer's own operators, in FP32.

    A method that works inside the encoder has another bill there; it has none here.
    """
    try:
        found = rows("operators", "--model", "llava-1.5-7b", "--gpu", "v100", "--precision", "fp32", "--features", path,
                     "--reducer", reducer)
    except subprocess.CalledProcessError:
        return []
    listed = found.get("operators", found.get("rows", []))
    traffic = ("weight_bytes", "activation_read_bytes", "activation_written_bytes")
    return [
        (row["flops"] + row["vector_flops"], sum(row[key] for key in traffic))
        for row in listed
        if row["stage"] == "reduction" and not row["name"].startswith("last_layer") and "." not in row["name"]
    ]


def main():
    scene = features()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    bandwidth, peak = machine()
    print(f"this machine, one thread: {bandwidth / 1e9:.1f} GB/s copied, {peak / 1e9:.0f} GFLOP/s of FP32 products (torch)")
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        path = f"{folder}/features.safetensors"
        save_file(scene, path)
        print(f"{'reducer':16} {'tokens':>7} {'ours':>9} {'torch':>9} {'':>7} {'GFLOP/s':>8} {'GB/s':>7} {'bound':>9} {'share':>6}")
        for reducer, version in VERSIONS.items():
            row, seconds = ours(reducer, path), median(lambda: version(scene))
            steps, mine = bill(reducer, path), row["seconds"]
            line = f"{reducer:16} {row['tokens_after']:7} {1e3 * mine:6.2f} ms {1e3 * seconds:6.2f} ms {seconds / mine:6.1f}x"
            if steps:
                bound = sum(max(flops / peak, moved / bandwidth) for flops, moved in steps)
                flops, moved = (sum(step[i] for step in steps) for i in (0, 1))
                line += f" {flops / mine / 1e9:8.1f} {moved / mine / 1e9:7.1f} {1e3 * bound:6.2f} ms {bound / mine:6.0%}"
            print(line)
        if RELEASED:
            calls = released(RELEASED, scene)
            for count in sorted({1, threads}):
                torch.set_num_threads(count)
                for reducer, call in calls.items():
                    seconds, mine = median(call, 20), ours(reducer, path)["seconds"]
                    print(f"released {reducer} on {count} threads: {1e3 * seconds:.1f} ms, ours {1e3 * mine:.2f} ms: "
                          f"{seconds / mine:.0f}x")


if __name__ == "__main__":
    main()
