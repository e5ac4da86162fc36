#!/usr/bin/env python3
"""Fit what engines and their devices' streams reach to published times: fit_engines.py ROOFLINE ENGINES.csv [--left-out]

Reads the columns device, model, precision, engine, batch, prompt_tokens, context_tokens, generated, phase (prefill, ttft,
decode or request), seconds, devices, source, visual, reducer; models that are no names of the catalog are looked for beside
the file, in engine_models/. Asks ROOFLINE for the operators of every row, and prints for classes of devices the figures of
Sources/Hardware/Streams.swift, for engines those of engines/*.yaml, and the errors of every class. With --left-out every
source is left out in turn and judged by the fit of the others. Needs numpy and scipy.

The model of a pass of L layers, term by term as in Sources/Estimation (Rates.swift, HostTimes.swift):

    kernels = sum over operators of max(bytes / (bandwidth x share), arithmetic x work) + overhead
    pass    = max(kernels, L x layer) + step;    request = prefill + steps + request

Shares depend on the class of device and the bits of the weights, overhead on the class, work on engine, class and bits,
the others on the engine. Each is held near its starting value (what the files have now), the nearer the fewer rows there
are: one figure a class beats one a class and engine, by 10.9 to 13.3 % on sources left out.
"""

import collections
import csv
import json
import os
import re
import subprocess
import sys

import numpy as np
import scipy.optimize

ENGINES = [  # how sources spell them, and the file of engines/
    ("hf", "transformers"), ("autoawq", "transformers"), ("gpt-fast", "torch-compile"), ("optimum-nvidia", "tensorrt-llm"),
    ("vllm", "vllm"), ("exllama", "exllama"), ("llama.cpp", "llama.cpp"), ("ollama", "llama.cpp"), ("tinychat", "tinychat"),
    ("calm", "calm"), ("habana", "habana"), ("jetstream", "jetstream"), ("ipex", "ipex"), ("tensorrt", "tensorrt-llm"),
]
# 16, 8 and 4 bits, the cache, overhead of a kernel in microseconds: where the fit starts.
STREAMS = {
    "consumer": (0.92, 0.93, 0.89, 0.82, 0.9), "server": (0.87, 0.90, 0.78, 0.75, 1.8), "hbm": (0.82, 0.73, 0.61, 0.70, 4.3),
    "amd": (0.79, 0.70, 0.58, 0.75, 5.0), "apple": (0.90, 0.88, 0.81, 0.80, 9.0), "apple_ultra": (0.80, 0.77, 0.69, 0.80, 8.0),
    "jetson": (0.80, 0.77, 0.74, 0.68, 3.3), "gaudi": (0.80, 0.77, 0.74, 0.70, 3.6), "tpu": (0.80, 0.77, 0.74, 0.78, 1.7),
    "cpu": (0.79, 0.63, 0.60, 0.78, 4.5),
}
# Seconds of a step, a layer, a request: where the fit starts.
HOSTS = {
    "transformers": (0.75e-3, 0.3e-3, 67e-3), "llama.cpp": (1.3e-3, 0, 0), "vllm": (2.4e-3, 0, 6e-3), "tinychat": (1e-3, 0, 0),
    "habana": (0.5e-3, 0, 2.3e-3), "jetstream": (0.7e-3, 0, 0), "tensorrt-llm": (0.1e-3, 0, 2.8e-3),
}
FORMATS = {("llama.cpp", 4): (4.5, 6.56), ("llama.cpp", 8): (8.5, 8.5), ("calm", 4): (4, 4), ("calm", 8): (8, 8),
           ("torch-compile", 4): (4.5, 4.5), ("torch-compile", 8): (8, 8), ("exllama", 4): (4.16, 6), ("ipex", 8): (8, 8)}


def engine(text):
    text = text.lower()
    return next((name for key, name in ENGINES if key in text), None)


