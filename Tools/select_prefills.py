#!/usr/bin/env python3
"""Select published prefills that can be compared: select_prefills.py PUBLISHED.csv > PREFILLS.csv

Of a table with the columns source, model, precision, batch, prompt_tokens, device, tp, n_dev, framework, phase, value,
unit and note it keeps the rows that `roofline validate` can be held against, by these rules, and says on standard error
how many rows each of them drops:

1. Prefill alone, on one device or on several that share every layer (tensor parallelism), by TensorRT-LLM, TinyChat or
   FasterTransformer's C++ interface: engines that fuse what can be fused and wait for no interpreter. TensorRT-LLM's
   times are of its own documentation but for those on an RTX 4090, which TinyChat's README has beside its own.
2. FP16, FP8 or weight-only INT4. FasterTransformer's INT8 quantises other tensors than is counted here, and its FP32
   rows may run in TF32.
3. No BERT: the catalog has no such encoder.
4. Not on an RTX 4090 with FP16 accumulation, which runs at twice the rate that the card has with FP32 accumulation.
5. A configuration that a source lists more than once counts once, with its smallest time.

TensorRT-LLM's "LLaMA 70B" is Llama2-70b, as the commands below its tables say; the first LLaMA has no such size.
FasterTransformer's "A100" is the 40 GB module, as its notes say. Its fused attention serves at most 384 tokens; rows of
more say so in a column `kernels`: eager.
"""

import csv
import sys

ENGINES = ("TensorRT-LLM", "TinyChat", "FasterTransformer cpp")


def reason(row):
    """Why a row is dropped, or None."""
    if row["phase"] != "prefill":
        return "not a prefill"
    if not row["n_dev"] or float(row["tp"] or 1) != float(row["n_dev"]):
        return "devices that do not share every layer, or not said how many"
    if not row["framework"].startswith(ENGINES):
        return "other engines"
    if row["precision"].split()[0].lower() not in ("fp16", "fp8", "awq", "w4a16"):
        return "other precisions"
    if "BERT" in row["model"]:
        return "BERT"
    if "fp16 accum" in row["precision"] and "4090" in row["device"]:
        return "FP16 accumulation on an RTX 4090"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1]) as file:
        reader = csv.DictReader(line for line in file if not line.startswith("#"))
        rows, dropped = {}, {}
        for row in reader:
            why = reason(row)
            if why:
                dropped[why] = dropped.get(why, 0) + 1
                continue
            if row["model"] == "LLaMA 70B":
                row["model"] = "Llama-2-70B"
            if row["framework"].startswith("FasterTransformer") and row["device"] == "A100":
                row["device"] = "a100-40gb"
            eager = row["framework"].startswith("FasterTransformer") and float(row["prompt_tokens"]) > 384
            row["kernels"] = "eager" if eager else "fused"
            row["precision"] = "W4A16" if "W4A16" in row["precision"] else row["precision"].lower()
            names = ("model", "precision", "batch", "prompt_tokens", "device", "n_dev", "framework")
            key = tuple(row[name] for name in names)
            if key in rows:
                dropped["listed again"] = dropped.get("listed again", 0) + 1
            if key not in rows or float(row["value"]) < float(rows[key]["value"]):
                rows[key] = row
    writer = csv.DictWriter(sys.stdout, [*reader.fieldnames, "kernels"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows.values())
    for why, count in dropped.items():
        print(f"{count} rows dropped: {why}", file=sys.stderr)


if __name__ == "__main__":
    main()
