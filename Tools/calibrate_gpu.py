#!/usr/bin/env python3
"""Measure the GPU at hand, or the CPU: calibrate_gpu.py NAME ROWS.csv DEVICE.yaml [--device cuda|cpu] [--quick]

Times products, attention, norms, activations and copies at the shapes of LLaVA-1.5 7B, with 700, 616, 80 and 70 tokens and
in steps of 1 and 16 sequences, and what launching a kernel costs, in under two minutes. Writes the rows that
`roofline validate --measurements ROWS.csv --catalog FOLDER` reads, and a hardware file of the best rates that were seen:
peaks are what products reached, not what a datasheet says. Put DEVICE.yaml into FOLDER/hardware/. Needs PyTorch.

Times are medians of device time: events on a GPU, over a buffer larger than the cache between calls; a clock on a CPU.
"""

import argparse
import csv
import statistics
import sys
import time

WIDTH, FEED_FORWARD, HEADS, HEAD_WIDTH = 4096, 11008, 32, 128
PRODUCTS = [(WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, 2 * FEED_FORWARD), (FEED_FORWARD, WIDTH)]
TOKENS = [700, 616, 80, 70]
SEQUENCES = [1, 16]
COLUMNS = ["hardware", "operator", "precision", "rows", "inner", "columns", "batch", "tokens", "heads", "kv_heads",
           "head_width", "seconds", "source"]


class Clock:
    """Times calls on one device."""

    def __init__(self, torch, device, quick):
        self.torch, self.device, self.rounds = torch, device, 3 if quick else 9
        # Read between calls, so that no operand of the last one is left in the cache. Not written: what is written stays in the
        # cache until the next kernel pushes it out to memory, which then takes that time, too (8 us on an H100).
        self.sweep = torch.zeros((1 if quick else 64) * 2**20, device=device) if device == "cuda" else None

    def seconds(self, call):
        """The median over some rounds, after two that find cold caches."""
        times = []
        for number in range(self.rounds + 2):
            if self.device == "cuda":
                self.sweep.sum()
                start, end = (self.torch.cuda.Event(enable_timing=True) for _ in range(2))
                start.record()
                call()
                end.record()
                self.torch.cuda.synchronize()
                taken = start.elapsed_time(end) / 1000
            else:
                begun = time.perf_counter()
                call()
                taken = time.perf_counter() - begun
            if number >= 2:
                times.append(taken)
        return statistics.median(times)


def measure(torch, device, formats, quick):
    """Rows without the device's name: operator, format, sizes, seconds."""
    clock = Clock(torch, device, quick)
    rows = []

    def add(operator, name, seconds, rows_=0, inner=0, columns=0, batch=0, tokens=0, heads=0, width=0):
        rows.append([operator, name, rows_, inner, columns, batch, tokens, heads, heads, width, f"{seconds:.4g}"])

    lengths = TOKENS[-1:] if quick else TOKENS + SEQUENCES
    for name, kind in formats.items():
        for inner, columns in PRODUCTS[1:2] if quick else PRODUCTS:
            weights = torch.randn(columns, inner, device=device, dtype=kind)
            for count in lengths:
                inputs = torch.randn(count, inner, device=device, dtype=kind)
                add("matmul", name, clock.seconds(lambda: inputs @ weights.T), count, inner, columns)
        for count in lengths:
            inputs = torch.randn(count, WIDTH, device=device, dtype=kind)
            gain = torch.ones(WIDTH, device=device, dtype=kind)
            gate = torch.randn(count, FEED_FORWARD, device=device, dtype=kind)
            add("norm", name, clock.seconds(lambda: torch.nn.functional.rms_norm(inputs, (WIDTH,), gain)), count, 0, WIDTH)
            add("activation", name, clock.seconds(lambda: torch.nn.functional.silu(gate)), count, 0, FEED_FORWARD)
            add("add", name, clock.seconds(lambda: inputs + inputs), count, 0, WIDTH)
        for count in [n for n in lengths if n not in SEQUENCES]:
            states = [torch.randn(1, HEADS, count, HEAD_WIDTH, device=device, dtype=kind) for _ in range(3)]
            attention = torch.nn.functional.scaled_dot_product_attention
            add("attention", name, clock.seconds(lambda: attention(*states, is_causal=True)), batch=1, tokens=count,
                heads=HEADS, width=HEAD_WIDTH)
    return rows