def device_class(name):
    if name.startswith("apple"):
        return "apple_ultra" if "ultra" in name else "apple"
    if name.startswith("rtx") or name == "a6000":
        return "consumer"
    rest = {"jetson": "jetson", "mi": "amd", "gaudi": "gaudi", "tpu": "tpu", "xeon": "cpu", "epyc": "cpu", "l4": "server",
            "a40": "server", "a10": "server", "t4": "server"}
    if name.startswith("a100"):
        return "hbm"
    return next((value for key, value in rest.items() if name.startswith(key)), "hbm")


class Row:
    """A published time, and the operators behind it."""

    def __init__(self, row, program, models):
        self.row, self.seconds, self.source = row, float(row["seconds"]), row["source"]
        self.engine, self.device = engine(row["engine"]), device_class(row["device"])
        self.bits = {"int4": 4, "w8a16": 8, "fp8": 8, "int8": 8}.get(row["precision"], 16)
        self.passes = []
        model = os.path.join(models, row["model"] + ".json")
        self.call = [program, "operators", "--model", model if os.path.exists(model) else row["model"], "--gpu", row["device"],
                     "--batch", row["batch"], "--precision", row["precision"], "--context", row["context_tokens"],
                     "--text-tokens", row["prompt_tokens"], "--tensor-parallel", row["devices"], "--engine", "none"]
        self.call += ["--reducer", row["reducer"]] if row["reducer"] else ["--tokens", row["visual"] or "none"]
        if row["phase"] != "decode":
            self.ask("prefill", 1)
        if row["phase"] in ("decode", "request"):
            steps = int(row["generated"]) - 1
            self.ask("decode", steps if row["phase"] == "request" else 1, max(1, steps // 2))

    def ask(self, stage, count, step=None):
        """The operators of a stage: quantised, head's and other bytes, the cache's, arithmetic, kernels."""
        call = self.call + (["--generate", self.row["generated"], "--step", str(step)] if step else []) + ["--format", "json"]
        answer = subprocess.run(call, capture_output=True, text=True)
        if answer.returncode not in (0, 2):
            raise ValueError(answer.stderr.strip())
        stored = {4: 4.15625, 8: 8, 16: 16}[self.bits]
        bits, head = FORMATS.get((self.engine, self.bits), (stored, 16))
        operators, layers = [], 0
        for o in json.loads(answer.stdout)["rows"]:
            if (o["stage"] == "decode") != (stage == "decode"):
                continue
            layers += o["repeat"] if o["name"] == "mlp.norm" else 0
            core = o["name"] == "attention.core"
            product = o["flops"] > 0 and o["weight_bytes"] > 0
            quantized = product and self.bits < 16 and o["stage"] in ("prefill", "decode") and o["name"] != "head"
            weights = o["weight_bytes"] * (bits / stored if quantized else head / 16 if o["name"] == "head" else 1)
            moved = o["activation_read_bytes"] + o["activation_written_bytes"]
            cache = o["kv_read_bytes"] + o["kv_written_bytes"]
            sums = "all_" in o["name"]
            rows = o["flops"] / 2 / (o["weight_bytes"] * 8 / (stored if quantized else 16)) if product else 0
            many = rows > 64 or core and stage == "prefill"
            operators.append((
                o["repeat"], 0 if sums or core else weights + moved + cache, moved + cache if core and not many else 0,
                max(0, o["expected_seconds"] - 4e-6) if many else 0, o["expected_seconds"] if sums else 0,
                0 if sums else 2 if core and stage == "decode" else 1, quantized))
        self.passes.append((count, layers, np.array(operators, float)))


class Model:
    """The figures, by name, as logarithms."""

    def __init__(self, rows, bandwidths):
        self.rows, self.bandwidths = rows, bandwidths
        self.start = {}
        for row in rows:
            for key, value in zip(("16", "8", "4", "cache", "overhead"), STREAMS[row.device]):
                self.start[row.device, key] = value
            for key, value in zip(("step", "layer", "request"), HOSTS.get(row.engine, (0.1e-3, 0, 0))):
                if value:
                    self.start[row.engine, key] = value
            if row.row["phase"] != "decode":
                self.start[row.engine, row.device, row.bits] = 1.2
        self.names = list(self.start)
        self.place = {name: index for index, name in enumerate(self.names)}
        self.first = np.log([self.start[name] for name in self.names])
        # How far a figure may be from where it starts: shares little, the host's times and work much.
        self.slack = np.array([0.08 if name[1] in ("16", "8", "4") else 0.2 if name[1] in ("cache", "overhead") else 0.6
                               for name in self.names])

    def predict(self, row, figures):
        def get(*name):
            index = self.place.get(name)
            return float(np.exp(figures[index])) if index is not None else 0.0

        bandwidth = self.bandwidths[row.row["device"]]
        full, packed = get(row.device, "16"), get(row.device, str(row.bits))
        work = get(row.engine, row.device, row.bits) or 1
        total = get(row.engine, "request") if row.row["phase"] in ("ttft", "request") else 0
        for count, layers, o in row.passes:
            memory = o[:, 1] / (bandwidth * np.where(o[:, 6] > 0, packed, full)) + o[:, 2] / (bandwidth * get(row.device, "cache"))
            kernels = np.maximum(memory, o[:, 3] * work) + o[:, 4] + o[:, 5] * get(row.device, "overhead") * 1e-6
            total += count * (max(float(kernels @ o[:, 0]), layers * get(row.engine, "layer")) + get(row.engine, "step"))
        return total

    def fit(self, rows):
        counts = collections.Counter((r.device, r.engine, r.row["phase"], r.bits, r.source) for r in rows)
        weights = np.array([counts[r.device, r.engine, r.row["phase"], r.bits, r.source] ** -0.25 for r in rows])

        def residuals(figures):
            errors = np.array([np.log(self.predict(r, figures) / r.seconds) for r in rows])
            return np.concatenate([weights * errors / 0.08, (figures - self.first) / self.slack])

        return scipy.optimize.least_squares(residuals, self.first, loss="soft_l1", max_nfev=8).x


def bandwidth(program, device):
    text = subprocess.run([program, "show", device], capture_output=True, text=True).stdout
    number, unit = re.search(r"^bandwidth +([\d.]+) ([GT])B/s", text, re.M).groups()
    return float(number) * (1e9 if unit == "G" else 1e12)


def summary(label, errors):
    print(f"{label:45} rows {len(errors):4}  median {np.median(np.abs(errors)):6.1%}  90 % {np.quantile(np.abs(errors), 0.9):6.1%}  "
          f"bias {np.mean(errors):+6.1%}")


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["--left-out"]):
        sys.exit(__doc__)
    program, path = sys.argv[1:3]
    models, rows = os.path.join(os.path.dirname(path), "engine_models"), []
    with open(path) as file:
        for row in csv.DictReader(file):
            if engine(row["engine"]) is None:
                print("no engine of this name:", row["engine"], file=sys.stderr)
                continue
            try:
                rows.append(Row(row, program, models))
            except ValueError as error:
                print(row["device"], row["model"], error, file=sys.stderr)
    if not rows:
        sys.exit("no row could be asked")
    model = Model(rows, {name: bandwidth(program, name) for name in {row.row["device"] for row in rows}})

    def errors(figures, rows):
        return np.array([model.predict(row, figures) / row.seconds - 1 for row in rows])

    summary("as the files have it", errors(model.first, rows))
    figures = model.fit(rows)
    fitted = errors(figures, rows)
    summary("fitted", fitted)
    for name, first, value in zip(model.names, model.first, figures):
        print(" ".join(map(str, name)), f"{np.exp(first):.4g} -> {np.exp(value):.4g}")
    classes = collections.defaultdict(list)
    for row, error in zip(rows, fitted):
        classes[row.device, row.engine, row.row["phase"], row.bits].append(error)
    for key, own in sorted(classes.items()):
        summary(" ".join(map(str, key)), np.array(own))
    if len(sys.argv) == 4:
        left = []
        for source in sorted({row.source for row in rows}):
            judged = [row for row in rows if row.source == source]
            own = errors(model.fit([row for row in rows if row.source != source]), judged)
            summary("left out: " + source[:34], own)
            left.extend(own)
        summary("all left out", np.array(left))


if __name__ == "__main__":
    main()
