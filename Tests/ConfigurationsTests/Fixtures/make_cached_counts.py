#!/usr/bin/env python3
"""Writes what torch counts of new tokens after a cache (cached_counts.csv), for small configurations in configs/.

    python3 -m venv venv && venv/bin/pip install torch transformers
    venv/bin/python make_cached_counts.py

Each model runs on random weights: `context` tokens fill transformers' cache, then FlopCounterMode counts `tokens` more,
with eager attention and logits of the last position only. One token after a cache is a step of decoding. Latent attention
is left out: transformers caches what the latent expands to.

transformers 5.23.0, torch 2.13.0.
"""

import csv
import json
import pathlib

import torch
import transformers as t
from torch.utils.flop_counter import FlopCounterMode

HERE = pathlib.Path(__file__).parent
NAMES = ["llama-odd", "mistral-odd", "qwen2-odd", "qwen3-odd", "phi-odd", "phi-3-odd", "gemma-2-odd", "mixtral-odd",
         "qwen2-moe-odd", "qwen3-moe-odd"]
rows = []
for name in NAMES:
    entries = json.loads((HERE / "configs" / f"{name}.json").read_text())
    kind = getattr(t, entries["architectures"][0])
    config = kind.config_class(**{k: v for k, v in entries.items() if k not in ("architectures", "model_type")})
    config._attn_implementation = "eager"
    config._experts_implementation = "eager"
    torch.manual_seed(0)
    model = kind(config).eval()
    for context, tokens, batch in [(0, 7, 1), (1, 1, 1), (9, 1, 2), (40, 1, 3), (9, 5, 1), (40, 7, 2)]:
        cache = t.DynamicCache(config=config)
        ids = torch.randint(0, config.vocab_size, (batch, context + tokens))
        with torch.no_grad():
            if context:
                model(ids[:, :context], past_key_values=cache, use_cache=True)
            with FlopCounterMode(display=False) as counter:
                model(ids[:, context:], past_key_values=cache, use_cache=True, logits_to_keep=1)
        rows.append([name, context, tokens, batch, counter.get_total_flops()])
with open(HERE / "cached_counts.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["config", "context", "tokens", "batch", "flops"])
    writer.writerows(rows)