def bandwidth(torch, device, quick):
    """Bytes per second that copying a large buffer reads and writes."""
    size = (4 if quick else 256) * 2**20
    source = torch.zeros(size, device=device)
    target = torch.empty_like(source)
    return 8 * size / Clock(torch, device, quick).seconds(lambda: target.copy_(source))


def launches(torch, device):
    """Seconds that the host takes to launch a small kernel."""
    values = torch.zeros(8, device=device)
    for _ in range(100):
        values.add_(1)
    if device == "cuda":
        torch.cuda.synchronize()
    begun = time.perf_counter()
    for _ in range(1000):
        values.add_(1)
    taken = (time.perf_counter() - begun) / 1000
    if device == "cuda":
        torch.cuda.synchronize()
    return taken


def hardware_file(name, title, kind, rates, units, bytes_per_second, memory, launch, version):
    """A hardware file of what was measured; FP32, which every device has, is that of its products."""
    source = f"measured by Tools/calibrate_gpu.py with PyTorch {version}"
    lines = [f"# Measured, not looked up: rates are what products reached.", f"name: {name}", f'title: "{title}"',
             f"vendor: unknown", f"kind: {kind}"]
    matrix = {key: value for key, value in rates.items() if key != "fp32"}
    if kind == "gpu" and matrix:
        lines += ["matrix:"] + [f"  {key}: {{ value: {value / 1e12:.4g} TFLOP/s, source: own }}" for key, value in matrix.items()]
    lines += ["vector:"]
    lines += [f"  {key}: {{ value: {value / 1e12:.4g} TFLOP/s, source: own }}" for key, value in rates.items()
              if key == "fp32" or kind != "gpu"]
    lines += ["memory:", f"  bandwidth: {{ value: {bytes_per_second / 1e9:.4g} GB/s, source: own }}"]
    if memory:
        lines.append(f"  capacity: {{ value: {memory} B, source: own }}")
    if units:
        lines += ["achieved:", f"  multiprocessors: {{ value: {units}, source: own }}"]
    lines += ["sources:", f'  own: "{source}"', "notes:", f'  - "The host launches a small kernel in {launch * 1e6:.1f} microseconds."']
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("rows")
    parser.add_argument("file")
    parser.add_argument("--device", choices=["cuda", "cpu"])
    parser.add_argument("--quick", action="store_true", help="few shapes, for tests")
    options = parser.parse_args()
    try:
        import torch
    except ImportError:
        sys.exit("calibrate_gpu.py needs PyTorch: https://pytorch.org/get-started")
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    if device == "cuda" and not torch.cuda.is_available():
        sys.exit("PyTorch sees no GPU; --device cpu measures this computer's cores")
    formats = {"fp32": torch.float32, "bf16": torch.bfloat16}
    if device == "cuda":
        formats = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}
    torch.manual_seed(1)
    rows = measure(torch, device, formats, options.quick)
    with open(options.rows, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([options.name] + row + ["calibrate_gpu.py"] for row in rows)
    rates = {}
    for operator, name, count, inner, columns, *_, seconds in rows:
        if operator == "matmul":
            rates[name] = max(rates.get(name, 0), 2 * count * inner * columns / float(seconds))
    properties = torch.cuda.get_device_properties(0) if device == "cuda" else None
    text = hardware_file(
        options.name, properties.name if properties else options.name, "gpu" if properties else "cpu", rates,
        properties.multi_processor_count if properties else None, bandwidth(torch, device, options.quick),
        properties.total_memory if properties else None, launches(torch, device), torch.__version__)
    with open(options.file, "w") as file:
        file.write(text)
    print(f"{len(rows)} rows in {options.rows}, the device in {options.file}")


if __name__ == "__main__":
    main()
