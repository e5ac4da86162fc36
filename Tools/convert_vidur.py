#!/usr/bin/env python3
"""Make a table of measured operators of vidur's profiles: convert_vidur.py VIDUR [OPERATORS.csv] > UNSEEN.csv

VIDUR is a checkout of github.com/microsoft/vidur at commit 7d47513 (MIT), whose data/profiling/compute/DEVICE/
ORGANISATION/MODEL/mlp.csv are read; the columns are those that `roofline validate` reads. With OPERATORS.csv, a table of
the same columns, all models are left out that it has a row of, on whatever device; standard error says of how many of
its rows from vidur the time is the one that this script makes, too, to the last digit.

Every row is one kernel in FP16, for the tokens and tensor-parallel devices of its row, and vidur's median of 20 times. In
vidur/profiling/mlp/mlp_impl.py `d` devices share the heads (`h`, and `k` of keys and values, all `w` = embedding / h
wide) and the width `f` of the MLP:

    attn_pre_proj         tokens x embedding x (h + 2 k) w / d   queries, keys and values in one
    attn_post_proj        tokens x h w / d x embedding
    mlp_up_proj           tokens x embedding x 2 f / d           gate and up-projection in one; without a gate f / d
    mlp_down_proj         tokens x f / d x embedding
    attn_rope             (h + k) w / d wide                     rotates queries and keys
    mlp_act               f / d wide                             SiLU times the other half; without a gate GELU
    input_layernorm, add  as wide as the embedding               each device computes all of it

Of kernels of one model with equal sizes (norms and sums on whatever number of devices, and in Qwen-72B a device's share
of the up-projection, which is as wide as half as many devices' share of the first product) the median counts once, as in
OPERATORS.csv. Left out are embeddings, and the norms after the attention, which run on what was just written.
"""

import csv
import pathlib
import statistics
import sys

COMMIT = "7d47513"
DEVICES = {"a100": "a100-80gb-sxm", "a40": "a40", "h100": "h100-sxm"}
COLUMNS = ("hardware", "operator", "precision", "rows", "inner", "columns", "source")


def kernels(row):
    """Vidur's name, the operator, its inner width (0: none) and its columns, for every kernel of a row of mlp.csv."""
    devices = int(row["num_tensor_parallel_workers"])
    width, hidden = int(row["n_embd"]), int(row["n_expanded_embd"])
    heads, kv_heads = int(row["n_head"]), int(row["n_kv_head"])
    head = width // heads
    gated = row["use_gated_mlp"] == "True"
    yield "attn_pre_proj", "matmul", width, (heads + 2 * kv_heads) * head // devices
    yield "attn_post_proj", "matmul", heads * head // devices, width
    yield "mlp_up_proj", "matmul", width, (2 if gated else 1) * hidden // devices
    yield "mlp_down_proj", "matmul", hidden // devices, width
    yield "attn_rope", "rope", 0, (heads + kv_heads) * head // devices
    yield "mlp_act", "gated_activation" if gated else "activation", 0, hidden // devices
    yield "input_layernorm", "norm", 0, width
    yield "add", "add", 0, width


def convert(folder):
    """The seconds of every kernel of vidur's profiles, with six digits, by what COLUMNS name."""
    times = {}
    for path in sorted(pathlib.Path(folder, "data/profiling/compute").glob("*/*/*/mlp.csv")):
        device, *model = path.parts[-4:-1]
        with open(path) as file:
            for row in csv.DictReader(file):
                for name, operator, inner, columns in kernels(row):
                    key = (DEVICES[device], operator, "fp16", int(row["num_tokens"]), inner, columns,
                           f"vidur@{COMMIT}:{'/'.join(model)}")
                    times.setdefault(key, []).append(float(row[f"time_stats.{name}.median"]) / 1e3)
    return {key: f"{statistics.median(seconds):.6g}" for key, seconds in times.items()}


def read(path):
    """The same of the rows of a table that name vidur."""
    with open(path) as file:
        rows = [row for row in csv.DictReader(line for line in file if not line.startswith("#"))
                if row["source"].startswith("vidur@")]
    return [(tuple(int(row[name]) if name in ("rows", "inner", "columns") else row[name] for name in COLUMNS),
             float(row["seconds"])) for row in rows]


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    times = convert(sys.argv[1])
    if not times:
        sys.exit(f"{sys.argv[1]} has no data/profiling/compute/DEVICE/ORGANISATION/MODEL/mlp.csv")
    table = read(sys.argv[2]) if len(sys.argv) == 3 else []
    if table:
        equal = sum(float(times.get(key, "nan")) == seconds for key, seconds in table)
        print(f"{equal} of the {len(table)} rows of {sys.argv[2]} that name vidur are equal", file=sys.stderr)
    known = {key[-1] for key, _ in table}
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*COLUMNS, "seconds"])
    writer.writerows([*key, seconds] for key, seconds in times.items() if key[-1] not in known)


if __name__ == "__main__":
    main()
