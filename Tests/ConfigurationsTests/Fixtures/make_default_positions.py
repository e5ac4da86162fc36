#!/usr/bin/env python3
"""Writes default_positions.csv: the positions of transformers' configuration classes where a file names none.

    python3 -m venv venv && venv/bin/pip install transformers
    venv/bin/python make_default_positions.py

Sources/Configurations/DefaultPositions.swift has the same table; types are those of Sources/Configurations/Families.

transformers 5.24.0.
"""

import pathlib
import re

from transformers.models.auto.configuration_auto import CONFIG_MAPPING

HERE = pathlib.Path(__file__).parent
FAMILIES = HERE.parents[2] / "Sources/Configurations/Families"

types = set()
for path in FAMILIES.glob("*.swift"):
    for match in re.finditer(r"LanguageFamily\(([^{]*?)(?:read:|\)\s*\{)", path.read_text(), re.S):
        types |= set(re.findall(r'"([^"]+)"', match.group(1).partition("types:")[2]))
    # Families of several parts name the types of their language models where they read those.
    for match in re.finditer(r"readDefaultPositions\(of: [^[]*\[([^]]*)\]", path.read_text()):
        types |= set(re.findall(r'"([^"]+)"', match.group(1)))
lines = ["type,positions"]
for name in sorted(types):
    if name in CONFIG_MAPPING:
        config = CONFIG_MAPPING[name]()
        positions = getattr(config, "max_position_embeddings", getattr(config, "max_sequence_length", None))
        if positions is not None:
            lines.append(f"{name},{positions}")
(HERE / "default_positions.csv").write_text("\n".join(lines) + "\n")
