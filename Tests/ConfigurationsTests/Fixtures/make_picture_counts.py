#!/usr/bin/env python3
"""Writes multimodal configurations in odd sizes (pictures/) and what transformers and torch count of them (picture_counts.csv).

    python3 -m venv venv && venv/bin/pip install torch torchvision transformers
    venv/bin/python make_picture_counts.py

Sizes are small and no two alike. Parameters are the sum over module.parameters(), tied ones once. Tokens of a picture are those
that the model makes of what its image processor makes of it; FLOPs are those of FlopCounterMode over tower and connector,
eager attention, random weights.

transformers 5.24.0, torch 2.15.0, torchvision 0.29.2.
"""

import csv
import json
import pathlib

import numpy
import torch
import transformers as t
from torch.utils.flop_counter import FlopCounterMode

HERE = pathlib.Path(__file__).parent
SIZES = [(640, 480), (333, 777), (50, 40), (1001, 300), (97, 203)]
rows = []


def save(name, entries, processor):
    folder = HERE / "pictures" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(entries, indent=1) + "\n")
    (folder / "preprocessor_config.json").write_text(json.dumps(processor, indent=1) + "\n")


def flops(call):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        result = call()
    return counter.get_total_flops(), result


def idefics2(name, splits):
    text = dict(model_type="mistral", hidden_size=48, intermediate_size=56, num_hidden_layers=2, num_attention_heads=6,
                num_key_value_heads=2, vocab_size=101)
    vision = dict(hidden_size=30, intermediate_size=44, num_hidden_layers=3, num_attention_heads=5, image_size=140, patch_size=14)
    perceiver = dict(resampler_n_latents=7, resampler_depth=2, resampler_n_heads=6, resampler_head_dim=10, num_key_value_heads=3,
                     hidden_size=48)
    size = dict(shortest_edge=60, longest_edge=140)
    config = t.Idefics2Config(text_config=dict(text), vision_config=dict(vision), perceiver_config=dict(perceiver))
    config._attn_implementation = "eager"
    model = t.Idefics2ForConditionalGeneration(config).eval().requires_grad_(False)
    save(name, dict(architectures=["Idefics2ForConditionalGeneration"], model_type="idefics2", text_config=text,
                    vision_config=vision, perceiver_config=perceiver), dict(size=size, do_image_splitting=splits))
    rows.append((name, "parameters", "", sum(p.numel() for p in model.parameters())))
    processor = t.Idefics2ImageProcessor(size=size, do_image_splitting=splits)
    for width, height in SIZES:
        pixels = processor(images=[numpy.zeros((height, width, 3), numpy.uint8)], return_tensors="pt")
        count, features = flops(lambda: model.model.get_image_features(pixels["pixel_values"]).pooler_output)
        rows.append((name, "tokens", f"{width}x{height}", sum(len(part.reshape(-1, 48)) for part in features)))
        rows.append((name, "flops", f"{width}x{height}", count))


idefics2("idefics2", False)
idefics2("idefics2-split", True)
with open(HERE / "picture_counts.csv", "w") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["config", "what", "size", "count"])
    writer.writerows(rows)
