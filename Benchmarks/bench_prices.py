#!/usr/bin/env python3
"""Measure what pricing a pass takes within a process: bench_prices.py [PRICE_BENCHMARK] [LLM_VIEWER]

PRICE_BENCHMARK is the program of Benchmarks/Prices. LLM_VIEWER is a checkout of github.com/hahnyuan/LLM-Viewer, whose
analyzer then estimates the prefill of the same model on the same device, in turn with ours: only the ratios mean
something elsewhere. It needs no other package: its import of transformers, which it uses to read configurations, is
replaced by the sizes of Vicuna 7B.

Beside each figure stands its target, as a share of LLM-Viewer's time (71 microseconds where the targets were set). A missed
one is no error: times depend on what else the machine does.
"""

import contextlib
import importlib
import io
import os
import statistics
import subprocess
import sys
import time
import types

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else ".build/release/price-benchmark"
VIEWER = sys.argv[2] if len(sys.argv) > 2 else None
# Microseconds at most where LLM-Viewer takes 71.
REFERENCE = 71
TARGETS = {
    "vicuna-7b ideal prefill": 0.5, "vicuna-7b expected prefill": 4, "vicuna-7b expected mixed pass": 4,
    "vicuna-7b expected request of 256 tokens": 8, "deepseek-v3 ideal prefill": 1.5, "deepseek-v3 expected prefill": 12,
}
ROUNDS = 5


def viewer():
    """LLM-Viewer's analyzer of Vicuna 7B on an A100, or None without a checkout."""
    if VIEWER is None:
        return None
    sys.path.insert(0, VIEWER)
    os.chdir(VIEWER)
    stub = types.ModuleType("transformers")
    sizes = types.SimpleNamespace(
        num_attention_heads=32, hidden_size=4096, num_key_value_heads=32, num_hidden_layers=32, intermediate_size=11008,
        vocab_size=32000)
    stub.AutoTokenizer = stub.AutoModelForCausalLM = None
    stub.AutoConfig = types.SimpleNamespace(from_pretrained=lambda *_, **__: sizes)
    sys.modules["transformers"] = stub
    with contextlib.redirect_stdout(io.StringIO()):
        return importlib.import_module("model_analyzer").ModelAnalyzer("vicuna-7b", "nvidia_A100_80G", "configs/Llama.py")


def viewer_time(analyzer):
    """Microseconds of an estimate."""
    start = time.perf_counter()
    for tokens in range(100, 600):
        analyzer.analyze(tokens, 1)
    return (time.perf_counter() - start) / 500 * 1e6


def main():
    program = os.path.abspath(PROGRAM)
    analyzer = viewer()
    ours, theirs = {}, []
    for _ in range(ROUNDS):
        for line in subprocess.run([program, "5"], check=True, capture_output=True, text=True).stdout.splitlines():
            name, nanoseconds = line.split("\t")
            ours.setdefault(name, []).append(float(nanoseconds) / 1000)
        if analyzer:
            theirs.append(viewer_time(analyzer))
    reference = statistics.median(theirs) if theirs else None
    if reference:
        print(f"{'LLM-Viewer, a prefill':42} {reference:8.2f} us")
    for name, times in ours.items():
        median = statistics.median(times)
        line = f"{name:42} {median:8.2f} us"
        if reference:
            line += f"   {reference / median:6.0f} x as fast"
        if name in TARGETS:
            share = TARGETS[name] / REFERENCE
            verdict = "" if reference is None else ": met" if median <= share * reference else ": missed"
            line += f"   (target {1 / share:.0f} x{verdict})"
        print(line)


if __name__ == "__main__":
    main()
