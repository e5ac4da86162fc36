#!/usr/bin/env python3
"""Measure CLIP's vision tower: bench_encoder.py [ROOFLINE] [THREADS]

A ViT-L/14 at 336 pixels with random weights, made in a temporary folder (1.2 GB): `roofline encode` against torch's F32
forward pass of the same tower, taking turns on the same threads (by default all processors), medians; and the peak
memory of the command against the size of the weights, stored as F32 and as F16. Needs Python with torch, transformers
and safetensors, and OpenBLAS.

Which of their loops OpenBLAS runs, OPENBLAS_CORETYPE may say; it is printed where it is set. Nothing here passes or
fails: times depend on what else the machine does.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOFLINE = sys.argv[1] if len(sys.argv) > 1 else ".build/release/roofline"
THREADS = int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count()
RUNS = 5
MEMORY = 300e6


# A process of its own that waits for the command: a child counts its parent's memory as its own until it begins.
PEAK = """
import json, resource, subprocess, sys
rows = json.loads(subprocess.run(sys.argv[1:], check=True, stdout=subprocess.PIPE).stdout)["rows"]
unit = 1 if sys.platform == "darwin" else 1024
print(rows[0]["seconds"], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit)
"""


def encode(folder, pixels, precision="f32"):
    """Seconds of one forward pass, and the peak memory of the process in bytes."""
    command = [ROOFLINE, "encode", "--pixel-values", pixels, "--encoder", folder, "--threads", str(THREADS), "--repeat", "3",
               "--encoder-precision", precision, "--format", "json"]
    output = subprocess.run([sys.executable, "-c", PEAK, *command], check=True, stdout=subprocess.PIPE).stdout
    seconds, peak = map(float, output.split())
    return seconds, peak


def main():
    try:
        import torch
        from safetensors.torch import save_file
        from transformers import CLIPVisionConfig, CLIPVisionModel
    except ImportError:
        return print("Skipped the encoder: needs Python with torch, transformers and safetensors")
    torch.manual_seed(0)
    torch.set_num_threads(THREADS)
    config = CLIPVisionConfig(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16,
                              image_size=336, patch_size=14)
    model = CLIPVisionModel(config).eval()
    image = torch.randn(3, 336, 336)
    print(f"ViT-L/14 at 336 pixels, {THREADS} threads, torch {torch.__version__}, OPENBLAS_CORETYPE "
          f"{os.environ.get('OPENBLAS_CORETYPE', 'not set')}")
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        pixels = f"{folder}/pixels.safetensors"
        save_file({"pixel_values": image}, pixels)
        model.save_pretrained(f"{folder}/f32")
        ours, theirs, memory, brain = [], [], [], []
        model(image[None])
        for _ in range(RUNS):
            start = time.perf_counter()
            model(image[None])
            theirs.append(time.perf_counter() - start)
            seconds, peak = encode(f"{folder}/f32", pixels)
            ours.append(seconds)
            memory.append(peak)
            brain.append(encode(f"{folder}/f32", pixels, "bf16"))
        mine, other = statistics.median(ours), statistics.median(theirs)
        print(f"forward pass: {mine:.2f} s, torch {other:.2f} s: {mine / other:.2f} of its time "
              f"(target 0.8: {'met' if mine <= 0.8 * other else 'missed'})")
        # Where processor or oneDNN is missing this is F32 again, and the command says so on standard error.
        rounded = statistics.median(seconds for seconds, _ in brain)
        print(f"--encoder-precision bf16: {rounded:.2f} s, {rounded / mine:.2f} of F32's time "
              f"(target 0.6: {'met' if rounded <= 0.6 * mine else 'missed'})")
        model.half().save_pretrained(f"{folder}/f16")
        for name, peak in (("f32", max(max(memory), max(peak for _, peak in brain))),
                           ("f16", encode(f"{folder}/f16", pixels)[1])):
            size = pathlib.Path(f"{folder}/{name}/model.safetensors").stat().st_size
            print(f"peak memory with {name.upper()} weights of {size / 1e6:.0f} MB: {peak / 1e6:.0f} MB "
                  f"(target weights + 300 MB: {'met' if peak <= size + MEMORY else 'missed'})")


if __name__ == "__main__":
    main()
