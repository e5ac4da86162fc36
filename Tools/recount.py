#!/usr/bin/env python3
"""A second opinion: counts what Documentation/ says, apart from the program, and compares.

    python3 Tools/recount.py .build/release/roofline [--questions 300] [--seed 1] [--only NUMBER]

Asks the program seeded random questions, recomputes each answer from the model's and the device's figures by the rules
of Documentation/estimates.md and Documentation/counting.md, and prints every figure that differs by more than 1e-9 of
it, with the command line that shows it. Exit status: 0 if all agree, 1 if not. Needs Python 3.9 or later, nothing else.

What is compared: `roofline` (FLOPs, traffic, weights, cache, footprint, parameters, ideal times of prefill, stages,
steps and request, what bounds them) and `roofline operators` (each line's FLOPs, bytes and seconds). Not compared:
expected times, which rest on fitted constants, and reducers.
"""
import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


# Files ---------------------------------------------------------------------------------------------------------------

def scalar(text):
    """A YAML scalar, flow list or flow map of the kind that models/ and hardware/ have."""
    value, rest = flow(text.strip())
    return value


def flow(s):
    s = s.lstrip()
    if s.startswith("["):
        items, s = [], s[1:].lstrip()
        while not s.startswith("]"):
            item, s = flow(s)
            items.append(item)
            s = s.lstrip()
            if s.startswith(","):
                s = s[1:].lstrip()
        return items, s[1:]
    if s.startswith("{"):
        items, s = {}, s[1:].lstrip()
        while not s.startswith("}"):
            key, s = s.split(":", 1)
            items[key.strip().strip('"')], s = flow(s)
            s = s.lstrip()
            if s.startswith(","):
                s = s[1:].lstrip()
        return items, s[1:]
    if s.startswith('"'):
        end = s.index('"', 1)
        return s[1:end], s[end + 1:]
    end = min([s.find(c) for c in ",]}" if c in s] or [len(s)])
    word = s[:end].strip()
    return {"true": True, "false": False, "null": None}.get(word, number(word)), s[end:]


def number(word):
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            pass
    return word


def without_comment(line):
    quoted = False
    for i, c in enumerate(line):
        quoted ^= c == '"'
        if c == "#" and not quoted and (i == 0 or line[i - 1] == " "):
            return line[:i].rstrip()
    return line.rstrip()


def yaml(path):
    """Nested maps of scalars, flow lists and flow maps; block lists are left out (notes alone)."""
    top, stack = {}, []
    with open(path, encoding="utf-8") as file:
        for line in map(without_comment, file):
            if not line.strip() or line.strip().startswith("- "):
                continue
            depth = len(line) - len(line.lstrip())
            key, _, rest = line.strip().partition(":")
            while stack and stack[-1][0] >= depth:
                stack.pop()
            parent = stack[-1][1] if stack else top
            if rest.strip():
                parent[key.strip('"')] = scalar(rest)
            else:
                parent[key] = {}
                stack.append((depth, parent[key]))
    return top


UNITS = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}


def quantity(entry):
    value, unit = str(entry["value"]).split()
    for suffix in ("FLOP/s", "OP/s", "FLOPS", "OPS", "B/s", "Bps", "iB", "B", "W"):
        if unit.endswith(suffix):
            prefix = unit[: -len(suffix)]
            base = {"K": 1024, "M": 1024**2, "G": 1024**3} if suffix == "iB" else UNITS
            return float(value) * (base[prefix] if prefix else 1)
    raise ValueError(unit)


class Device:
    """Peaks, bandwidth and link of hardware/NAME.yaml."""

    # What may stand in for a format that a device has no peak for: formats that hold its values.
    STANDS_IN = {"int4": ("int8",), "fp4": ("fp8",)}
    WIDE = ("fp16", "bf16", "tf32", "fp32")

    def __init__(self, name):
        y = yaml(os.path.join(ROOT, "hardware", name + ".yaml"))
        self.name = name
        self.matrix = {k: quantity(v) for k, v in y.get("matrix", {}).items()}
        self.half = {k: quantity(v) for k, v in y.get("half_sums", {}).items()}  # the same with sums in FP16
        self.vector = {k: quantity(v) for k, v in y["vector"].items()}
        self.bandwidth = quantity(y["memory"]["bandwidth"])
        self.capacity = quantity(y["memory"]["capacity"]) if "capacity" in y["memory"] else None
        self.link = quantity(y["interconnect"]) / 2 if "interconnect" in y else None  # one direction
        self.mesh = y.get("mesh")  # devices that have a link of their own to every other one
        self.power = quantity(y["power"]) if "power" in y else None

    def peak(self, format):
        """FLOP/s of products: the matrix units' in that format, summed up the faster way, else the fastest that can stand in."""
        if format in self.matrix:
            return max(self.matrix[format], self.half.get(format, 0))
        formats = self.STANDS_IN.get(format, ()) + self.WIDE
        if format == "fp32":
            formats = ()
        candidates = [max(self.matrix[f], self.half.get(f, 0)) for f in formats if f in self.matrix]
        candidates += [self.vector[f] for f in (format,) + (formats or ("fp32",)) if f in self.vector]
        return max(candidates)


# Precisions ----------------------------------------------------------------------------------------------------------

GROUPED = 4 + (16 + 4) / 128
PRECISIONS = {  # bits of a weight, of a product's input, format of the arithmetic
    "fp8": (8, 8, "fp8"), "int8": (8, 8, "int8"), "w8a16": (8, 16, "fp16"), "int4": (GROUPED, 16, "fp16"),
    "w4a8": (GROUPED, 8, "int8"), "w4a4": (GROUPED, 4, "int4"), "fp8block": (8 + 32 / 128**2, 8, "fp8"),
    "fp4": (4.5, 4.5, "fp4"), "mxfp4": (4.25, 16, "fp16"),
}
CACHE_BITS = {"fp32": 32, "fp16": 16, "bf16": 16, "fp8": 8, "int8": 8, "fp4": 4, "int4": 4}


class Precision:
    """Bytes of an element of each kind, and formats of the arithmetic."""

    def __init__(self, name, cache=None):
        self.base = 4 if name == "fp32" else 2
        self.format = name if name in ("fp32", "fp16", "bf16") else "fp16"
        bits, inputs, self.quantised_format = PRECISIONS.get(name, (8 * self.base, 8 * self.base, self.format))
        self.weight, self.input = bits / 8, inputs / 8
        self.cache = CACHE_BITS[cache] / 8 if cache else self.base


# Operators -----------------------------------------------------------------------------------------------------------

ACTIVATION = {"silu": 4, "gelu": 5, "gelu_tanh": 9, "quick_gelu": 5, "relu": 1}
NORM = {"rms": 4, "layer": 7}
RECURRENCES = ("delta", "mamba", "mamba2")
BOUNDS = ("compute", "vector", "memory", "link")


class Operator:
    __slots__ = ("name", "repeat", "flops", "executed", "vector", "weights", "read", "written", "cached", "caching",
                 "sent", "quantised", "live", "left")

    def __init__(self, name, flops=0, executed=None, vector=0, weights=0, read=0, written=0, cached=0, caching=0,
                 sent=0, quantised=False, live=0, repeat=1):
        self.name, self.repeat, self.flops, self.vector = name, repeat, flops, vector
        self.executed = flops if executed is None else executed
        self.left = self.executed / flops if flops else 1  # the share that a mask leaves, of the softmax as well
        self.weights, self.read, self.written = weights, read, written
        self.cached, self.caching, self.sent = cached, caching, sent
        self.quantised, self.live = quantised, live + read + written

    def figures(self):
        return (self.flops, self.executed, self.vector, self.weights, self.read, self.written, self.cached,
                self.caching, self.sent)

    @property
    def traffic(self):
        return self.weights + self.read + self.written + self.cached + self.caching

    def time(self, device, precision):
        """Seconds of the busiest resource, and which it is."""
        format = precision.quantised_format if self.quantised else precision.format
        seconds = (self.executed / device.peak(format), self.vector * self.left / device.vector["fp32"],
                   self.traffic / device.bandwidth, self.sent / device.link if self.sent else 0)
        longest = max(seconds)
        return longest, BOUNDS[seconds.index(longest)]


