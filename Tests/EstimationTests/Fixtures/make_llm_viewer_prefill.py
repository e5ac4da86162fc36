#!/usr/bin/env python3
"""Writes llm_viewer_prefill.csv: what LLM-Viewer itself says of some prefills.

    git clone https://github.com/hahnyuan/LLM-Viewer && git -C LLM-Viewer checkout fd08fe3
    python3 make_llm_viewer_prefill.py LLM-Viewer > llm_viewer_prefill.csv

Needs no packages: the two imports that LLM-Viewer makes besides its own are replaced here, and so is the model
configuration that it would download. One line for every operator of one layer, `lm_head` for the head, `total` for all
layers and the head; bytes and seconds, unrounded. `hardware` is this project's name for the device.
"""

import csv
import sys
import types

VICUNA_7B = dict(hidden_size=4096, intermediate_size=11008, num_attention_heads=32, num_key_value_heads=32,
                 num_hidden_layers=32, vocab_size=32000)
VICUNA_13B = dict(hidden_size=5120, intermediate_size=13824, num_attention_heads=40, num_key_value_heads=40,
                  num_hidden_layers=40, vocab_size=32000)
# Grouped-query attention: not in the catalog, the tests describe it.
LLAMA_2_70B = dict(hidden_size=8192, intermediate_size=28672, num_attention_heads=64, num_key_value_heads=8,
                   num_hidden_layers=80, vocab_size=32000)

# model, its figures, our device, LLM-Viewer's device, tokens, batch, bits of weights, activations, cache
RUNS = [
    *[(name, figures, "v100", "nvidia_V100", tokens, 1, bits, bits, bits)
      for name, figures in [("vicuna-7b", VICUNA_7B), ("vicuna-13b", VICUNA_13B)]
      for tokens in [700, 70, 616, 80] for bits in [16, 4]],
    ("vicuna-7b", VICUNA_7B, "a100-40gb", "nvidia_A100", 1, 1, 16, 16, 16),
    ("vicuna-7b", VICUNA_7B, "a100-80gb", "nvidia_A100_80G", 333, 1, 8, 8, 8),
    ("vicuna-13b", VICUNA_13B, "l40", "nvidia_L40", 2048, 1, 4, 16, 16),
    ("vicuna-13b", VICUNA_13B, "a100-80gb", "nvidia_A100_80G", 128, 3, 2, 8, 4),
    ("vicuna-7b", VICUNA_7B, "l40", "nvidia_L40", 57, 2, 1, 4, 16),
    ("llama-2-70b", LLAMA_2_70B, "a100-40gb", "nvidia_A100", 616, 1, 16, 16, 16),
    ("llama-2-70b", LLAMA_2_70B, "v100", "nvidia_V100", 80, 2, 4, 4, 8),
]
FIELDS = ["OPs", "load_weight", "load_act", "store_act", "load_kv_cache", "store_kv_cache", "inference_time"]


def main(checkout):
    current = {}
    transformers = types.ModuleType("transformers")
    transformers.AutoConfig = types.SimpleNamespace(
        from_pretrained=lambda *_, **__: types.SimpleNamespace(**current["figures"]))
    transformers.AutoTokenizer = transformers.AutoModelForCausalLM = None
    sys.modules["transformers"] = transformers
    sys.path.insert(0, checkout)
    from model_analyzer import ModelAnalyzer

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["model", "hardware", "tokens", "batch", "precision", "operator", *FIELDS, "bound"])
    for model, figures, hardware, theirs, tokens, batch, weights, activations, cache in RUNS:
        current["figures"] = figures
        stdout, sys.stdout = sys.stdout, sys.stderr
        analyzer = ModelAnalyzer(model, theirs, "configs/Llama.py")
        results = analyzer.analyze(tokens, batch, weights, activations, cache)
        sys.stdout = stdout
        prefill = dict(results["prefill"], total=results["total_results"]["prefill"])
        precision = f"w{weights}a{activations}kv{cache}"
        for operator, result in prefill.items():
            writer.writerow([model, hardware, tokens, batch, precision, operator, *(repr(float(result[f])) for f in FIELDS),
                             result.get("bound", "")])


if __name__ == "__main__":
    main(sys.argv[1])
