#!/usr/bin/env python3
"""Fit what devices achieve of their peaks to measured operator times: fit_achieved.py MEASUREMENTS.csv [--all | --swap]

Reads the columns that `roofline validate` reads (hardware, operator, precision, rows, inner, columns, batch, tokens,
heads, kv_heads, head_width, seconds, source; lines with # are comments) and prints, for every device, the `achieved`
section of its hardware file, then the error of the half that was held out. Needs numpy and scipy.

The model is that of Sources/Estimation/Rates+Expected.swift and the files beside it, term by term (but for the
weights of norms, half a percent of their time at most); the reasons stand there. Everything that is
the same for all devices of a class is a constant of Sources/Estimation/constants/kernels.json, which both read. Fitted per
device are the overhead of a kernel and shares:
for each format of matrix products those of the peak, of the bandwidth and of the clock that all multiprocessors together
sustain (FP8's overhead is BF16's; FP16 and BF16 of an H100 have one set of shares, see JOINT), for attention the first two, for element-wise kernels those of the bandwidth and of
what a multiprocessor streams.

The split: for each device, every other model, counted from the end of the alphabet, is fitted, the rest held out; a
benchmark without models (a grid of shapes) is split the same way by its inner widths or heads. --swap fits the other
half, --all everything.

Vidur times what each model's block does (vidur/profiling/mlp/mlp_impl.py): in phi-2, whose attention and MLP run side by
side, "add" is two sums one after the other, and "norm" torch's layer norm; in the other models one sum and the RMS norm of
Sarathi-Serve, which began as a fork of vLLM.
"""

import csv
import json
import pathlib
import sys

import numpy as np
import scipy.optimize

# FLOP/s by format (vector: FP32 on the vector units), bytes/s, multiprocessors, bytes of last-level cache; as in
# hardware/*.yaml.
DEVICES = {
    "a100-80gb-sxm": ({"fp16": 312e12, "bf16": 312e12, "int8": 624e12, "vector": 19.5e12}, 2039e9, 108, 40 * 2**20),
    "h100-sxm": ({"fp16": 989.4e12, "bf16": 989.4e12, "fp8": 1978.9e12, "int8": 1978.9e12, "vector": 66.9e12}, 3350e9, 132, 50 * 2**20),
    "a40": ({"fp16": 149.7e12, "bf16": 149.7e12, "int8": 299.3e12, "vector": 37.4e12}, 696e9, 84, 6 * 2**20),
}

CONSTANTS = {key: entry["value"] for key, entry in json.loads(
    (pathlib.Path(__file__).parent.parent / "Sources/Estimation/constants/kernels.json").read_text()).items()}
TILES = np.array(list(zip(CONSTANTS["tile_rows"], CONSTANTS["tile_columns"])), float)
NARROW_TILES = np.array(list(zip(CONSTANTS["narrow_tile_rows"], CONSTANTS["narrow_tile_columns"])), float)
SPLITS = np.array(CONSTANTS["splits"], float)
EDGE, FILL, OVERLAP, THROTTLE, CHOICE, SECOND_KERNEL, PARTIAL = (
    CONSTANTS[key] for key in ("edge", "fill", "overlap_power", "throttle_power", "choice_power",
                               "second_kernel_seconds", "partial_traffic"))
STREAMS = {"rms": CONSTANTS["rms_norm_stream"], "layer": CONSTANTS["layer_norm_stream"],
           "gated_activation": CONSTANTS["gate_stream"], "activation": CONSTANTS["activation_stream"],
           "rope": CONSTANTS["rotation_stream"], "add": np.inf}