def shared_out(count, devices):
    return -(-count // devices)


class Counter:
    """The operators of one pass of a language model: `batch` sequences of `new` tokens each after `context`."""

    def __init__(self, model, precision, fused, batch, new, context, visual=0, tensor=1, experts=1,
                 pipeline=1):
        self.m, self.p, self.fused = model, precision, fused
        self.all_sequences = batch
        self.batch = shared_out(batch, experts)
        self.new, self.context, self.visual = new, context, visual
        self.tensor, self.experts, self.pipeline = tensor, experts, pipeline
        self.rows = self.batch * new
        self.ops = []
        self.stream = self.rows * model["width"] * precision.base  # bytes of the residual stream
        self.wait = self.stream * (2 if model.get("parallel") else 1)  # what lies beside what an operator touches

    def add(self, name, **figures):
        self.ops.append(Operator(name, **figures))

    def linear(self, name, rows, inner, outer, bias=False, quantised=True, input=None, output=None, cached=0, read=None,
               live=None, caching=0):
        p = self.p
        size = p.weight if quantised else p.base
        per_input = (p.input if quantised else p.base) if input is None else input
        self.add(name, flops=2 * rows * inner * outer, vector=rows * outer if bias else 0,
                 weights=inner * outer * size + (outer * p.base if bias else 0),
                 read=rows * inner * per_input if read is None else read,
                 written=rows * outer * p.base if output is None else output, cached=cached, caching=caching,
                 quantised=quantised, live=self.wait if live is None else live)

    def all_reduce(self, name, rows, width=None):
        n = self.tensor
        if n > 1:
            elements = rows * (width or self.m["width"])
            self.add(name, vector=elements * (n - 1) / n, sent=elements * self.p.base)

    def norm(self, name, sums, quantised=True):
        """A norm, with `sums` additions to the residual stream in front of it, of which it writes the result."""
        m, p, elements = self.m, self.p, self.rows * self.m["width"]
        parameters = m["width"] * (2 if m["norm"] == "layer" and m.get("norm_bias", True) else 1)
        self.add(name, vector=elements * (NORM[m["norm"]] + sums), weights=parameters * p.base,
                 read=elements * p.base * (1 + sums),
                 written=elements * ((p.base if sums else 0) + (p.input if quantised else p.base)))

    # A pass

    def run(self):
        m, p = self.m, self.p
        text = self.batch * (self.new - self.visual)
        self.add("embedding", weights=text * m["width"] * p.base / self.tensor,
                 read=self.batch * self.visual * m["width"] * p.base, written=self.stream)
        self.all_reduce("embedding.all_reduce", text)
        if m.get("embedding_scale"):
            self.add("embedding.scale", vector=self.rows * m["width"], read=self.stream, written=self.stream)
        self.start()
        for layer in m["layers"]:
            self.layer(layer)
        for _ in range(self.pipeline - 1):
            self.add("pipeline.pass", sent=self.stream)
        self.norm("norm", self.pending if self.fused else 0, quantised=False)
        shard = shared_out(m["vocabulary"], self.tensor)
        # The last norm's output of all rows is there beside the logits; the rows that the head reads are some of it.
        self.linear("head", self.batch, m["width"], shard, m.get("head_bias"), quantised=False,
                    live=self.stream - self.batch * m["width"] * p.base)
        if self.tensor > 1:
            self.add("head.all_gather", sent=self.batch * shard * p.base * (self.tensor - 1),
                     live=self.batch * shard * p.base * self.tensor)
        return self.ops

    def start(self):
        self.pending = 0

    def layer(self, layer):
        m = self.m
        prefix = layer.get("prefix", "")
        sums = self.pending if self.fused else 0
        self.prefix = prefix
        block = layer["attention"]
        self.norm(prefix + "attention.norm", sums)
        {"full": self.attention, "latent": self.latent_attention, "delta": self.delta, "mamba": self.mamba,
         "mamba2": self.mamba2}[block["kind"]](block)
        if block["kind"] in RECURRENCES:
            self.all_reduce("recurrence.all_reduce", self.rows)
        else:
            self.all_reduce(prefix + "attention.all_reduce", self.rows)
        if m.get("post_norms"):
            self.norm("attention.post_norm", 0, quantised=False)
        if m.get("parallel"):
            self.mlp(layer["mlp"], prefix)
            self.all_reduce("mlp.all_reduce", self.rows)
            if not self.fused:
                self.residual("attention.residual")
                self.residual("mlp.residual")
            self.pending = 2
            return
        if not self.fused:
            self.residual(prefix + "attention.residual")
        self.pending = 1
        if not layer["mlp"]:
            return
        self.norm(prefix + "mlp.norm", 1 if self.fused else 0)
        if layer["mlp"]["kind"] == "experts":
            self.mixture(layer["mlp"])
        else:
            self.mlp(layer["mlp"], prefix)
        self.all_reduce(prefix + "mlp.all_reduce", self.rows)
        if m.get("post_norms"):
            self.norm("mlp.post_norm", 0, quantised=False)
        if not self.fused:
            self.residual(prefix + "mlp.residual")

    def residual(self, name):
        self.add(name, vector=self.rows * self.m["width"], read=2 * self.stream, written=self.stream,
                 live=self.wait - self.stream)

    # Attention

    def reach(self, window):
        """Positions that are read; of a row in full; and those that a kernel computes of a sequence."""
        n, c = self.new, self.context
        keys = c + n if window is None else min(c + n, window - 1 + n)
        executed = sum(min(c + i, window or c + i) for i in range(1, n + 1))
        if self.fused:
            full = n * (c + n if window is None else min(c + n, window))
        else:
            full = executed = n * keys
        return keys, full, executed

    def attention(self, a):
        p, B, n, rows = self.p, self.batch, self.new, self.rows
        heads, groups = shared_out(a["heads"], self.tensor), shared_out(a["kv_heads"], self.tensor)
        width, w = a["head_width"], self.m["width"]
        query, key = heads * width, groups * width
        gate = 2 if a.get("gate") else 1
        quantised, bias = a.get("quantised", True), a.get("qkv_bias")
        rotated = a["rotated"]
        direct = not rotated and not a.get("head_norm")  # keys go into the cache as they are
        act = p.base
        if self.fused:
            self.linear("attention.qkv", rows, w, gate * query + 2 * key, bias, quantised,
                        output=rows * (gate * query + (0 if direct else key)) * act,
                        caching=rows * key * p.cache * (2 if direct else 1))
        else:
            self.linear("attention.query", rows, w, gate * query, bias, quantised)
            self.linear("attention.key", rows, w, key, bias, quantised, output=0 if direct else None,
                        caching=rows * key * p.cache if direct else 0, live=self.stream + rows * query * act)
            self.linear("attention.value", rows, w, key, bias, quantised, output=0, caching=rows * key * p.cache,
                        live=self.stream + rows * (query + (0 if direct else key)) * act)
        if a.get("head_norm"):
            for name, size in (("query", query), ("key", key)):
                learned = a["head_norm"] == "learned"
                to_cache = name == "key" and not rotated
                self.add("attention.%s_norm" % name, vector=rows * size * (4 if learned else 3),
                         weights=width * p.base if learned else 0, read=rows * size * act,
                         written=0 if to_cache else rows * size * act,
                         caching=rows * size * p.cache if to_cache else 0, live=self.wait)
        if rotated:
            self.add("attention.rotary", vector=3 * rows * (heads + groups) * rotated,
                     read=rows * (heads * rotated + key) * act, written=rows * heads * rotated * act,
                     caching=rows * key * p.cache, live=self.wait)
        keys, full, executed = self.reach(a.get("window"))
        cache = B * keys * key * p.cache
        sinks = heads * p.base if a.get("sinks") else 0
        out = p.input if quantised and not a.get("gate") else act
        if self.fused:
            self.add("attention.core", flops=4 * B * heads * width * full, executed=4 * B * heads * width * executed,
                     vector=5 * B * heads * full, weights=sinks, read=rows * query * act, written=rows * query * out,
                     cached=2 * cache, live=self.wait)
        else:
            scores = B * heads * full
            self.add("attention.scores", flops=2 * scores * width, read=rows * query * act, written=scores * act,
                     cached=cache, live=self.wait)
            self.eager_scores(scores, B * full, sinks)
            self.add("attention.values", flops=2 * scores * width, read=scores * act, written=rows * query * out,
                     cached=cache, live=self.wait)
        if a.get("gate"):
            self.add("attention.gate", vector=5 * rows * query, read=2 * rows * query * act,
                     written=rows * query * (p.input if quantised else act), live=self.wait)
        self.linear("attention.output", rows, query, w, a.get("output_bias"), quantised)

    def eager_scores(self, scores, mask, sinks=0, values=0):
        """Steps between the two products; `values` are bytes that wait for the second one outside the cache."""
        act, live = self.p.base, self.wait + values
        self.add("attention.scale", vector=scores, read=scores * act, written=scores * act, live=live)
        self.add("attention.mask", vector=scores, read=(scores + mask) * act, written=scores * act, live=live)
        self.add("attention.softmax", vector=5 * scores, weights=sinks, read=scores * act, written=scores * act,
                 live=live)

    def latent_attention(self, a):
        p, B, n, rows, act = self.p, self.batch, self.new, self.rows, self.p.base
        heads, w = shared_out(a["heads"], self.tensor), self.m["width"]
        nope, rope, value, latent = a["nope"], a["rope"], a["value"], a["latent"]
        if a.get("query_latent"):
            size, input = a["query_latent"], self.wait + rows * w * p.input
            self.linear("attention.query_down", rows, w, size, a.get("bias"))
            self.add("attention.query_norm", vector=4 * rows * size, weights=size * act, read=rows * size * act,
                     written=rows * size * p.input, live=input)
            self.linear("attention.query_up", rows, size, heads * (nope + rope), live=input)
        else:
            self.linear("attention.query", rows, w, heads * (nope + rope))
        queries = rows * heads * (nope + rope)
        self.linear("attention.kv_down", rows, w, latent + rope, a.get("bias"), live=self.wait + queries * act)
        self.add("attention.kv_norm", vector=4 * rows * latent, weights=latent * act, read=rows * latent * act,
                 caching=rows * latent * p.cache, live=self.wait)
        self.add("attention.rotary", vector=3 * rows * (heads + 1) * rope, read=rows * (heads + 1) * rope * act,
                 written=rows * heads * rope * act, caching=rows * rope * p.cache, live=self.wait)
        keys, full, executed = self.reach(None)
        forms = {"absorb": [], "expand": []}
        kept = self.ops
        for form in forms:
            self.ops = forms[form]
            if form == "expand":
                self.linear("attention.kv_up", B * keys, latent, heads * (nope + value), read=0,
                            cached=B * keys * latent * p.cache, live=self.wait + queries * act)
                up = B * keys * heads
                if self.fused:
                    self.add("attention.core", flops=2 * B * heads * full * (nope + rope + value),
                             executed=2 * B * heads * executed * (nope + rope + value), vector=5 * B * heads * full,
                             read=(queries + up * (nope + value)) * act, written=rows * heads * value * p.input,
                             cached=B * keys * rope * p.cache, live=self.wait)
                else:
                    scores = B * heads * full
                    self.add("attention.keys", read=up * nope * act, written=up * (nope + rope) * act,
                             cached=B * keys * rope * p.cache,
                             live=self.wait + (queries + up * value) * act)
                    self.add("attention.scores", flops=2 * scores * (nope + rope),
                             read=(queries + up * (nope + rope)) * act, written=scores * act,
                             live=self.wait + up * value * act)
                    self.eager_scores(scores, B * full, values=up * value * act)
                    self.add("attention.values", flops=2 * scores * value, read=(scores + up * value) * act,
                             written=rows * heads * value * p.input, live=self.wait)
            else:
                self.per_head("attention.key_absorb", rows, heads, nope, latent, act)
                absorbed = rows * heads * (latent + rope)
                cache = B * keys * latent * p.cache
                if self.fused:
                    self.add("attention.core", flops=2 * B * heads * full * (2 * latent + rope),
                             executed=2 * B * heads * executed * (2 * latent + rope), vector=5 * B * heads * full,
                             read=absorbed * act, written=rows * heads * latent * act,
                             cached=B * keys * (latent + rope) * p.cache, live=self.wait)
                else:
                    scores = B * heads * full
                    self.add("attention.scores", flops=2 * scores * (latent + rope), read=absorbed * act,
                             written=scores * act, cached=B * keys * (latent + rope) * p.cache, live=self.wait)
                    self.eager_scores(scores, B * full)
                    self.add("attention.values", flops=2 * scores * latent, read=scores * act,
                             written=rows * heads * latent * act, cached=cache, live=self.wait)
                self.per_head("attention.value_up", rows, heads, latent, value, p.input)
        self.ops = kept
        cost = {form: sum(o.time(self.m["device"], p)[0] for o in forms[form]) for form in forms}
        one = n == 1 and self.context  # as a step of decoding, which always absorbs
        # A prompt of one token, and of any number in eager kernels, expands where there is no context.
        alone = not self.context and (n == 1 or not self.fused)
        form = "absorb" if one or not alone and cost["absorb"] <= cost["expand"] * (1 + 1e-12) else "expand"
        self.ops += forms[form]
        self.linear("attention.output", rows, heads * value, w, a.get("bias"))

    def per_head(self, name, rows, heads, inner, outer, output):
        """A product of each head with its own weights; in FP16 input, as no kernel quantises in between."""
        p = self.p
        self.add(name, flops=2 * rows * heads * inner * outer, weights=heads * inner * outer * p.weight,
                 read=rows * heads * inner * p.base, written=rows * heads * outer * output, quantised=True,
                 live=self.wait)

    def delta(self, a):
        """A gated delta net (Qwen3-Next): arXiv:2412.06464, step by step."""
        p, B, rows, act, w = self.p, self.batch, self.rows, self.p.base, self.m["width"]
        keys, values = shared_out(a["key_heads"], self.tensor), shared_out(a["value_heads"], self.tensor)
        k, v = a["key_width"], a["value_width"]
        mixed, out = 2 * keys * k + values * v, values * v
        self.linear("recurrence.input", rows, w, mixed + out + 2 * values)
        self.convolution(mixed, a["kernel"], False)
        state = values * k * v
        self.add("recurrence.core", flops=6 * rows * state,
                 vector=rows * (state + 3 * 2 * keys * k + 8 * values), weights=2 * values * act,
                 read=rows * (mixed + 2 * values) * act, written=rows * out * act, cached=B * state * act,
                 caching=B * state * act, live=self.wait)
        self.add("recurrence.norm", vector=4 * rows * out, weights=v * act, read=rows * out * act,
                 written=rows * out * act, live=self.wait)
        self.gate(out, True)
        self.linear("recurrence.output", rows, out, w)

    def convolution(self, channels, kernel, bias):
        """A causal convolution of each channel and SiLU; its last inputs are a state."""
        p, rows, act = self.p, self.rows, self.p.base
        past = self.batch * channels * (kernel - 1) * act
        self.add("recurrence.convolution", flops=2 * rows * channels * kernel,
                 vector=rows * channels * (5 if bias else 4),
                 weights=channels * (kernel + (1 if bias else 0)) * act, read=rows * channels * act,
                 written=rows * channels * act, cached=past, caching=past, live=self.wait)

    def gate(self, size, last):
        self.add("recurrence.gate", vector=5 * self.rows * size, read=2 * self.rows * size * self.p.base,
                 written=self.rows * size * (self.p.input if last else self.p.base), live=self.wait)

    def mamba(self, a):
        """Mamba (arXiv:2312.00752), step by step; Jamba has three norms in it."""
        p, rows, act, w = self.p, self.rows, self.p.base, self.m["width"]
        size, state, rank = shared_out(a["size"], self.tensor), a["state"], a["rank"]
        self.linear("recurrence.input", rows, w, 2 * size)
        self.convolution(size, a["kernel"], True)
        beside = self.wait + 2 * rows * size * act  # the convolution's output and the gate
        self.linear("recurrence.parameters", rows, size, rank + 2 * state, live=beside)
        self.all_reduce("recurrence.parameters_sum", rows, rank + 2 * state)
        for name, n in (("step", rank), ("state", state), ("state", state)) if a["norms"] else ():
            self.add("recurrence.%s_norm" % name, vector=4 * rows * n, weights=n * act, read=rows * n * act,
                     written=rows * n * (p.input if name == "step" else act), live=self.wait)
        self.linear("recurrence.step", rows, rank, size, bias=True, live=beside)
        states = self.batch * size * state * act
        self.add("recurrence.core", flops=4 * rows * size * state, vector=rows * size * (4 * state + 6),
                 weights=size * (state + 1) * act, read=rows * (2 * size + 2 * state) * act, written=rows * size * act,
                 cached=states, caching=states, live=self.wait)
        self.gate(size, True)
        self.linear("recurrence.output", rows, size, w)

    def mamba2(self, a):
        """Mamba 2 (arXiv:2405.21060), step by step."""
        p, rows, act, w = self.p, self.rows, self.p.base, self.m["width"]
        heads, groups = shared_out(a["heads"], self.tensor), shared_out(a["groups"], self.tensor)
        size = heads * a["head_width"]
        mixed = size + 2 * groups * a["state"]
        self.linear("recurrence.input", rows, w, size + mixed + heads)
        self.convolution(mixed, a["kernel"], True)
        states = self.batch * size * a["state"] * act
        self.add("recurrence.core", flops=4 * rows * size * a["state"],
                 vector=rows * (size * a["state"] + 2 * size + 8 * heads), weights=3 * heads * act,
                 read=rows * (mixed + heads) * act, written=rows * size * act, cached=states, caching=states,
                 live=self.wait)
        self.gate(size, False)
        self.add("recurrence.norm", vector=4 * rows * size, weights=size * act, read=rows * size * act,
                 written=rows * size * p.input, live=self.wait)
        self.linear("recurrence.output", rows, size, w)

    # Feed-forward

    def mlp(self, f, prefix):
        p, rows, act, w = self.p, self.rows, self.p.base, self.m["width"]
        inner, cost, bias = shared_out(f["inner"], self.tensor), ACTIVATION[f["activation"]], f.get("bias")
        live = self.wait
        name = prefix + "mlp."
        if not f.get("gated", True):
            self.linear(name + "up", rows, w, inner, bias, live=live)
            self.add(name + "activation", vector=cost * rows * inner, read=rows * inner * act,
                     written=rows * inner * p.input, live=live)
        elif self.fused:
            self.linear(name + "gate_up", rows, w, 2 * inner, bias, live=live)
            self.add(name + "activation", vector=(cost + 1) * rows * inner, read=2 * rows * inner * act,
                     written=rows * inner * p.input, live=live)
        else:
            self.linear(name + "gate", rows, w, inner, bias, live=live)
            self.linear(name + "up", rows, w, inner, bias, live=live + rows * inner * act)
            self.add(name + "activation", vector=cost * rows * inner, read=rows * inner * act,
                     written=rows * inner * act, live=live + rows * inner * act)
            self.add(name + "product", vector=rows * inner, read=2 * rows * inner * act,
                     written=rows * inner * p.input, live=live)
        self.linear(name + "down", rows, inner, w, bias, live=live)

    def mixture(self, f):
        m, p, rows, act, w = self.m, self.p, self.rows, self.p.base, self.m["width"]
        E, k, N = f["experts"], f["chosen"], self.experts
        local = shared_out(E, N)
        inner, cost, bias = shared_out(f["inner"], self.tensor), ACTIVATION[f["activation"]], f.get("bias")
        quantised = f.get("quantised", True)
        self.linear("router.scores", rows, w, E, f.get("router_bias"), quantised=False)
        self.add("router.choice", vector=5 * rows * E, read=rows * E * act, written=2 * rows * k * act)
        shared = 0
        if f.get("shared"):
            size = shared_out(f["shared"], self.tensor)
            beside = self.wait + self.stream  # the experts read what these read
            if self.fused:
                self.linear("shared.gate_up", rows, w, 2 * size, live=beside)
                self.add("shared.activation", vector=(cost + 1) * rows * size, read=2 * rows * size * act,
                         written=rows * size * p.input, live=beside)
            else:
                self.linear("shared.gate", rows, w, size, live=beside)
                self.linear("shared.up", rows, w, size, live=beside + rows * size * act)
                self.add("shared.activation", vector=cost * rows * size, read=rows * size * act,
                         written=rows * size * act, live=beside + rows * size * act)
                self.add("shared.product", vector=rows * size, read=2 * rows * size * act,
                         written=rows * size * p.input, live=beside)
            self.linear("shared.down", rows, size, w, live=beside)
            if f.get("shared_gate"):
                self.linear("shared.gate_score", rows, w, 1, quantised=False)
                self.add("shared.weighting", vector=rows * (w + 4), read=rows * (w + 1) * act,
                         written=rows * w * act)
            shared = rows * w * act
        tokens = self.all_sequences * self.new
        hit = local * (1 - (1 - k / E) ** tokens)
        work = tokens * k * local / E if N > 1 else rows * k
        sent = 0
        if N > 1:
            # A token goes once to every other device that has any of its experts, but no more rows leave the device
            # with most sequences, or reach that with most experts, than there are choices for other devices.
            sent = w * min(rows * (N - 1) * (1 - missed(E, k, local)), max(rows * k, work) * (N - 1) / N)
            self.add("experts.all_to_all", sent=sent * (p.input if quantised else act))
        if not self.fused:
            self.add("experts.dispatch", read=work * w * act, written=work * w * act, live=self.wait + shared)
        arriving = work if N > 1 or not self.fused else rows
        self.experts_product("gate_up", hit, work, arriving, w, 2 * inner, bias, quantised, shared)
        if self.fused:
            self.add("experts.activation", vector=(cost + 1) * work * inner, read=2 * work * inner * act,
                     written=work * inner * (p.input if quantised else act), live=self.wait + shared)
        else:
            self.add("experts.activation", vector=cost * work * inner, read=work * inner * act,
                     written=work * inner * act, live=self.wait + shared + work * inner * act)
            self.add("experts.product", vector=work * inner, read=2 * work * inner * act,
                     written=work * inner * (p.input if quantised else act), live=self.wait + shared)
        self.experts_product("down", hit, work, work, inner, w, bias, quantised, shared)
        if N > 1:
            self.add("experts.all_to_all_back", sent=sent * act)
        self.add("experts.combine", vector=rows * w * (2 * k - 1 + (1 if shared else 0)),
                 read=rows * (k * w + k) * act + shared, written=rows * w * act, live=self.wait)

    def experts_product(self, name, hit, work, arriving, inner, outer, bias, quantised, shared):
        p = self.p
        size = p.weight if quantised else p.base
        self.add("experts." + name, flops=2 * work * inner * outer, vector=work * outer if bias else 0,
                 weights=hit * (inner * outer * size + (outer * p.base if bias else 0)),
                 read=arriving * inner * (p.input if quantised else p.base), written=work * outer * p.base,
                 quantised=quantised, live=self.wait + shared)


def missed(experts, chosen, size):
    """The probability that none of the experts of a token, all different, is among `size` of them."""
    return math.comb(experts - size, chosen) / math.comb(experts, chosen)


class Tower:
    """The operators of a CLIP tower and of the connector of linear layers behind it, all in the base format."""

    def __init__(self, vision, connector, precision, fused, images, tokens):
        self.v, self.c, self.p, self.fused, self.images = vision, connector, precision, fused, images
        self.patches = (vision["image_size"] // vision["patch_size"]) ** 2
        self.rows = images * (self.patches + 1)
        self.tokens = tokens
        self.stream = self.rows * vision["width"] * precision.base

    def op(self, name, rows=None, flops=0, vector=0, weights=0, read=0, written=0, live=None):
        b = self.p.base
        return Operator(name, flops=flops, vector=vector, weights=weights * b, read=read * b, written=written * b,
                        live=self.stream if live is None else live)

    def linear(self, name, rows, inner, outer, bias=True, live=None):
        return self.op(name, flops=2 * rows * inner * outer, vector=rows * outer if bias else 0,
                       weights=inner * outer + (outer if bias else 0), read=rows * inner, written=rows * outer,
                       live=live)

    def vision(self):
        v, rows, w, n = self.v, self.rows, self.v["width"], self.patches + 1
        inner, cost = v["feed_forward"], ACTIVATION[v["activation"]]
        patches = self.images * self.patches
        pixels = v["channels"] * v["patch_size"] ** 2
        ops = [self.linear("patch_embedding", patches, pixels, w, bias=False, live=0),
               self.op("position_embedding", vector=rows * w, weights=n * w + w, read=patches * w, written=rows * w,
                       live=0),
               self.op("pre_norm", vector=7 * rows * w, weights=2 * w, read=rows * w, written=rows * w, live=0)]
        for index in range(v["layers_used"]):
            sums = 1 if self.fused and index else 0
            ops.append(self.norm("attention.norm", sums))
            scores = self.images * v["heads"] * n * n
            if self.fused:
                ops += [self.linear("attention.qkv", rows, w, 3 * w),
                        self.op("attention.core", flops=4 * scores * (w // v["heads"]), vector=5 * scores,
                                read=3 * rows * w, written=rows * w)]
            else:
                ops += [self.linear("attention." + part, rows, w, w) for part in ("query", "key", "value")]
                head = w // v["heads"]
                values = self.stream + rows * w * self.p.base
                ops += [self.op("attention.scores", flops=2 * scores * head, read=2 * rows * w, written=scores,
                                live=values),
                        self.op("attention.scale", vector=scores, read=scores, written=scores, live=values),
                        self.op("attention.softmax", vector=5 * scores, read=scores, written=scores, live=values),
                        self.op("attention.values", flops=2 * scores * head, read=scores + rows * w,
                                written=rows * w)]
            ops.append(self.linear("attention.output", rows, w, w))
            if not self.fused:
                ops.append(self.residual("attention.residual"))
            ops += [self.norm("mlp.norm", 1 if self.fused else 0), self.linear("mlp.up", rows, w, inner),
                    self.op("mlp.activation", vector=cost * rows * inner, read=rows * inner, written=rows * inner),
                    self.linear("mlp.down", rows, inner, w)]
            if not self.fused:
                ops.append(self.residual("mlp.residual"))
        if self.fused:
            ops.append(self.residual("residual"))
        if v["layers_used"] == v["layers"]:  # of the class token alone
            e = self.images * w
            ops.append(self.op("post_norm", vector=7 * e, weights=2 * w, read=e, written=e, live=0))
        return ops

    def norm(self, name, sums):
        e, w = self.rows * self.v["width"], self.v["width"]
        return self.op(name, vector=e * (7 + sums), weights=2 * w, read=e * (1 + sums), written=e * (1 + sums), live=0)

    def residual(self, name):
        e = self.rows * self.v["width"]
        return self.op(name, vector=e, read=2 * e, written=e, live=0)

    def connector(self):
        widths, rows = self.c["widths"], self.images * self.tokens
        ops = []
        for i, (inner, outer) in enumerate(zip(widths, widths[1:]), 1):
            if i > 1:
                cost = ACTIVATION[self.c["activation"]]
                ops.append(self.op("activation_%d" % (i - 1), vector=cost * rows * inner, read=rows * inner,
                                   written=rows * inner, live=0))
            ops.append(self.linear("linear_%d" % i, rows, inner, outer, live=0))
        return ops

    def parameters(self):
        v, w = self.v, self.v["width"]
        layer = 4 * (w * w + w) + 2 * w * v["feed_forward"] + v["feed_forward"] + w + 4 * w
        tower = (v["channels"] * v["patch_size"] ** 2 * w + w + (self.patches + 1) * w + 2 * w + v["layers"] * layer
                 + 2 * w)
        widths = self.c["widths"]
        return tower + sum(a * b + b for a, b in zip(widths, widths[1:]))


# Weights and cache ---------------------------------------------------------------------------------------------------

class Resident:
    """Parameters, and bytes of weights and cache, of each layer on one device."""

    def __init__(self, model, precision, tensor=1, experts=1):
        self.m, self.p, self.t, self.e = model, precision, tensor, experts

    def share(self, n):
        return shared_out(n, self.t)

    def layer(self, layer):
        """Quantised weights, others (norms, biases, routers), both in elements."""
        m, a, f, w = self.m, layer["attention"], layer["mlp"], self.m["width"]
        norm = w * (2 if m["norm"] == "layer" else 1)
        q = o = 0
        o += norm * ((1 if m.get("parallel") or not f else 2) + (2 if m.get("post_norms") else 0))
        if a["kind"] == "full":
            heads, groups, d = self.share(a["heads"]), self.share(a["kv_heads"]), a["head_width"]
            gate = 2 if a.get("gate") else 1
            size = w * d * (gate * heads + 2 * groups) + heads * d * w
            if a.get("quantised", True):
                q += size
            else:
                o += size
            o += d * (gate * heads + 2 * groups) if a.get("qkv_bias") else 0
            o += w if a.get("output_bias") else 0
            o += 2 * d if a.get("head_norm") == "learned" else 0
            o += heads if a.get("sinks") else 0
        elif a["kind"] == "latent":
            heads = self.share(a["heads"])
            up = heads * (a["nope"] + a["rope"])
            if a.get("query_latent"):
                q += (w + up) * a["query_latent"]
                o += a["query_latent"]
            else:
                q += w * up
            q += w * (a["latent"] + a["rope"]) + a["latent"] * heads * (a["nope"] + a["value"])
            q += heads * a["value"] * w
            o += a["latent"]
        elif a["kind"] == "delta":
            keys, values = self.share(a["key_heads"]), self.share(a["value_heads"])
            mixed = 2 * keys * a["key_width"] + values * a["value_width"]
            out = values * a["value_width"]
            q += w * (mixed + out + 2 * values) + out * w
            o += mixed * a["kernel"] + 2 * values + a["value_width"]
        elif a["kind"] == "mamba":
            size, rank, state = self.share(a["size"]), a["rank"], a["state"]
            q += w * 2 * size + size * (rank + 2 * state) + rank * size + size * w
            o += size * (a["kernel"] + 1) + size + size * (state + 1) + (rank + 2 * state if a["norms"] else 0)
        elif a["kind"] == "mamba2":
            size, mixed, heads = self.mamba2(a)
            q += w * (size + mixed + heads) + size * w
            o += mixed * (a["kernel"] + 1) + 3 * heads + size
        if not f:
            return q, o
        if f["kind"] == "dense":
            inner = self.share(f["inner"])
            q += w * inner * (3 if f.get("gated", True) else 2)
            o += (inner * (2 if f.get("gated", True) else 1) + w) if f.get("bias") else 0
        else:
            inner, local = self.share(f["inner"]), shared_out(f["experts"], self.e)
            each = 3 * w * inner
            q += local * each
            o += local * (2 * inner + w) if f.get("bias") else 0
            o += w * f["experts"] + (f["experts"] if f.get("router_bias") else 0)
            o += f["experts"] if f.get("correction") else 0
            if f.get("shared"):
                q += 3 * w * self.share(f["shared"])
                o += w if f.get("shared_gate") else 0
        return q, o

    def layer_bytes(self, layer):
        q, o = self.layer(layer)
        return q * self.p.weight + o * self.p.base

    def cache(self, layer, sequences, positions):
        a, p = layer["attention"], self.p
        if a["kind"] == "full":
            kept = min(positions, a["window"]) if a.get("window") else positions
            return 2 * sequences * kept * self.share(a["kv_heads"]) * a["head_width"] * p.cache
        if a["kind"] == "latent":
            return sequences * positions * (a["latent"] + a["rope"]) * p.cache
        if a["kind"] == "mamba":
            return sequences * self.share(a["size"]) * (a["state"] + a["kernel"] - 1) * p.base
        if a["kind"] == "mamba2":
            size, mixed, _ = self.mamba2(a)
            return sequences * (size * a["state"] + mixed * (a["kernel"] - 1)) * p.base
        keys, values = self.share(a["key_heads"]), self.share(a["value_heads"])
        mixed = 2 * keys * a["key_width"] + values * a["value_width"]
        return sequences * (values * a["key_width"] * a["value_width"] + mixed * (a["kernel"] - 1)) * p.base

    def mamba2(self, a):
        heads = self.share(a["heads"])
        size = heads * a["head_width"]
        return size, size + 2 * self.share(a["groups"]) * a["state"], heads

    def ends(self):
        """Bytes of the embedding, and of the last norm and the head."""
        m = self.m
        table = self.share(m["vocabulary"]) * m["width"] * self.p.base
        bias = self.share(m["vocabulary"]) * self.p.base if m.get("head_bias") else 0
        return table, table + bias + m["width"] * (2 if m["norm"] == "layer" else 1) * self.p.base

    def stages(self, sequences, positions, pipeline, tower=0):
        """(weights, cache) of each stage of a pipeline that is cut where the heaviest stage is lightest."""
        layers = [self.layer_bytes(l) for l in self.m["layers"]]
        caches = [self.cache(l, sequences, positions) for l in self.m["layers"]]
        first, last = self.ends()
        if pipeline == 1:
            tied = self.ends()[0] if self.m.get("tied") else 0
            return [(sum(layers) + first + last - tied + tower, sum(caches))]
        cuts = lightest([a + b for a, b in zip(layers, caches)], pipeline, first + tower, last)
        stages = [[sum(layers[a:b]), sum(caches[a:b])] for a, b in zip([0] + cuts, cuts + [len(layers)])]
        stages[0][0] += first + tower
        stages[-1][0] += last
        return [tuple(stage) for stage in stages]

    def parameters(self):
        m = self.m
        total = sum(sum(self.layer(l)) for l in m["layers"])
        table = m["vocabulary"] * m["width"]
        total += table * (1 if m.get("tied") else 2) + (m["vocabulary"] if m.get("head_bias") else 0)
        return total + m["width"] * (2 if m["norm"] == "layer" else 1)


def lightest(sizes, parts, first, last):
    """Where to cut a list so that its heaviest part is lightest; the first and the last part weigh so much more."""
    n = len(sizes)
    total = [0]
    for s in sizes:
        total.append(total[-1] + s)
    best = [[math.inf] * (n + 1) for _ in range(parts + 1)]
    cut = [[0] * (n + 1) for _ in range(parts + 1)]
    best[0][0] = 0
    for part in range(1, parts + 1):
        for end in range(n + 1):
            for start in range(end + 1):
                more = (first if part == 1 else 0) + (last if part == parts else 0)
                heaviest = max(best[part - 1][start], total[end] - total[start] + more)
                if heaviest < best[part][end]:
                    best[part][end], cut[part][end] = heaviest, start
    cuts, end = [], n
    for part in range(parts, 1, -1):
        end = cut[part][end]
        cuts.insert(0, end)
    return cuts


# Models --------------------------------------------------------------------------------------------------------------

def dense(inner, activation, gated=True, bias=False):
    return {"kind": "dense", "inner": inner, "activation": activation, "gated": gated, "bias": bias}


def full(heads, kv_heads, width, **more):
    return dict({"kind": "full", "heads": heads, "kv_heads": kv_heads, "head_width": width, "rotated": width}, **more)


ACTIVATIONS = {"silu": "silu", "gelu": "gelu", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh",
               "relu": "relu"}


def language(y):
    """A language part in the format of models/*.yaml (Documentation/models-and-devices.md)."""
    heads = y["heads"]
    width = y.get("head_width", y["width"] // heads)
    attention = full(heads, y.get("kv_heads", heads), width, qkv_bias=y.get("qkv_bias", False))
    layer = {"attention": attention, "mlp": dense(y["feed_forward"], y["activation"])}
    return {"width": y["width"], "vocabulary": y["vocabulary"], "norm": y.get("norm", "rms"),
            "tied": y.get("tied_embeddings", False), "layers": [layer] * y["layers"]}


def configuration(c):
    """A Hugging Face configuration of a language model, as transformers reads it."""
    kind = c["model_type"]
    w, heads, count = c["hidden_size"], c.get("num_attention_heads"), c["num_hidden_layers"]
    if kind in ("mamba", "mamba2"):
        layer = {"attention": mamba2(c) if kind == "mamba2" else mamba(c), "mlp": None}
        return {"width": w, "vocabulary": c["vocab_size"], "norm": "rms", "tied": c["tie_word_embeddings"],
                "layers": [layer] * count}
    groups = c.get("num_key_value_heads", heads)
    d = c.get("head_dim", w // heads)
    act = ACTIVATIONS[c.get("hidden_act", c.get("hidden_activation", "silu"))]
    model = {"width": w, "vocabulary": c["vocab_size"], "norm": "rms", "tied": c.get("tie_word_embeddings", False)}
    more, mlp = {}, dense(c["intermediate_size"], act)
    layers = []
    if kind in ("qwen2",):
        more["qkv_bias"] = True
    if kind in ("llama", "qwen3", "qwen3_moe") and c.get("attention_bias"):
        more["qkv_bias"] = more["output_bias"] = True
    if kind == "llama" and c.get("mlp_bias"):
        mlp["bias"] = True
    if kind in ("qwen3", "qwen3_moe", "gemma3_text"):
        more["head_norm"] = "learned"
    if kind == "mistral" and c.get("sliding_window"):
        more["window"] = c["sliding_window"]
    if kind == "phi":
        model.update(norm="layer", parallel=True, head_bias=True)
        more.update(qkv_bias=True, output_bias=True, rotated=int(c["partial_rotary_factor"] * d))
        mlp.update(gated=False, bias=True)
    if kind == "gemma3_text":
        model.update(embedding_scale=True, post_norms=True)
    if kind == "mixtral":
        mlp = {"kind": "experts", "experts": c["num_local_experts"], "chosen": c["num_experts_per_tok"],
               "inner": c["intermediate_size"], "activation": act}
    attention = full(heads, groups, d, **more)
    if kind == "gpt_oss":
        attention = full(heads, groups, d, qkv_bias=True, output_bias=True, sinks=True)
        mlp = {"kind": "experts", "experts": c["num_local_experts"], "chosen": c["num_experts_per_tok"],
               "inner": c["intermediate_size"], "activation": act, "bias": True, "router_bias": True}
    if kind in ("qwen3_moe", "qwen3_next"):
        experts = {"kind": "experts", "experts": c["num_experts"], "chosen": c["num_experts_per_tok"],
                   "inner": c["moe_intermediate_size"], "activation": act}
        if kind == "qwen3_next":
            experts.update(shared=c["shared_expert_intermediate_size"], shared_gate=True)
            attention = full(heads, groups, d, gate=True, head_norm="learned",
                             rotated=int(d * c["partial_rotary_factor"]))
    for i in range(count):
        layer = {"attention": attention, "mlp": mlp}
        if kind == "gpt_oss" and i % 2 == 0 or kind == "gemma3_text" and (i + 1) % 6:
            layer["attention"] = dict(attention, window=c["sliding_window"])
        if kind in ("qwen3_moe", "qwen3_next"):
            sparse = i not in c.get("mlp_only_layers", []) and (i + 1) % c.get("decoder_sparse_step", 1) == 0
            layer["mlp"] = experts if sparse else mlp
        if kind == "qwen3_next" and (i + 1) % c["full_attention_interval"]:
            layer["attention"] = {
                "kind": "delta", "key_heads": c["linear_num_key_heads"], "value_heads": c["linear_num_value_heads"],
                "key_width": c["linear_key_head_dim"], "value_width": c["linear_value_head_dim"],
                "kernel": c["linear_conv_kernel_dim"]}
        if kind == "jamba":
            layer["attention"] = dict(attention, rotated=0)
            if i % c["attn_layer_period"] != c["attn_layer_offset"]:
                layer["attention"] = mamba({
                    "intermediate_size": c["mamba_expand"] * w, "state_size": c["mamba_d_state"],
                    "time_step_rank": c["mamba_dt_rank"], "conv_kernel": c["mamba_d_conv"]}, norms=True)
            if i % c["expert_layer_period"] == c["expert_layer_offset"]:
                layer["mlp"] = {"kind": "experts", "experts": c["num_experts"], "chosen": c["num_experts_per_tok"],
                                "inner": c["intermediate_size"], "activation": act}
        if kind == "deepseek_v3":
            layer["attention"] = {
                "kind": "latent", "heads": heads, "nope": c["qk_nope_head_dim"], "rope": c["qk_rope_head_dim"],
                "value": c["v_head_dim"], "latent": c["kv_lora_rank"], "query_latent": c.get("q_lora_rank")}
            if i >= c["first_k_dense_replace"]:
                layer["mlp"] = {
                    "kind": "experts", "experts": c["n_routed_experts"], "chosen": c["num_experts_per_tok"],
                    "inner": c["moe_intermediate_size"], "activation": act,
                    "shared": c["n_shared_experts"] * c["moe_intermediate_size"]}
        layers.append(layer)
    return dict(model, layers=layers)


def mamba(c, norms=False):
    return {"kind": "mamba", "size": c["intermediate_size"], "state": c["state_size"], "rank": c["time_step_rank"],
            "kernel": c["conv_kernel"], "norms": norms}


def mamba2(c):
    return {"kind": "mamba2", "heads": c["num_heads"], "head_width": c["head_dim"], "groups": c["n_groups"],
            "state": c["state_size"], "kernel": c["conv_kernel"]}


FAMILY_OF = {"PhiForCausalLM": "phi", "DeepseekV3ForCausalLM": "deepseek_v3", "MixtralForCausalLM": "mixtral",
             "MistralForCausalLM": "mistral"}


def catalog_model(name):
    """(language, vision, connector, argument of --model)."""
    y = yaml(os.path.join(ROOT, "models", name + ".yaml"))
    if "config" in y:
        c = dict(y["config"])
        c.setdefault("model_type", FAMILY_OF.get(c["architectures"][0], "llama"))
        return configuration(c), None, None
    parts = {}
    for part in ("language", "vision", "connector"):
        if part in y:
            parts[part] = dict(y[part])
            if "model" in y[part]:
                base = yaml(os.path.join(ROOT, "models", y[part]["model"] + ".yaml"))[part]
                parts[part] = dict(base, **{k: v for k, v in y[part].items() if k != "model"})
    vision = parts.get("vision")
    if vision:
        vision.setdefault("layers_used", vision["layers"])
    return language(parts["language"]), vision, parts.get("connector")


PUBLISHED = ("vicuna-7b", "vicuna-13b", "llama-7b", "llama-2-70b", "llava-1.5-7b", "llava-1.5-13b", "phi-2",
             "gpt-oss-20b", "mixtral-8x7b", "deepseek-v3", "qwen3-next-80b-a3b", "qwen3-30b-a3b", "qwen3-8b",
             "qwen3-1.7b", "qwen2.5-7b", "qwen2.5-1.5b", "llama-3.1-8b", "llama-3.2-1b", "mistral-7b")


def made_up(r, kind):
    """A configuration of odd sizes of one family."""
    groups = r.choice((1, 2, 3, 4, 6, 8))
    heads = groups * r.choice((1, 2, 3, 5))
    d = r.choice((32, 48, 64, 96, 128))
    w = heads * d if kind in ("phi", "qwen2", "mixtral") else 8 * r.randint(20, 300)
    names = {"llama": "Llama", "qwen2": "Qwen2", "qwen3": "Qwen3", "mistral": "Mistral", "phi": "Phi",
             "gemma3_text": "Gemma3", "mixtral": "Mixtral", "qwen3_moe": "Qwen3Moe", "gpt_oss": "GptOss",
             "deepseek_v3": "DeepseekV3", "qwen3_next": "Qwen3Next",
             "mamba": "Mamba", "mamba2": "Mamba2", "jamba": "Jamba"}
    c = {"architectures": [names[kind] + "ForCausalLM"], "model_type": kind, "hidden_size": w, "head_dim": d,
         "num_attention_heads": heads, "num_key_value_heads": groups, "num_hidden_layers": r.randint(2, 14),
         "intermediate_size": 8 * r.randint(20, 900), "vocab_size": r.randint(2000, 60000),
         "max_position_embeddings": 65536, "tie_word_embeddings": r.random() < 0.4, "hidden_act": "silu"}
    experts = r.choice((5, 8, 12, 16, 33, 64))
    chosen = r.randint(1, min(8, experts))
    if kind in ("phi", "qwen2", "mixtral"):
        del c["head_dim"]
    if kind == "llama":
        c.update(attention_bias=r.random() < 0.3, mlp_bias=r.random() < 0.3,
                 hidden_act=r.choice(("silu", "gelu", "gelu_new", "relu")))
    if kind in ("qwen3", "qwen3_moe"):
        c.update(attention_bias=r.random() < 0.3)
    if kind == "mistral":
        c.update(sliding_window=r.choice((16, 50, 128, 1000)))
    if kind == "phi":
        c.update(num_key_value_heads=heads, partial_rotary_factor=0.5, hidden_act="gelu_new", tie_word_embeddings=False)
    if kind == "gemma3_text":
        c.update(sliding_window=r.choice((16, 50, 128, 1000)), hidden_activation="gelu_pytorch_tanh")
        del c["hidden_act"]
    if kind in ("mixtral", "gpt_oss"):
        c.update(num_local_experts=experts, num_experts_per_tok=chosen, sliding_window=None)
    if kind == "gpt_oss":
        c.update(sliding_window=r.choice((16, 50, 128, 1000)), attention_bias=True, tie_word_embeddings=False)
    if kind in ("qwen3_moe", "qwen3_next"):
        c.update(num_experts=experts, num_experts_per_tok=chosen, moe_intermediate_size=8 * r.randint(4, 200),
                 decoder_sparse_step=r.choice((1, 1, 2)), mlp_only_layers=r.choice(([], [0], [0, 1])))
    if kind == "qwen3_next":
        c.update(full_attention_interval=r.choice((2, 3, 4)), linear_conv_kernel_dim=r.choice((3, 4)),
                 linear_key_head_dim=r.choice((32, 64, 128)), linear_value_head_dim=r.choice((32, 64, 128)),
                 linear_num_key_heads=r.choice((2, 4, 6)), partial_rotary_factor=r.choice((0.25, 0.5)),
                 shared_expert_intermediate_size=8 * r.randint(4, 200), tie_word_embeddings=False)
        c["linear_num_value_heads"] = c["linear_num_key_heads"] * r.choice((1, 2))
    if kind == "deepseek_v3":
        del c["head_dim"]
        c.update(num_key_value_heads=heads, n_routed_experts=experts, num_experts_per_tok=chosen,
                 n_shared_experts=r.choice((1, 2)), moe_intermediate_size=8 * r.randint(4, 200), n_group=1,
                 topk_group=1, first_k_dense_replace=r.randint(0, 2), q_lora_rank=r.choice((None, 96, 384)),
                 kv_lora_rank=r.choice((64, 128, 512)), qk_nope_head_dim=r.choice((32, 64, 128)),
                 qk_rope_head_dim=r.choice((16, 32, 64)), v_head_dim=r.choice((32, 64, 128)),
                 tie_word_embeddings=False)
    if kind == "jamba":
        period = r.choice((2, 4))
        c.update(mamba_d_state=r.choice((8, 16)), mamba_expand=2, mamba_d_conv=r.choice((3, 4)),
                 mamba_dt_rank=r.choice((20, 33)), mamba_conv_bias=True, mamba_proj_bias=False, num_experts=experts,
                 num_experts_per_tok=chosen, attn_layer_period=period, attn_layer_offset=r.randrange(period),
                 expert_layer_period=2, expert_layer_offset=1, tie_word_embeddings=False)
        del c["head_dim"]
        c["hidden_size"] = heads * d
    if kind == "mamba":
        c = {k: c[k] for k in ("architectures", "model_type", "hidden_size", "num_hidden_layers", "vocab_size",
                               "tie_word_embeddings")}
        c.update(intermediate_size=2 * w, expand=2, state_size=r.choice((8, 16)), conv_kernel=r.choice((3, 4)),
                 time_step_rank=r.choice((20, 33)), use_bias=False, use_conv_bias=True)
    if kind == "mamba2":
        c = {k: c[k] for k in ("architectures", "model_type", "num_hidden_layers", "vocab_size",
                               "tie_word_embeddings")}
        c.update(num_heads=2 * heads, head_dim=d, hidden_size=heads * d, expand=2, n_groups=r.choice((1, 2)),
                 state_size=r.choice((16, 64, 128)), conv_kernel=r.choice((3, 4)), use_bias=False, use_conv_bias=True)
    return c


FAMILIES = ("llama", "qwen2", "qwen3", "mistral", "phi", "gemma3_text", "mixtral", "qwen3_moe", "gpt_oss",
            "deepseek_v3", "qwen3_next", "mamba", "mamba2", "jamba")


def made_up_vision(r, folder, index):
    """A model file of odd sizes with a CLIP tower, a connector and a language model."""
    patch = r.choice((8, 14, 16))
    heads, d = r.choice((2, 4, 6)), r.choice((32, 64))
    vision = {"image_size": patch * r.randint(4, 24), "patch_size": patch, "channels": 3,
              "layers": r.randint(2, 8), "width": heads * d, "heads": heads, "feed_forward": 8 * r.randint(20, 300),
              "activation": r.choice(("quick_gelu", "gelu", "gelu_tanh"))}
    groups = r.choice((1, 2, 4))
    y = {"layers": r.randint(2, 10), "heads": groups * r.choice((1, 2, 3)), "kv_heads": groups,
         "head_width": r.choice((32, 64)), "width": 8 * r.randint(20, 200), "feed_forward": 8 * r.randint(20, 400),
         "vocabulary": r.randint(2000, 40000), "activation": r.choice(("silu", "gelu", "gelu_tanh")), "norm": "rms",
         "qkv_bias": r.random() < 0.5, "tied_embeddings": r.random() < 0.5}
    used = r.randint(1, vision["layers"])
    widths = [vision["width"]] + [8 * r.randint(20, 200) for _ in range(r.randint(0, 2))] + [y["width"]]
    connector = {"widths": widths, "activation": r.choice(("gelu", "relu", "silu"))}
    name = "made-up-%d" % index
    lines = ["name: " + name, "title: made up", "vision:"]
    lines += ["  %s: %s" % i for i in dict(vision, layers_used=used).items()]
    lines += ["connector:", "  widths: %s" % widths, "  activation: " + connector["activation"], "language:"]
    lines += ["  %s: %s" % (k, str(v).lower()) for k, v in y.items()]
    lines += ["sources:"] + ["  %s: made up" % part for part in ("vision", "connector", "language")]
    path = os.path.join(folder, name + ".yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path, language(y), dict(vision, layers_used=used), connector


# Questions -----------------------------------------------------------------------------------------------------------

DEVICES = ("v100", "a100-80gb", "h100-sxm", "h200", "mi300x", "l4", "a40", "t4", "tpu-v5e", "b200", "rtx-4090",
           "gaudi-3", "graviton-4", "apple-m2-max", "epyc-9654")


class Question:
    def __init__(self, r, folder, index):
        """One random question: a model, a device, a load and a way to spread it."""
        roll = r.random()
        self.vision = self.connector = None
        if roll < 0.3:
            self.argument = r.choice(PUBLISHED)
            self.model, self.vision, self.connector = catalog_model(self.argument)
        elif roll < 0.42:
            self.argument, self.model, self.vision, self.connector = made_up_vision(r, folder, index)
        else:
            c = made_up(r, r.choice(FAMILIES))
            self.argument = os.path.join(folder, "%d-%s" % (index, c["model_type"]))
            os.makedirs(self.argument, exist_ok=True)
            self.argument = os.path.join(self.argument, "config.json")
            with open(self.argument, "w", encoding="utf-8") as file:
                json.dump(c, file)
            self.model = configuration(c)
        self.device = Device(r.choice(DEVICES))
        mixture = any((l["mlp"] or {}).get("kind") == "experts" for l in self.model["layers"])
        self.tensor = self.pipeline = self.experts = 1
        heads = min(l["attention"].get("heads", l["attention"].get("key_heads", 8)) for l in self.model["layers"])
        if self.device.link:
            self.tensor = min(heads, r.choice((1, 1, 1, 2, 3, 4, 8)))
            self.pipeline = min(r.choice((1, 1, 1, 2, 3, 4)), len(self.model["layers"]))
            self.experts = r.choice((1, 2, 3, 4)) if mixture else 1
        if self.device.link and self.device.mesh:
            # Of a mesh the devices of a request use the links between them alone.
            others = min(max(1, self.tensor * self.pipeline * self.experts - 1), int(self.device.mesh) - 1)
            self.device.link *= others / (int(self.device.mesh) - 1)
        self.precision = r.choice(("fp16", "fp16", "bf16", "fp32") + tuple(PRECISIONS))
        self.kv = r.choice((None, None, "fp8", "int8", "int4", "fp4", "fp16"))
        self.batch, self.text = r.choice((1, 1, 2, 3, 5, 16)), r.choice((1, 7, 40, 133, 600))
        self.context = r.choice((0, 0, 0, 1, 99, 700, 5000))
        self.output = r.choice((None, None, 1, 2, 5, 40))
        self.fused = r.random() < 0.65
        self.visual = None
        if self.vision:
            self.patches = (self.vision["image_size"] // self.vision["patch_size"]) ** 2
            self.visual = r.choice((self.patches, r.randint(1, self.patches), 0))

    def arguments(self):
        a = ["--engine", "none", "--model", self.argument, "--gpu", self.device.name, "--precision", self.precision, "--batch",
             str(self.batch), "--text-tokens", str(self.text), "--context", str(self.context), "--kernels",
             "fused" if self.fused else "eager"]
        if self.kv:
            a += ["--kv-precision", self.kv]
        if self.output:
            a += ["--generate", str(self.output)]
        if self.visual is not None:
            a += ["--tokens", {0: "none"}.get(self.visual, str(self.visual))]
        for name in ("tensor", "pipeline", "experts"):
            if getattr(self, name) > 1:
                a += ["--%s-parallel" % name.replace("experts", "expert"), str(getattr(self, name))]
        return a

    def recount(self):
        """What the program should answer: figures of the estimate, and of operators by stage and name."""
        p = Precision(self.precision, self.kv)
        self.model["device"] = self.device
        visual = self.visual or 0
        prompt = visual + self.text
        stages = self.passes(p, self.batch, self.context)
        steps = [self.step(p, self.batch, self.context, i) for i in range((self.output or 1) - 1)]
        if self.vision:
            tower = Tower(self.vision, self.connector, p, self.fused, 1, visual)
        total = {}
        for name, ops in stages.items():
            total[name] = self.sum(ops, p)
        prefill = total["prefill"]
        row = {"tokens": prompt, "flops": prefill["flops"], "executed_flops": prefill["executed"],
               "vector_flops": prefill["vector"], "traffic_bytes": prefill["traffic"],
               "activation_read_bytes": prefill["read"], "activation_written_bytes": prefill["written"],
               "prefill_seconds": prefill["seconds"], "bound": prefill["bound"],
               "total_seconds": sum(t["seconds"] for t in total.values()),
               "link_seconds": sum(t["by"]["link"] for t in total.values()),
               "intensity": (prefill["flops"] + prefill["vector"]) / prefill["traffic"],
               "devices": self.tensor * self.pipeline * self.experts}
        row["time_to_first_token_seconds"] = row["total_seconds"]
        for stage, t in total.items():
            for key in ("flops", "traffic", "seconds"):
                row["stages.%s.%s" % (stage, key + ("_bytes" if key == "traffic" else ""))] = t[key]
        if self.output:
            row["request_seconds"] = row["total_seconds"]
        if steps:
            sums = [self.sum(ops, p) for ops in steps]
            row.update(decode_flops=sum(s["flops"] for s in sums), decode_vector_flops=sum(s["vector"] for s in sums),
                       decode_traffic_bytes=sum(s["traffic"] for s in sums),
                       decode_seconds=sum(s["seconds"] for s in sums))
            row["request_seconds"] = row["total_seconds"] + row["decode_seconds"]
            row.update(first_step_seconds=sums[0]["seconds"], last_step_seconds=sums[-1]["seconds"],
                       time_per_output_token_seconds=row["decode_seconds"] / len(sums))
            row["decode_link_seconds"] = sum(s["by"]["link"] for s in sums)
            by = {b: sum(s["by"][b] for s in sums) for b in BOUNDS}
            row["decode_bound"] = max(BOUNDS, key=by.get)
        parameters = Resident(self.model, p).parameters()
        if self.vision:
            parameters += tower.parameters()
        row["parameters"] = parameters
        row["weight_bytes"], row["kv_cache_bytes"], row["footprint_bytes"] = self.footprint(p, stages, steps[-1:])
        row["ridge_point"] = self.device.peak(p.quantised_format) / self.device.bandwidth
        row["mean_visual_tokens"] = visual
        if self.device.capacity:
            row["capacity_bytes"] = self.device.capacity
            row["fits"] = row["footprint_bytes"] <= self.device.capacity
            row["excess_bytes"] = max(0, row["footprint_bytes"] - self.device.capacity)
        if self.output:
            row["tokens_per_second"] = self.batch * self.output / row["request_seconds"] if row.get("fits", True) else None
        if self.output and self.device.power:
            row["energy_joules"] = row["request_seconds"] * self.device.power * row["devices"]
        lines = {}
        if steps:
            stages["decode"] = steps[-1]
        for stage, ops in stages.items():
            for o in ops:
                sums = lines.setdefault((stage, o.name), [0.0] * 10)
                for i, x in enumerate(o.figures() + (o.time(self.device, p)[0],)):
                    sums[i] += x * o.repeat
        return row, lines

    def spread(self):
        return dict(tensor=self.tensor, experts=self.experts, pipeline=self.pipeline)

    def passes(self, p, batch, context):
        """The operators of every stage until the first token."""
        visual, stages = self.visual or 0, {}
        if self.vision:
            tower = Tower(self.vision, self.connector, p, self.fused, shared_out(batch, self.experts), visual)
            stages["vision"], stages["connector"] = tower.vision(), tower.connector()
        stages["prefill"] = Counter(self.model, p, self.fused, batch, visual + self.text, context, visual,
                                    **self.spread()).run()
        return stages

    def step(self, p, batch, context, index):
        """The operators of a step of decoding, the first one of index 0."""
        context += (self.visual or 0) + self.text + index
        return Counter(self.model, p, self.fused, batch, 1, context, **self.spread()).run()

    def footprint(self, p, stages, last_step, batch=None, context=None):
        """Bytes of weights and cache of the fullest device, and of all that is resident there at the peak."""
        batch, context = batch or self.batch, self.context if context is None else context
        end = context + (self.visual or 0) + self.text + (self.output or 1) - 1
        tower = 0
        if self.vision:
            tower = Tower(self.vision, self.connector, p, self.fused, 1, 0).parameters() * p.base
        devices = Resident(self.model, p, self.tensor, self.experts).stages(
            shared_out(batch, self.experts), end, self.pipeline, tower)
        fullest = max(devices, key=sum)
        return fullest + (sum(fullest) + max(o.live for ops in [*stages.values(), *last_step] for o in ops),)

    def fits(self, p, batch, context):
        last = [self.step(p, batch, context, self.output - 2)] if (self.output or 1) > 1 else []
        return self.footprint(p, self.passes(p, batch, context), last, batch, context)[2] <= self.device.capacity

    def limits(self, answer):
        """What is wrong with the answer's largest batch and longest context: each must fit, and one more must not."""
        p = Precision(self.precision, self.kv)
        if not self.device.capacity:
            return []
        found = []
        for key, least, most, fits in (
                ("largest_batch", 1, 65536, lambda n: self.fits(p, n, self.context)),
                ("longest_context", 0, 10**9, lambda n: self.fits(p, self.batch, n))):
            n = answer[key]
            none = n is None or n < least
            if none and not fits(least):
                continue
            # Where any number fits, the program names what the model was made for, or nothing; that is not counted here.
            if (none or n < most and fits(n + 1)) and not fits(most) or not none and not fits(n):
                found.append("  estimate  %-32s program %-22s recount: that or one more is wrong" % (key, n))
        return found

    def sum(self, ops, p):
        t = dict.fromkeys(("flops", "executed", "vector", "traffic", "read", "written", "seconds"), 0)
        t["by"] = dict.fromkeys(BOUNDS, 0)
        for o in ops:
            seconds, bound = o.time(self.device, p)
            for key in ("flops", "executed", "vector", "traffic", "read", "written"):
                t[key] += o.repeat * getattr(o, key)
            t["seconds"] += o.repeat * seconds
            t["by"][bound] += o.repeat * seconds
        t["bound"] = max(BOUNDS, key=t["by"].get)
        return t


KEYS = ("flops", "executed_flops", "vector_flops", "weight_bytes", "activation_read_bytes",
        "activation_written_bytes", "kv_read_bytes", "kv_written_bytes", "sent_bytes", "seconds")


def ask(program, arguments):
    run = subprocess.run([program] + arguments + ["--format", "json"], capture_output=True, text=True)
    if run.returncode:
        return None, run.stderr.strip()
    return json.loads(run.stdout), None


def differs(theirs, ours):
    if isinstance(ours, (str, bool)) or theirs is None or isinstance(theirs, str):
        return theirs != ours
    return abs(theirs - ours) > 1e-9 * max(abs(theirs), abs(ours))


def compare(program, question):
    """Lines that say what differs, and how many figures were compared."""
    row, lines = question.recount()
    answer, error = ask(program, ["estimate"] + question.arguments())
    if error:
        return None, error
    theirs, found, compared = answer["rows"][0], [], 0
    for stage in theirs.get("stages") or []:
        for key, value in stage.items():
            theirs["stages.%s.%s" % (stage["stage"], key)] = value
    for key, ours in row.items():
        compared += 1
        if differs(theirs.get(key), ours):
            found.append("  estimate  %-32s program %-22s recount %s" % (key, theirs.get(key), ours))
    found += question.limits(theirs)
    compared += 2
    answer, error = ask(program, ["operators"] + question.arguments())
    if error:
        return found + ["  operators: " + error], compared
    sums = {}
    for line in answer["rows"]:
        s = sums.setdefault((line["stage"], line["name"]), [0.0] * 10)
        for i, key in enumerate(KEYS):
            s[i] += line["repeat"] * (line[key] or 0)
    for name in list(lines) + [n for n in sums if n not in lines]:
        if name not in sums or name not in lines:
            where = "recount" if name in lines else "program"
            found.append("  operators %-32s only in the %s" % (" ".join(name), where))
            continue
        for key, a, b in zip(KEYS, sums[name], lines[name]):
            compared += 1
            if differs(a, b):
                found.append("  operators %-32s program %-22.17g recount %.17g" % (" ".join(name) + " " + key, a, b))
    return found, compared


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="ask this question alone")
    parser.add_argument("--keep", help="a folder for the models that are made up; default: a temporary one, removed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        os.makedirs(folder, exist_ok=True)
        figures = wrong = refused = 0
        for index in range(1, options.questions + 1):
            question = Question(random.Random("%d/%d" % (options.seed, index)), folder, index)
            if options.only not in (None, index):
                continue
            found, compared = compare(options.program, question)
            command = "%d: %s %s" % (index, options.program, " ".join(question.arguments()))
            if found is None:
                refused += 1
                print(command, "  refused: " + compared, sep="\n")
                continue
            figures += compared
            if found:
                wrong += 1
                print(command, *found, sep="\n")
    print("%d questions, %d refused, %d figures compared; %d questions differ" % (
        options.questions if options.only is None else 1, refused, figures, wrong))
    return 1 if wrong or refused else 0


if __name__ == "__main__":
    sys.exit(main())
