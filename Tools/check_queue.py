#!/usr/bin/env python3
"""Holds `roofline simulate` against the queue M/D/1, whose mean wait is known (Pollaczek and Khinchine).

usage: check_queue.py ROOFLINE [REQUESTS] [SEEDS]

One request at a time, one output token, no host time: the service D is the time of a prefill. With Poisson arrivals at the
load r the mean time until the first token is D + r D / (2 (1 - r)). The mean over 16 seeds of a million requests each must
lie within 1 % of it at the loads 0.3, 0.6 and 0.9.
"""
import json
import subprocess
import sys

ROOFLINE = sys.argv[1]
REQUESTS = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
SEEDS = int(sys.argv[3]) if len(sys.argv) > 3 else 16


def mean_ttft(*options):
    call = [
        ROOFLINE, "simulate", "--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--precision", "bf16", "--tokens", "none",
        "--text-tokens", "200", "--generate", "1", "--max-num-seqs", "1", "--pass-time", "0", "--sequence-time", "0",
        "--request-time", "0", "--kv-tokens", "100k", "--format", "json", *options,
    ]
    return json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)["rows"][0]["ttft_mean_seconds"]


service = mean_ttft("--concurrency", "1", "--requests", "1")
fails = False
for load in (0.3, 0.6, 0.9):
    runs = [
        mean_ttft("--rate", repr(load / service), "--requests", str(REQUESTS), "--seed", str(seed)) for seed in range(SEEDS)
    ]
    error = sum(runs) / SEEDS / (service + load * service / (2 * (1 - load))) - 1
    fails = fails or abs(error) > 0.01
    print(f"load {load}: {error:+.3%} of the mean over {SEEDS} seeds of {REQUESTS} requests")
sys.exit(fails)
