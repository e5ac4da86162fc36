#!/usr/bin/env python3
"""Compare reducers with torch and with this machine: bench_reducers.py [ROOFLINE] [LLAVA_PRUMERGE]

For 576 x 1024 features of which 40 patches are outliers, in one run on one machine, medians:

1. What the machine can do on one thread: the bandwidth of its memory, and the best rate of a matrix product that torch,
   numpy, the system's OpenBLAS or a reducer reaches (torch alone would flatter: its library neglects some processors).
2. Every reducer on one thread beside a straightforward torch version of the same algorithm, written for this benchmark.
3. FLOP/s, bytes/s and the share of what the roofline allows for the operators that the reducer's bill lists, those of
   the encoder's last layer left out: features hold its keys already. As features of this size stay in a large cache, a
   reducer can be faster than memory allows.
4. With a checkout of https://github.com/42Shawn/LLaVA-PruMerge: PruMerge and PruMerge+ beside that released code, on one
   thread and on all, in processes of its own. The released loop copies all keys for every token; whether the C library
   hands that memory back to the system each time, and page faults take longer than the arithmetic, depends on what was
   allocated before. So it is measured as it comes, and told to keep what it frees, which is its best.

Needs torch, numpy and safetensors; without them it says so and does nothing. Nothing passes or fails here.
"""

import ctypes
import ctypes.util
import importlib.util
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import types
from unittest import mock

# Before numpy is loaded, with torch: its products are measured on one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

try:
    import numpy
    import torch
    from safetensors.torch import save_file
except ImportError:
    sys.exit("Skipped the comparison with torch: needs Python with torch, numpy and safetensors")

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


def limit_to_one_processor():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def rows(*arguments, threads=None):
    one = limit_to_one_processor if threads == 1 else None
    command = [ROOFLINE, *arguments, "--format", "json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, preexec_fn=one).stdout)


def ours(reducer, path, threads):
    """The reducer's row; it takes as many threads as it has processors."""
    return rows("reduce", "--reducer", reducer, "--features", path, "--repeat", "200", threads=threads)["rows"][0]


def openblas(size):
    """A product of the system's OpenBLAS on one thread, or None without it."""
    name = ctypes.util.find_library("openblas")
    if not name:
        return None
    library = ctypes.CDLL(name)
    library.openblas_set_num_threads(1)
    a, b, c = (numpy.ones((size, size), numpy.float32) for _ in range(3))
    pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (a, b, c)]
    one, none = ctypes.c_float(1), ctypes.c_float(0)
    return lambda: library.cblas_sgemm(
        101, 111, 111, size, size, size, one, pointers[0], size, pointers[1], size, none, pointers[2], size)


def machine():
    """Bytes a second of one thread, of a copy far larger than the caches, and FLOPs of a large product by library."""
    source, target = torch.randn(2, 64 * 2**20)
    bandwidth = 2 * source.nbytes / median(lambda: target.copy_(source), 10)
    size = 1536
    a, b = torch.randn(2, size, size)
    x, y = a.numpy(), b.numpy()
    products = {"torch": lambda: a @ b, "numpy": lambda: x @ y, "OpenBLAS": openblas(size)}
    rates = {name: 2 * size**3 / median(product, 10) for name, product in products.items() if product}
    return bandwidth, rates


def time_released(checkout, threads):
    """Prints the seconds and the page faults of a call of the released functions, in this process."""
    torch.set_num_threads(threads)
    found = {}
    with torch.no_grad():
        for reducer, call in released(checkout, features()).items():
            seconds = median(call, 20)
            faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
            call()
            found[reducer] = seconds, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults
    print(json.dumps(found))


def compare_with_released(path, threads):
    keeping = {"MALLOC_TRIM_THRESHOLD_": str(2**30), "MALLOC_MMAP_THRESHOLD_": str(2**30)}
    for count in sorted({1, threads}):
        for label, settings in {"as it comes": {}, "keeping its memory": keeping}.items():
            command = [sys.executable, __file__, "--time-released", RELEASED, str(count)]
            output = subprocess.run(command, check=True, capture_output=True, env={**os.environ, **settings}).stdout
            for reducer, (seconds, faults) in json.loads(output).items():
                mine = ours(reducer, path, count)["seconds"]
                print(f"{count} threads: {reducer:9} released, {label:18} {1e3 * seconds:6.1f} ms ({faults:6} page faults), "
                      f"ours {1e3 * mine:5.2f} ms: {seconds / mine:4.0f}x")


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
    bandwidth, rates = machine()
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        path = f"{folder}/features.safetensors"
        save_file(scene, path)
        # All of it is one product, nearly: where it is faster than the libraries, they did not find the machine's peak.
        products = "divprune:0.25"
        rates[products] = sum(flops for flops, _ in bill(products, path)) / ours(products, path, 1)["seconds"]
        peak = max(rates.values())
        listed = ", ".join(f"{name} {rate / 1e9:.0f}" for name, rate in rates.items())
        print(f"this machine, one thread: {bandwidth / 1e9:.1f} GB/s copied; GFLOP/s of FP32 products: {listed}")
        print(f"{'reducer':16} {'tokens':>7} {'ours':>9} {'torch':>9} {'':>7} {'GFLOP/s':>8} {'GB/s':>7} {'bound':>9} {'share':>6}")
        for reducer, version in VERSIONS.items():
            row, seconds = ours(reducer, path, 1), median(lambda: version(scene))
            steps, mine = bill(reducer, path), row["seconds"]
            line = f"{reducer:16} {row['tokens_after']:7} {1e3 * mine:6.2f} ms {1e3 * seconds:6.2f} ms {seconds / mine:6.1f}x"
            if steps:
                bound = sum(max(flops / peak, moved / bandwidth) for flops, moved in steps)
                flops, moved = (sum(step[i] for step in steps) for i in (0, 1))
                line += f" {flops / mine / 1e9:8.1f} {moved / mine / 1e9:7.1f} {1e3 * bound:6.2f} ms {bound / mine:6.0%}"
            print(line)
        if RELEASED:
            compare_with_released(path, threads)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--time-released"]:
        time_released(sys.argv[2], int(sys.argv[3]))
    else:
        main()