ROWS_AT_ONCE = {"rms": CONSTANTS["rms_norm_rows_at_once"], "layer": CONSTANTS["layer_norm_rows_at_once"]}
PASSES = {"norm": 2, "gated_activation": 3, "activation": 2, "rope": 2, "add": 3}
CACHE_GAIN, CACHE_REACH = CONSTANTS["cache_gain"], CONSTANTS["cache_reach"]
NEVER = 1e6
BYTES = {"fp16": 2, "bf16": 2, "fp8": 1, "int8": 1}
# Formats of one rate that share all but the overhead, which is each benchmark's. Both were measured in one process there, and
# products are within 3 % (Benchmarks/measured/h100-sxm); vidur's FP16 and aiconfigurator's BF16 alone would differ by 7 %.
JOINT = {("h100-sxm", "matmul"): ("bf16", "fp16")}
QUANTISED = {"fp8"}  # whose rows include the kernels that quantise the input; after "bf16" in order


def joined(a, b, power):
    return np.maximum(a, b) * (1 + (np.minimum(a, b) / np.maximum(a, b)) ** power) ** (1 / power)


def product(device, precision, r, p):
    """p: shares of the peak (one multiprocessor's) and of the bandwidth, the share of the former that all together
    sustain, the overhead and, where the input is quantised in kernels of their own, their seconds and their seconds
    for an element."""
    peaks, bandwidth, units, _ = DEVICES[device]
    rate = peaks[precision] * p[0] / units
    m, k, n = r["rows"], r["inner"], r["columns"]
    traffic = BYTES[precision] * (m * k + k * n) + 2 * m * n
    kernels = []
    for tm, tn in np.concatenate([TILES, NARROW_TILES]):
        s = SPLITS[:, None]
        blocks = np.ceil(m / tm) * np.ceil(n / tn) * s
        edge = tm + tn if tm >= 64 else tm
        tile = 2 * tm * tn * (np.ceil(k / s) + FILL) * (1 + EDGE * edge / (tm * tn)) / rate
        work = tile * joined(np.ceil(blocks / units), blocks / units / p[2], THROTTLE)
        partial = np.where(s > 1, PARTIAL * s * m * n, 0)
        memory = (traffic + partial) / (bandwidth * p[1])
        seconds = (joined(work, memory, OVERLAP) + np.where(s > 1, SECOND_KERNEL, 0)).min(axis=0)
        kernels.append(np.where((tm >= 64) | (m <= tm), seconds, NEVER))
    vector = joined(2 * m * k * n / (peaks["vector"] * p[0]), traffic / (bandwidth * p[1]), OVERLAP)
    kernels.append(np.where(m == 1, vector, NEVER))
    weights = (np.min(kernels, axis=0) / kernels) ** CHOICE
    seconds = (weights * kernels).sum(axis=0) / weights.sum(axis=0) + p[3]
    return seconds + p[4] + p[5] * m * k if len(p) > 4 else seconds


def attention(device, precision, r, p):
    peaks, bandwidth, units, _ = DEVICES[device]
    rate = peaks[precision] * p[0] / units
    tile = CONSTANTS["attention_tile"]
    blocks = np.ceil(r["tokens"] / tile)
    width = r["head_width"]
    whole = r["batch"] * r["heads"] * 4 * width * tile * tile * blocks * (blocks + 1) / 2 / units / rate
    longest = 4 * width * tile * tile * blocks / rate
    memory = 2 * 2 * r["batch"] * r["tokens"] * (r["heads"] + r["kv_heads"]) * width / (bandwidth * p[1])
    return np.sqrt(whole**2 + longest**2 + memory**2) + p[2]


def elementwise(device, operator, r, p):
    """p: shares of the bandwidth and of what a multiprocessor streams, and the overhead."""
    _, bandwidth, units, cache = DEVICES[device]
    row = 2 * PASSES[operator] * r["columns"]
    moved = row * r["rows"]
    resident = np.clip(CACHE_REACH - moved / cache, 0, 1)
    memory = moved / (bandwidth * p[0]) * (1 - resident * (1 - 1 / CACHE_GAIN))
    if operator == "norm":
        at_once = np.where(r["side_by_side"], ROWS_AT_ONCE["layer"], ROWS_AT_ONCE["rms"])
        stream = np.where(r["side_by_side"], STREAMS["layer"], STREAMS["rms"])
        streams = np.ceil(r["rows"] / units / at_once) * at_once * row / stream
    else:
        streams = moved / units / (STREAMS[operator] * p[1])
    seconds = np.maximum(memory + streams + p[2], moved / bandwidth)
    return seconds * np.where(r["side_by_side"], 2, 1) if operator == "add" else seconds


