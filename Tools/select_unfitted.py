#!/usr/bin/env python3
"""Select products of devices that were not fitted: select_unfitted.py LLMCOMPASS.csv DEEPBENCH.csv > UNFITTED.csv

Writes them with the columns that `roofline validate` reads. By these rules, which name every row that is left out:

1. LLMCompass (columns device, op, d0, d1, d2, latency_ms): the products on A100 and MI210, in FP16; its TPU has no
   multiprocessors that tiles would be shared by, and everything but products follows other conventions.
2. DeepBench (columns gpu, precision, M, N, K, transA, transB, time_ms): V100 and T4. It has BLAS multiply [M x K].[K x N] by
   columns, which by rows is [N x K].[K x M]: N is the batch. FP16 is summed up in FP32. "V100" is the DGX-1's SXM2
   module.
"""

import csv
import sys


def rows(path):
    with open(path) as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["hardware", "operator", "precision", "rows", "inner", "columns", "seconds", "source"])
    for row in rows(sys.argv[1]):
        if row["op"] == "matmul" and row["device"] in ("A100", "MI210"):
            seconds = float(row["latency_ms"]) / 1000
            writer.writerow([row["device"].lower(), "matmul", "fp16", row["d0"], row["d1"], row["d2"], seconds, "llmcompass"])
    for row in rows(sys.argv[2]):
        hardware = {"V100": "v100-sxm2", "T4": "t4"}[row["gpu"]]
        seconds = float(row["time_ms"]) / 1000
        precision = row["precision"].split("_")[0]
        writer.writerow([hardware, "matmul", precision, row["N"], row["K"], row["M"], seconds, "deepbench"])


if __name__ == "__main__":
    main()
