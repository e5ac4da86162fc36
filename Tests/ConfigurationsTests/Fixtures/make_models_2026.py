#!/usr/bin/env python3
"""Writes models_2026.csv: what transformers, torch and image processors count of the configurations in models_2026/.

    make_models_2026.py ORACLE.json

ORACLE.json has for every model `config` (a file in models_2026/), `parameters` (transformers on meta, tied weights once),
`text_prefill_flops` by number of text tokens (torch's FlopCounterMode, eager attention, one sequence, logits of the last
position, experts as one that takes all n x k rows), `visual_tokens` by image size (transformers' image processors, or the
model's own code where transformers has none), `vision_flops` (tower, connector or both, at the encoder's size or at a size
in pixels that the patches cover) and `source`, which says where the configuration is from: most were written from the
published hyper-parameters, the others are copies in github.com/ai-dynamo/aiconfigurator (Apache 2.0) and
github.com/alibaba/InferSim.

transformers 5.24.0, torch 2.15.0.
"""

import csv
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
models = json.loads(pathlib.Path(sys.argv[1]).read_text())
rows = []
for model in models.values():
    if not isinstance(model, dict) or not (HERE / "models_2026" / model["config"]).exists():
        continue
    name = model["config"].removesuffix(".json")
    rows.append((name, "parameters", "", model["parameters"]))
    rows += [(name, "text_flops", n, f) for n, f in (model.get("text_prefill_flops") or {}).items()]
    rows += [(name, "visual_tokens", size, n) for size, n in (model.get("visual_tokens") or {}).items()]
    for what, flops in (model.get("vision_flops") or {}).items():
        size = re.search(r"\d+x\d+", what)
        part = "tower_and_connector" if what.startswith("tower+") else what.split()[0]
        rows.append((name, part + "_flops", size[0] if size else "", flops))
with open(HERE / "models_2026.csv", "w") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["config", "what", "of", "count"])
    writer.writerows(rows)