def read(path):
    rows = []
    with open(path) as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            for key in row.keys() - {"hardware", "operator", "precision", "source"}:
                row[key] = float(row[key] or 0)
            row["side_by_side"] = "phi" in row["source"]
            rows.append(row)
    return [r for r in rows if r["hardware"] in DEVICES]


def unit(row):
    """What is fitted or held out as a whole: a model, or a width or the heads of a grid of shapes."""
    source = row["source"].split(":")
    if "/" in source[-1]:
        return source[-1]
    if row["operator"] == "attention":
        return (row["heads"], row["kv_heads"], row["head_width"])
    return row["inner"]


def group(row):
    if row["operator"] in PASSES:
        return (row["hardware"], "elementwise", "")
    return (row["hardware"], row["operator"], row["precision"])


def split(rows):
    """Marks every row as fitted or not."""
    units = {}
    for row in rows:
        key = (row["hardware"], row["source"].split(":")[0], row["operator"] == "attention")
        units.setdefault(key, set()).add(unit(row))
    order = {key: sorted(names, reverse=True) for key, names in units.items()}
    for row in rows:
        key = (row["hardware"], row["source"].split(":")[0], row["operator"] == "attention")
        row["fitted"] = order[key].index(unit(row)) % 2 == 0


def predict(key, rows, p):
    columns = {name: np.array([r[name] for r in rows]) for name in
               ("rows", "inner", "columns", "batch", "tokens", "heads", "kv_heads", "head_width", "side_by_side")}
    if key[1] == "matmul":
        return product(key[0], key[2], columns, p)
    if key[1] == "attention":
        return attention(key[0], key[2], columns, p)
    kinds = np.array([r["operator"] for r in rows])
    result = np.zeros(len(rows))
    for kind in PASSES:
        chosen = kinds == kind
        if chosen.any():
            result[chosen] = elementwise(key[0], kind, {n: v[chosen] for n, v in columns.items()}, p)
    return result


def minimise(loss, ranges):
    """The best of a coarse grid's eight best points, each improved twice by Nelder and Mead's method.

    The loss has ridges (tiles change from point to point), where one start would stay.
    """
    steps = 9 if len(ranges) < 4 else 4
    axes = [np.log(np.linspace(low, high, steps)) for low, high in ranges]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, len(ranges))
    ranked = sorted((loss(x), index) for index, x in enumerate(grid))
    found = []
    for _, index in ranked[:8]:
        x = grid[index]
        for step in (0.08, -0.03):
            simplex = np.vstack([x, x + step * np.eye(len(x))])
            options = {"xatol": 1e-3, "fatol": 1e-6, "maxfev": 400, "initial_simplex": simplex}
            result = scipy.optimize.minimize(loss, x, method="Nelder-Mead", options=options)
            x = result.x
        found.append(result)
    return min(found, key=lambda result: result.fun).x


def error_of(key, rows, p):
    times = np.array([r["seconds"] for r in rows])
    kinds = np.array([r["operator"] for r in rows])
    error = np.clip(np.log(predict(key, rows, p) / times), -0.6, 0.6)
    return np.mean([np.abs(error[kinds == kind]).mean() for kind in set(kinds)]) + 0.3 * abs(error.mean())


def fit_jointly(groups):
    """The parameters of groups of products that have the shares in common: each counts as much as another."""
    keys = sorted(groups)

    def of(p, index):
        return np.concatenate([p[:3], [p[3 + index]]])

    def loss(x):
        p = np.exp(x)
        if (p[:3] > 1).any() or (p[3:] < 1e-7).any():
            return np.inf
        return sum(error_of(key, groups[key], of(p, index)) for index, key in enumerate(keys))
    p = np.exp(minimise(loss, [(0.7, 0.99), (0.6, 0.95), (0.75, 0.99)] + [(1e-6, 8e-6)] * len(keys)))
    return {key: of(p, index) for index, key in enumerate(keys)}


def fit(key, rows, start=None):
    """The parameters of a group. FP8's kernels start as BF16's (`start`): only the sum with the quantisation shows."""
    shares, overheads = (0.5, 0.98), (1e-6, 8e-6)
    ranges = {"matmul": [(0.7, 0.99), (0.6, 0.95), (0.75, 0.99), overheads],
              "attention": [(0.3, 0.98), (0.1, 0.9), (2e-6, 2e-5)],
              "elementwise": [shares, (0.3, 0.98), (5e-7, 4e-6)]}[key[1]]
    if start is not None:
        ranges = ranges[:3] + [(4e-6, 1.2e-5), (5e-12, 2e-11)]
    count = {"matmul": 3, "attention": 2, "elementwise": 2}[key[1]]

    def complete(x):
        p = np.exp(x)
        return p if start is None else np.concatenate([p[:3], [start], p[3:]])

    def loss(x):
        p = complete(x)
        if (p[:count] > 1).any() or p[count] < 1e-7:
            return np.inf
        return error_of(key, rows, p)

    return complete(minimise(loss, ranges))


def summary(ratio):
    error = np.abs(ratio - 1)
    return f"n {len(ratio):5}  median {np.median(error):.3f}  90 % {np.percentile(error, 90):.3f}  bias {np.mean(ratio - 1):+.3f}"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    rows = read(sys.argv[1])
    split(rows)
    groups = {}
    for row in rows:
        if "--swap" in sys.argv:
            row["fitted"] = not row["fitted"]
        groups.setdefault(group(row), []).append(row)
    device = None
    fitted_rates = {}
    for key in sorted(groups):
        fitted = [r for r in groups[key] if r["fitted"] or "--all" in sys.argv]
        held = [r for r in groups[key] if not r["fitted"]]
        start = fitted_rates[key[0], "matmul", "bf16"][3] if key[2] in QUANTISED else None
        if key[2] in JOINT.get(key[:2], ()) and key not in fitted_rates:
            alike = [key[:2] + (name,) for name in JOINT[key[:2]] if key[:2] + (name,) in groups]
            fitted_rates.update(fit_jointly(
                {each: [r for r in groups[each] if r["fitted"] or "--all" in sys.argv] for each in alike}))
        if key not in fitted_rates:
            fitted_rates[key] = fit(key, fitted, start)
        p = fitted_rates[key]
        if key[0] != device:
            device = key[0]
            print(f"\n# {device}\nachieved:\n  multiprocessors: {{ value: {DEVICES[device][2]} }}")
        if key[1] == "matmul" and not any(k[:2] == key[:2] and k < key for k in groups):
            print("  products:")
        name, indent = (key[2], "    ") if key[1] == "matmul" else (key[1], "  ")
        names = {"matmul": ["peak", "bandwidth", "sustained"], "attention": ["peak", "bandwidth"]}.get(key[1], ["bandwidth", "streams"])
        shares = "".join(f"{what}: {value:.3f}, " for what, value in zip(names, p))
        print(f"{indent}{name}: {{ {shares}overhead: {p[len(names)] * 1e6:.2f} us }}")
        if len(p) > 4:
            print(f"    # quantising the input: {p[4] * 1e6:.2f} us and {p[5] * 1e12:.2f} ps for an element")
        for label, part in (("fitted", fitted), ("held out", held)):
            if part:
                print(f"    # {label:8} {summary(predict(key, part, p) / np.array([r['seconds'] for r in part]))}")
        for kind in sorted({r["operator"] for r in held}) if key[1] == "elementwise" else []:
            part = [r for r in held if r["operator"] == kind]
            print(f"    #   {kind:16} {summary(predict(key, part, p) / np.array([r['seconds'] for r in part]))}", flush=True)


if __name__ == "__main__":
    main()
