#!/usr/bin/env python3
"""Measure Hugging Face transformers on the GPU at hand: measure_transformers.py DEVICE FOLDER [--seconds N] [--quick]

Models of random weights, built from configurations here (nothing is fetched): LLaVA-1.5 7B and 13B, Llama 3.1 8B, Qwen2.5-VL
7B. DEVICE is a name of the catalog (h100-sxm). Writes into FOLDER, row by row as they come:

- rows.csv: times of engines, as `roofline validate --measurements` reads them; after its columns the device's and the host's
  seconds, and the memory that PyTorch allocated and reserved at most.
- operators.csv: products of 8-bit numbers, in the columns of calibrate_gpu.py.
- details.jsonl: all that has no row: towers, projectors, reducers as released code launches them, numbers of kernels, errors.

Cases stand in order of value; those that would begin after --seconds are skipped, and one that fails is named and passed over.
Seconds are wall-clock medians from the call until the device is idle; `host` is when the call returned, `device` the time
between events. Needs PyTorch and transformers 5. --quick: tiny models, for tests without a GPU.
"""

import argparse
import csv
import gc
import json
import pathlib
import signal
import statistics
import sys
import time
import traceback

import calibrate_gpu

ROW_COLUMNS = ["device", "model", "precision", "engine", "batch", "prompt_tokens", "context_tokens", "generated", "phase",
               "seconds", "devices", "source", "note", "visual", "reducer", "kind", "device_seconds", "host_seconds",
               "allocated_gib", "reserved_gib", "least_seconds", "most_seconds"]
IMAGE_TOKEN = 1


class Times:
    """Medians of some rounds: seconds on the wall, between events, and until the call returned; bytes at most."""

    def __init__(self, rounds):
        self.wall, self.device, self.host, self.rounds = [], [], [], rounds
        self.allocated = self.reserved = 0

    def medians(self):
        return {"wall": round(statistics.median(self.wall), 7), "device": round(statistics.median(self.device), 7),
                "host": round(statistics.median(self.host), 7), "least": round(min(self.wall), 7),
                "most": round(max(self.wall), 7), "rounds": len(self.wall),
                "allocated_gib": round(self.allocated / 2**30, 3), "reserved_gib": round(self.reserved / 2**30, 3)}


class Bench:
    """The device, the files, and the time that is left."""

    def __init__(self, torch, options):
        import transformers
        self.torch, self.name, self.quick = torch, options.name, options.quick
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.deadline = time.monotonic() + options.seconds
        self.only = options.only
        self.source = (f"measured here, Tools/measure_transformers.py, torch {torch.__version__.split('+')[0]}, "
                       f"transformers {transformers.__version__}")
        folder = pathlib.Path(options.folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.row_file = open(folder / "rows.csv", "w", newline="")
        self.operator_file = open(folder / "operators.csv", "w", newline="")
        self.detail_file = open(folder / "details.jsonl", "w")
        self.rows = csv.writer(self.row_file, lineterminator="\n")
        self.operators = csv.writer(self.operator_file, lineterminator="\n")
        self.rows.writerow(ROW_COLUMNS)
        self.operators.writerow(calibrate_gpu.COLUMNS)
        self.sizes = (1, 3) if options.quick else (3, 9)  # warm-up calls that are dropped, rounds at most

    def synchronize(self):
        if self.device == "cuda":
            self.torch.cuda.synchronize()

    def measure(self, call, rounds=None, longest=4.0):
        """Times of `call`, after warm-up, in at most `longest` seconds once one round is done."""
        warm, most = self.sizes
        times = Times(rounds or most)
        cuda = self.device == "cuda"
        if cuda:
            self.torch.cuda.reset_peak_memory_stats()
        begun = None
        for number in range(warm + times.rounds):
            self.synchronize()
            if cuda:
                first, last = (self.torch.cuda.Event(enable_timing=True) for _ in range(2))
                first.record()
            start = time.perf_counter()
            call()
            host = time.perf_counter() - start
            if cuda:
                last.record()
            self.synchronize()
            wall = time.perf_counter() - start
            if number >= warm or (begun and time.monotonic() - begun > longest):
                times.wall.append(wall)
                times.host.append(host)
                times.device.append(first.elapsed_time(last) / 1000 if cuda else wall)
            if number == 0:
                begun = time.monotonic()
            elif times.wall and time.monotonic() - begun > longest:
                break
        if cuda:
            times.allocated = self.torch.cuda.max_memory_allocated()
            times.reserved = self.torch.cuda.max_memory_reserved()
        return times.medians()

    def row(self, model, precision, phase, prompt, times, *, seconds=None, engine="transformers", batch=1, context=0,
            generated=0, note="", visual="none", reducer=""):
        seconds = times["wall"] if seconds is None else seconds
        self.rows.writerow([self.name, model, precision, engine, batch, prompt, context, generated, phase, f"{seconds:.6g}", 1,
                            self.source, note, visual, reducer, "own", times["device"], times["host"],
                            times["allocated_gib"], times["reserved_gib"], times["least"], times["most"]])
        self.row_file.flush()
        print(f"{model} {precision} {engine} {phase} {batch} x {prompt} {visual} {reducer} {note}: {seconds * 1000:.3f} ms, "
              f"device {times['device'] * 1000:.3f}, host {times['host'] * 1000:.3f}", flush=True)

    def operator(self, precision, rows, inner, columns, seconds):
        self.operators.writerow([self.name, "matmul", precision, rows, inner, columns, 0, 0, 0, 0, 0, f"{seconds:.5g}",
                                 "measure_transformers.py"])
        self.operator_file.flush()

    def detail(self, case, **values):
        line = json.dumps({"case": case, **values})
        self.detail_file.write(line + "\n")
        self.detail_file.flush()
        print(line, flush=True)

    def run(self, case, call, longest=60):
        """Runs a case unless time is up; an error is written down, and the next case follows."""
        left = self.deadline - time.monotonic()
        if self.only and not any(word in case for word in self.only):
            return None
        if left < 3:
            self.detail(case, skipped="no time left")
            return None
        begun = time.monotonic()

        def late(*_):
            raise TimeoutError(f"longer than {int(min(longest, left + 5))} s")
        signal.signal(signal.SIGALRM, late)
        signal.alarm(int(min(longest, left + 5)))
        try:
            with self.torch.no_grad():  # as generate runs
                return call()
        except Exception as error:  # noqa: BLE001 - whatever a library throws, the other cases go on
            signal.alarm(0)
            self.detail(case, error=f"{type(error).__name__}: {error}"[:600],
                        at=traceback.format_exc().strip().splitlines()[-3:-1])
            return None
        finally:
            signal.alarm(0)
            print(f"# {case}: {time.monotonic() - begun:.1f} s, {self.deadline - time.monotonic():.0f} s left", flush=True)

    def free(self):
        gc.collect()
        if self.device == "cuda":
            self.torch.cuda.empty_cache()


# Models


def llama_config(quick, width, feed_forward, layers, heads, kv_heads, vocabulary, theta=10000.0, positions=4096):
    from transformers import LlamaConfig
    if quick:
        width, feed_forward, layers, heads, kv_heads, vocabulary = 64, 128, 4, 4, min(4, max(1, kv_heads // 8)), 512
    settings = dict(hidden_size=width, intermediate_size=feed_forward, num_hidden_layers=layers, num_attention_heads=heads,
                    num_key_value_heads=kv_heads, vocab_size=vocabulary, max_position_embeddings=positions, pad_token_id=0,
                    bos_token_id=2, eos_token_id=3)
    try:
        return LlamaConfig(**settings, rope_parameters={"rope_type": "default", "rope_theta": theta})
    except TypeError:
        return LlamaConfig(**settings, rope_theta=theta)


def llava_config(quick, size):
    from transformers import CLIPVisionConfig, LlavaConfig
    sizes = {"7b": (4096, 11008, 32, 32, 32), "13b": (5120, 13824, 40, 40, 40)}[size]
    wide = (64, 128, 4, 4, 32) if quick else (1024, 4096, 24, 16, 768)
    vision = CLIPVisionConfig(hidden_size=wide[0], intermediate_size=wide[1], num_hidden_layers=wide[2],
                              num_attention_heads=wide[3], projection_dim=wide[4], image_size=336, patch_size=14)
    return LlavaConfig(vision_config=vision, text_config=llama_config(quick, *sizes, 32064), image_token_index=IMAGE_TOKEN,
                       vision_feature_layer=-2, vision_feature_select_strategy="default", projector_hidden_act="gelu")


def build(bench, kind, config, dtype, attention="sdpa"):
    """A model of random weights on the device."""
    with bench.torch.device(bench.device):
        model = kind._from_config(config, dtype=dtype, attn_implementation=attention)
    model = model.to(dtype).eval()
    model.generation_config.eos_token_id = None
    model.generation_config.pad_token_id = 0
    return model


def use_attention(model, name):
    """Attention of a whole model: eager or sdpa."""
    model.set_attn_implementation(name)


def words(bench, batch, count):
    return bench.torch.randint(4, 500, (batch, count), device=bench.device)


class Generation:
    """`generate` with its default cache, greedy, without an end."""

    def __init__(self, model):
        self.model = model

    def __call__(self, count, **inputs):
        return self.model.generate(**inputs, max_new_tokens=count, do_sample=False, use_cache=True)


def decode_steps(bench, model, batch, context, steps):
    """Medians over single steps of a loop with a DynamicCache, and what the cache's concatenations take with them."""
    torch = bench.torch
    outputs = model(input_ids=words(bench, batch, context), use_cache=True, logits_to_keep=1)
    cache = outputs.past_key_values
    state = {"token": outputs.logits[:, -1:].argmax(-1)}
    del outputs

    def step():
        result = model(input_ids=state["token"], past_key_values=cache, use_cache=True, logits_to_keep=1)
        state["token"] = result.logits[:, -1:].argmax(-1)
    times = bench.measure(step, rounds=steps)
    bench.detail("host of a step", batch=batch, context=context, wall=times["wall"], longest=host_profile(step))
    return times


def host_profile(call, rounds=3):
    """Where the host spends a call: functions, how often each runs, and its own seconds, the longest first."""
    import cProfile
    import pstats
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(rounds):
        call()
    profile.disable()
    entries = sorted(pstats.Stats(profile).stats.items(), key=lambda item: -item[1][2])[:12]
    return [[f"{pathlib.Path(where[0]).name}:{where[1]} {where[2]}", entry[1] // rounds, round(entry[2] / rounds, 7)]
            for where, entry in entries]


def graph_steps(bench, model, batch, context, steps):
    """Steps over a StaticCache as one CUDA graph, replayed."""
    torch = bench.torch
    from transformers import StaticCache
    text = model.config.get_text_config()
    cache = StaticCache(config=text, max_cache_len=context + 64)
    model(input_ids=words(bench, batch, context), past_key_values=cache, use_cache=True, logits_to_keep=1)
    token = words(bench, batch, 1)
    place = torch.tensor([[context]], device=bench.device).expand(batch, 1).contiguous()

    def step():
        logits = model(input_ids=token, position_ids=place, past_key_values=cache, use_cache=True, logits_to_keep=1).logits
        token.copy_(logits[:, -1:].argmax(-1))
        place.add_(1)
    eager = bench.measure(step, rounds=5)
    if bench.device != "cuda":
        return eager, eager
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return eager, bench.measure(graph.replay, rounds=min(steps, 30))


def kernels(bench, call):
    """How many kernels a call launches, how long they take together, and the longest kinds."""
    torch = bench.torch
    if bench.device != "cuda":
        return {}
    from torch.profiler import ProfilerActivity, profile
    call()
    bench.synchronize()
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as trace:
        call()
        bench.synchronize()
    named = {}
    for event in trace.events():
        if str(event.device_type).endswith("CUDA"):
            count, total = named.get(event.name, (0, 0.0))
            named[event.name] = (count + 1, total + event.time_range.elapsed_us())
    longest = sorted(named.items(), key=lambda item: -item[1][1])[:14]
    return {"kernels": sum(count for count, _ in named.values()),
            "kernel_seconds": round(sum(total for _, total in named.values()) / 1e6, 7),
            "longest": [[name[:90], count, round(total, 1)] for name, (count, total) in longest]}


# Reducers, as released code runs them: operator by operator


def outlier_count(torch, attention):
    """PruMerge's count by the interquartile range, which brings the percentiles to the host."""
    values = attention.float().cpu().numpy().flatten()
    import numpy
    upper, lower = numpy.percentile(values, 75), numpy.percentile(values, 25)
    return int((values > upper + 1.5 * (upper - lower)).sum())


def prumerge(torch, features, keys, queries, kept, plus=False, count=False):
    """Tokens of one picture: the `kept` of most class attention, each merged with its 32 nearest; one extra.

    Shapes: features 1 x N x C, keys and queries 1 x (N + 1) x C. `plus` adds as many in even steps; `count` finds the
    number as released, though `kept` is taken, since random weights have outliers of their own.
    """
    batch, tokens, width = features.shape
    attention = (queries @ keys.transpose(-2, -1) * width**-0.5).softmax(-1)[:, 0, 1:]
    if count:
        outlier_count(torch, attention)
    _, chosen = torch.topk(attention, kept, dim=1, largest=True)
    if plus:
        step = max(1, tokens // kept)
        grid = torch.arange(step // 2, tokens, step, device=features.device)[:kept].unsqueeze(0)
        chosen = torch.cat([chosen, grid], dim=1)
    index = chosen.unsqueeze(-1).expand(-1, -1, width)
    taken = torch.gather(features, 1, index)
    patches = keys[:, 1:]
    taken_keys = torch.nn.functional.normalize(torch.gather(patches, 1, index), dim=-1)
    every = torch.arange(tokens, device=features.device).unsqueeze(0)
    rest = every[~torch.isin(every, chosen)].unsqueeze(0)
    left = rest.unsqueeze(-1).expand(-1, -1, width)
    others = torch.gather(features, 1, left)
    other_keys = torch.nn.functional.normalize(torch.gather(patches, 1, left), dim=-1)
    taken_weights = torch.gather(attention, 1, chosen)
    other_weights = torch.gather(attention, 1, rest)
    merged = torch.zeros_like(taken)
    number = chosen.shape[1]
    for picture in range(batch):
        for place in range(number):
            key = taken_keys[picture, place].unsqueeze(0).unsqueeze(0)
            before, after = taken_keys[picture, :place].unsqueeze(0), taken_keys[picture, place + 1:].unsqueeze(0)
            all_keys = torch.cat([before, after, other_keys[picture].unsqueeze(0)], dim=1)
            all_features = torch.cat([taken[picture, :place].unsqueeze(0), taken[picture, place + 1:].unsqueeze(0),
                                      others[picture].unsqueeze(0)], dim=1)
            all_weights = torch.cat([taken_weights[picture, :place].unsqueeze(0),
                                     taken_weights[picture, place + 1:].unsqueeze(0),
                                     other_weights[picture].unsqueeze(0)], dim=1)
            similar = torch.bmm(key, all_keys.transpose(1, 2))
            _, nearest = torch.topk(similar, k=min(32, all_keys.shape[1]), dim=2, largest=True)
            near = all_features[:, nearest.squeeze(0).squeeze(0), :]
            weights = all_weights[:, nearest.squeeze(0).squeeze(0)].unsqueeze(-1)
            average = torch.sum(near * weights, dim=1)
            merged[picture, place] = taken[picture, place] + average.squeeze(0)
    extra = torch.sum(others * other_weights.unsqueeze(-1), dim=1, keepdim=True)
    return torch.cat([merged, extra], dim=1)


def visionzip(torch, features, attention, metric, dominant=54, contextual=10):
    """Tokens of most class attention, and uniform targets that the others are averaged into."""
    _, tokens, width = features.shape
    chosen = attention[:, :, 0, 1:].sum(1).topk(dominant, dim=1).indices
    mask = torch.ones(1, tokens, dtype=torch.bool, device=features.device).scatter_(1, chosen, False)
    kept = features.masked_select(~mask.unsqueeze(-1)).view(1, dominant, width)
    others = features.masked_select(mask.unsqueeze(-1)).view(1, tokens - dominant, width)
    keys = metric[mask].view(1, tokens - dominant, metric.shape[-1])
    keys = keys / keys.norm(dim=-1, keepdim=True)
    step = max(1, keys.shape[1] // contextual)
    targets = torch.arange(0, keys.shape[1], step, device=features.device)[:contextual]
    remaining = ~torch.isin(torch.arange(keys.shape[1], device=features.device), targets)
    merge = keys[:, remaining]
    similar = torch.bmm(merge, keys[:, targets].transpose(1, 2))
    one_hot = torch.zeros_like(similar).scatter_(2, similar.argmax(2, keepdim=True), 1)
    counts = one_hot.sum(1).clamp(min=1).unsqueeze(-1)
    average = torch.bmm(one_hot.transpose(1, 2), others[:, remaining]) / counts
    return torch.cat([kept, others[:, targets] + average], dim=1)


def tome_step(torch, states, metric, count):
    """One bipartite merging, as ToMe runs it in each layer."""
    metric = metric / metric.norm(dim=-1, keepdim=True)
    first, second = metric[:, ::2], metric[:, 1::2]
    scores = first @ second.transpose(-1, -2)
    scores[:, 0] = -float("inf")
    best, place = scores.max(-1)
    order = best.argsort(dim=-1, descending=True)[..., None]
    unmerged, sources = order[:, count:].sort(dim=1).values, order[:, :count]
    target = place[..., None].gather(-2, sources)
    width = states.shape[-1]
    even, odd = states[:, ::2], states[:, 1::2].clone()
    stay = even.gather(-2, unmerged.expand(-1, -1, width))
    moved = even.gather(-2, sources.expand(-1, -1, width))
    odd = odd.scatter_reduce(-2, target.expand(-1, -1, width), moved, reduce="sum")
    return torch.cat([stay, odd], dim=1)


class Tower:
    """LLaVA's tower and projector, with the last layer's queries and keys as PruMerge hooks them."""

    def __init__(self, bench, model):
        self.bench, self.torch, self.model = bench, bench.torch, model
        self.tower = model.model.vision_tower
        self.tower = getattr(self.tower, "vision_model", self.tower)
        self.projector = model.model.multi_modal_projector
        self.seen = {}

    def hidden(self, pixels, hooks=False):
        attention = self.tower.encoder.layers[-1].self_attn
        handles = []
        if hooks:
            for name in ["k_proj", "q_proj"]:
                handles.append(getattr(attention, name).register_forward_hook(
                    lambda _, __, output, name=name: self.seen.__setitem__(name, output)))
        states = self.tower(pixels, output_hidden_states=True).hidden_states
        for handle in handles:
            handle.remove()
        return states

    def features(self, pixels):
        return self.hidden(pixels)[-2][:, 1:]

    def reduced(self, pixels, kept, plus):
        states = self.hidden(pixels, hooks=True)
        return prumerge(self.torch, states[-2][:, 1:], self.seen["k_proj"], self.seen["q_proj"], kept, plus)


def picture(bench):
    """What decoding left of a picture, and how it is prepared."""
    import numpy
    pixels = numpy.random.default_rng(1).integers(0, 255, (480, 640, 3), dtype=numpy.uint8)
    try:
        from transformers import CLIPImageProcessor
        processor = CLIPImageProcessor(size={"shortest_edge": 336}, crop_size={"height": 336, "width": 336})
        processor(images=pixels, return_tensors="pt")
    except Exception as error:  # noqa: BLE001
        bench.detail("image processor", error=f"{type(error).__name__}: {error}"[:300])
        return None, None
    return processor, pixels


class Fast:
    """FastV in a language model: eager attention in layer `after` - 1, whose mean ranks the visual tokens."""

    def __init__(self, bench, model, attention):
        self.bench, self.torch, self.attention = bench, bench.torch, attention
        self.language, self.head = model.model.language_model, model.lm_head
        self.config = self.language.config

    def mask(self, count, dtype):
        torch = self.torch
        full = torch.full((count, count), torch.finfo(dtype).min, device=self.bench.device, dtype=dtype)
        return full.triu(1)[None, None]

    def __call__(self, embeds, first, visual, dropped, after=2):
        """Runs the prefill; the token is read. Shapes: embeds 1 x n x h, visual tokens from `first` on."""
        torch, config = self.torch, self.config
        from transformers import DynamicCache
        cache = DynamicCache(config=config)
        states = embeds
        count = states.shape[1]
        places = torch.arange(count, device=self.bench.device).unsqueeze(0)
        eager_mask = self.mask(count, states.dtype)
        mask = eager_mask if self.attention == "eager" else None
        rotary = self.language.rotary_emb(states, position_ids=places)
        caught = {}
        for number, layer in enumerate(self.language.layers):
            if dropped and number == after:
                scores = caught.pop("weights").mean(dim=1)[0][-1][first:first + visual]
                keep = scores.topk(round(visual * (1 - dropped))).indices + first
                device = states.device
                keep = torch.cat([torch.arange(first, device=device), keep,
                                  torch.arange(first + visual, count, device=device)]).sort().values
                states = states[:, keep]
                places = keep.unsqueeze(0)
                count = states.shape[1]
                mask = self.mask(count, states.dtype) if self.attention == "eager" else None
                rotary = self.language.rotary_emb(states, position_ids=places)
            if dropped and number == after - 1:
                handle = layer.self_attn.register_forward_hook(
                    lambda _, __, output: caught.__setitem__("weights", output[1]))
                config._attn_implementation = "eager"
                states = layer(states, attention_mask=eager_mask, position_ids=places, past_key_values=cache, use_cache=True,
                               position_embeddings=rotary)
                config._attn_implementation = self.attention
                handle.remove()
            else:
                states = layer(states, attention_mask=mask, position_ids=places, past_key_values=cache, use_cache=True,
                               position_embeddings=rotary)
            states = states[0] if isinstance(states, tuple) else states
        return self.head(self.language.norm(states[:, -1:])).argmax(-1).item()


# Cases


def llava(bench, model, size, precision):
    """LLaVA's first tokens, prefills, tower and steps, at one precision."""
    torch, name, language = bench.torch, f"llava-1.5-{size}", f"vicuna-{size}"
    dtype = next(model.parameters()).dtype
    tower, generate = Tower(bench, model), Generation(model)
    pixels = torch.randn(1, 3, 336, 336, device=bench.device, dtype=dtype)
    processor, raw = picture(bench)
    label = f"{name} {precision}"

    def prefills(attention):
        for count in [700, 616, 80, 70]:
            ids = words(bench, 1, count)
            times = bench.measure(lambda: model(input_ids=ids, use_cache=True, logits_to_keep=1))
            bench.row(language, precision, "prefill", count, times, note=f"{attention}, in LLaVA, forward with a cache")
    bench.run(f"{label} prefill sdpa", lambda: prefills("sdpa"))

    def prepared():
        if processor is None:
            return pixels
        return processor(images=raw, return_tensors="pt")["pixel_values"].to(bench.device, dtype)

    def first_tokens():
        for text in [124, 40]:
            ids = torch.cat([words(bench, 1, 10), torch.full((1, 576), IMAGE_TOKEN, device=bench.device),
                             words(bench, 1, text - 10)], dim=1)
            mask = torch.ones_like(ids)
            bare = bench.measure(lambda: model(input_ids=ids, pixel_values=pixels, use_cache=True,
                                               logits_to_keep=1).logits.argmax(-1).tolist())
            bench.detail("forward from pixels, token read", model=name, precision=precision, text=text, **bare)
            without = bench.measure(lambda: generate(1, input_ids=ids, attention_mask=mask, pixel_values=pixels).tolist())
            bench.detail("generate(1) from pixels", model=name, precision=precision, text=text, **without)
            times = bench.measure(lambda: generate(1, input_ids=ids, attention_mask=mask, pixel_values=prepared()).tolist())
            bench.row(name, precision, "ttft", text, times, visual="full", note="sdpa, generate, image processor on 640 x 480")
    bench.run(f"{label} first tokens", first_tokens)

    def decoding():
        for batch in [1, 16]:
            ids = words(bench, batch, 700)
            mask = torch.ones_like(ids)
            steps = 8 if bench.quick else 32
            one = bench.measure(lambda: generate(1, input_ids=ids, attention_mask=mask), rounds=3)
            many = bench.measure(lambda: generate(1 + steps, input_ids=ids, attention_mask=mask), rounds=3)
            taken = (many["wall"] - one["wall"]) / steps
            if taken > 0:
                bench.row(language, precision, "decode", 700, many, seconds=taken, batch=batch, generated=steps,
                          note="sdpa, generate, DynamicCache, in LLaVA; other columns are of the whole call")
            else:
                bench.detail("decode by generate", error="more tokens took less time", one=one, many=many)
            single = decode_steps(bench, model, batch, 700, steps)
            bench.row(language, precision, "decode", 700, single, batch=batch, generated=steps,
                      note="sdpa, single steps of a loop, in LLaVA")
    bench.run(f"{label} decode", decoding)

    def towers():
        for count in [1, 4, 16]:
            many = pixels.repeat(count, 1, 1, 1)
            bench.detail("tower, all 24 layers", model=name, precision=precision, pictures=count,
                         **bench.measure(lambda: tower.hidden(many)))
            states = tower.features(many)
            bench.detail("projector", model=name, precision=precision, pictures=count,
                         **bench.measure(lambda: tower.projector(states)))
        if processor is not None:
            bench.detail("image processor, 640 x 480 to 336, and copy", precision=precision,
                         kind=type(processor).__name__, **bench.measure(prepared))
            import io
            from PIL import Image
            file = io.BytesIO()
            Image.fromarray(raw).save(file, "JPEG", quality=90)
            bench.detail("JPEG of noise, 640 x 480, decoded", bytes=len(file.getvalue()), **bench.measure(
                lambda: Image.open(io.BytesIO(file.getvalue())).convert("RGB").load()))
    bench.run(f"{label} tower", towers)

    def reducers():
        for what, call in reducer_calls(bench, tower, pixels).items():
            bench.detail("reducer", what=what, precision=precision, **bench.measure(call))
    bench.run(f"{label} reducers", reducers)

    def reduced_tokens():
        embed = model.get_input_embeddings()
        for text, kept, plus, reducer in [(40, 39, False, "prumerge:ratio=0.0685"), (30, 39, False, "prumerge:ratio=0.0685"),
                                          (40, 144, False, "prumerge:ratio=0.25"), (40, 72, True, "prumerge+:ratio=0.125")]:
            ids = words(bench, 1, text)

            def call():
                image = tower.projector(tower.reduced(prepared(), kept, plus))
                parts = embed(ids)
                embeds = torch.cat([parts[:, :10], image, parts[:, 10:]], dim=1)
                mask = torch.ones(embeds.shape[:2], dtype=torch.long, device=bench.device)
                return generate(1, inputs_embeds=embeds, attention_mask=mask).tolist()
            bench.row(name, precision, "ttft", text, bench.measure(call), visual="full", reducer=reducer,
                      note="sdpa, generate, image processor on 640 x 480, reducer as released, kept number fixed")
    bench.run(f"{label} reduced", reduced_tokens)


def reducer_calls(bench, tower, pixels):
    """Reducers after the tower, by name, on what it gave for a picture."""
    torch = bench.torch
    states = tower.hidden(pixels, hooks=True)
    features, keys, queries = states[-2][:, 1:].clone(), tower.seen["k_proj"].clone(), tower.seen["q_proj"].clone()
    heads = tower.tower.config.num_attention_heads
    split = [part.view(1, 577, heads, -1).transpose(1, 2) for part in (queries, keys)]
    weights = (split[0] @ split[1].transpose(-2, -1) * 0.125).softmax(-1)
    metric = split[1].mean(1)
    width = features.shape[-1]
    return {
        "prumerge 16 + 1": lambda: prumerge(torch, features, keys, queries, 16, count=True),
        "prumerge 39 + 1": lambda: prumerge(torch, features, keys, queries, 39, count=True),
        "prumerge 144 + 1": lambda: prumerge(torch, features, keys, queries, 144, count=True),
        "prumerge+ 36 + 36 + 1": lambda: prumerge(torch, features, keys, queries, 36, plus=True, count=True),
        "prumerge+ 72 + 72 + 1": lambda: prumerge(torch, features, keys, queries, 72, plus=True, count=True),
        "prumerge, class attention and count alone": lambda: outlier_count(
            torch, (queries @ keys.transpose(-2, -1) * width**-0.5).softmax(-1)[:, 0, 1:]),
        "visionzip 54 + 10": lambda: visionzip(torch, features, weights, metric[:, 1:]),
        "visionzip 170 + 30": lambda: visionzip(torch, features, weights, metric[:, 1:], 170, 30),
        "tome, one layer of 25": lambda: tome_step(torch, states[3], metric, 25),
        "top 64 by class attention": lambda: torch.gather(features, 1, weights[:, :, 0, 1:].mean(1).topk(64).indices.sort(
            1).values.unsqueeze(-1).expand(-1, -1, width)),
    }


def launched(bench, model, precision):
    """How many kernels prefills, steps, the tower and reducers launch: after all times, since a profiler leaves traces."""
    dtype = next(model.parameters()).dtype
    tower = Tower(bench, model)
    pixels = bench.torch.randn(1, 3, 336, 336, device=bench.device, dtype=dtype)
    calls = {"tower, all layers, 1 picture": lambda: tower.features(pixels)}
    for count in [700, 70]:
        ids = words(bench, 1, count)
        calls[f"prefill {count}"] = lambda ids=ids: model(input_ids=ids, use_cache=True, logits_to_keep=1)
    for batch in [1, 16]:
        cache = model(input_ids=words(bench, batch, 700), use_cache=True, logits_to_keep=1).past_key_values
        calls[f"step of {batch}"] = lambda cache=cache, token=words(bench, batch, 1): model(
            input_ids=token, past_key_values=cache, use_cache=True, logits_to_keep=1)
    for what, call in {**calls, **reducer_calls(bench, tower, pixels)}.items():
        bench.detail("kernels", what=what, precision=precision, **kernels(bench, call))


def eager_prefills(bench, model, precision):
    use_attention(model, "eager")
    for count in [700, 80]:
        ids = words(bench, 1, count)
        bench.row("vicuna-7b", precision, "prefill", count,
                  bench.measure(lambda: model(input_ids=ids, use_cache=True, logits_to_keep=1)), note="eager attention, in LLaVA")
    single = decode_steps(bench, model, 1, 700, 16)
    bench.row("vicuna-7b", precision, "decode", 700, single, generated=16, note="eager attention, single steps, in LLaVA")
    use_attention(model, "sdpa")


def graphs(bench, model, language, precision, batch, context=700):
    eager, replay = graph_steps(bench, model, batch, context, 32)
    bench.row(language, precision, "decode", context, eager, batch=batch, generated=2,
              note="sdpa, StaticCache, single steps launched one by one")
    bench.detail("step as one CUDA graph of eager kernels", model=language, precision=precision, batch=batch,
                 context=context, **replay)


def compiled(bench, model, language, precision, batch=1, context=700):
    """Steps compiled by Inductor with CUDA graphs."""
    torch = bench.torch
    from transformers import StaticCache
    cache = StaticCache(config=model.config.get_text_config(), max_cache_len=context + 64)
    model(input_ids=words(bench, batch, context), past_key_values=cache, use_cache=True, logits_to_keep=1)
    token = words(bench, batch, 1)
    place = torch.full((batch, 1), context, device=bench.device)
    step = torch.compile(model.forward, mode="reduce-overhead", dynamic=False)
    begun = time.monotonic()

    def call():
        step(input_ids=token, position_ids=place, past_key_values=cache, use_cache=True, logits_to_keep=1)
    call()
    bench.detail("compiling", model=language, precision=precision, batch=batch, seconds=round(time.monotonic() - begun, 1))
    bench.row(language, precision, "decode", context, bench.measure(call, rounds=30), engine="torch-compile", batch=batch,
              generated=2, note="sdpa, StaticCache, torch.compile reduce-overhead")


def fastv(bench, model, size, precision, attention):
    """FastV's table: 100 tokens of text and 576 of a picture."""
    torch, name = bench.torch, f"llava-1.5-{size}"
    dtype = next(model.parameters()).dtype
    tower = Tower(bench, model)
    processor, raw = picture(bench)
    pixels = torch.randn(1, 3, 336, 336, device=bench.device, dtype=dtype)
    use_attention(model.model.language_model, attention)
    fast = Fast(bench, model, attention)
    embed = model.get_input_embeddings()
    ids = words(bench, 1, 100)
    for dropped in [0, 0.25, 0.5, 0.75, 0.9]:
        reducer = f"fastv:K=2,R={dropped}" if dropped else ""

        def whole(prepare):
            image = tower.projector(tower.features(
                processor(images=raw, return_tensors="pt")["pixel_values"].to(bench.device, dtype) if prepare else pixels))
            parts = embed(ids)
            return fast(torch.cat([parts[:, :35], image, parts[:, 35:]], dim=1), 35, 576, dropped)
        times = bench.measure(lambda: whole(False))
        bench.detail("FastV from pixels, token read", model=name, precision=precision, attention=attention, dropped=dropped,
                     **times)
        if processor is not None:
            bench.row(name, precision, "ttft", 100, bench.measure(lambda: whole(True)), visual="full", reducer=reducer,
                      note=f"{attention}, layers called from a loop, image processor on 640 x 480")
        embeds = torch.randn(1, 676, model.lm_head.in_features, device=bench.device, dtype=dtype)
        bench.row(name, precision, "prefill", 100, bench.measure(lambda: fast(embeds, 35, 576, dropped)), visual="full",
                  reducer=reducer, note=f"{attention}, layers called from a loop, language model alone, token read")
    use_attention(model.model.language_model, "sdpa")


def language(bench, model, name, precision, lengths, batches):
    """Prefills and steps of a language model."""
    def prefills():
        for count in lengths:
            ids = words(bench, 1, count)
            times = bench.measure(lambda: model(input_ids=ids, use_cache=True, logits_to_keep=1), longest=2)
            bench.row(name, precision, "prefill", count, times, note="sdpa, forward with a cache")
    bench.run(f"{name} {precision} prefill", prefills)
    for batch in batches:
        def steps():
            times = decode_steps(bench, model, batch, 64 if bench.quick else 512, 16)
            bench.row(name, precision, "decode", 512, times, batch=batch, generated=16, note="sdpa, single steps of a loop")
            bench.free()
        bench.run(f"{name} {precision} decode {batch}", steps)


def eight_bits(bench):
    """FP8 products of LLaVA's shapes by torch._scaled_mm, after a buffer larger than the cache was read."""
    torch = bench.torch
    if bench.device != "cuda":
        bench.detail("fp8", skipped="needs a GPU")
        return
    clock = calibrate_gpu.Clock(torch, "cuda", bench.quick)
    one = torch.ones((), device="cuda")
    for inner, columns in calibrate_gpu.PRODUCTS + [(4096, 32000)]:
        weights = torch.randn(columns, inner, device="cuda").to(torch.float8_e4m3fn)
        for count in [16, 64, 80, 128, 256, 512, 608, 704, 1024, 2048]:
            inputs = torch.randn(count, inner, device="cuda").to(torch.float8_e4m3fn)
            seconds = clock.seconds(lambda: torch._scaled_mm(inputs, weights.T, one, one, out_dtype=torch.bfloat16))
            bench.operator("fp8", count, inner, columns, seconds)
    print("fp8 products are done", flush=True)


def cases(bench):
    torch = bench.torch
    from transformers import LlamaForCausalLM, LlavaForConditionalGeneration
    kinds = {"fp16": torch.float16, "bf16": torch.bfloat16}
    if bench.quick and bench.device == "cpu":
        kinds = {"bf16": torch.bfloat16}
    first, last = list(kinds)[0], list(kinds)[-1]

    def made(what, kind, config, dtype):
        return bench.run(f"build {what}", lambda: build(bench, kind, config(), dtype), longest=90)
    only = bench.only
    bench.only = None if only is None else only + ["build"]

    model = made("llava-1.5-7b", LlavaForConditionalGeneration, lambda: llava_config(bench.quick, "7b"), kinds[first])
    if model is not None:
        bench.detail("parameters", model="llava-1.5-7b", count=sum(each.numel() for each in model.parameters()))
        llava(bench, model, "7b", first)
        bench.run("eager 7b", lambda: eager_prefills(bench, model, first))
        bench.run("fastv 7b", lambda: fastv(bench, model, "7b", first, "sdpa"))
        if last != first:
            model = model.to(kinds[last])
            llava(bench, model, "7b", last)
    del model
    bench.free()

    model = made("llava-1.5-13b", LlavaForConditionalGeneration, lambda: llava_config(bench.quick, "13b"), kinds[first])
    if model is not None:
        bench.run("fastv 13b eager", lambda: fastv(bench, model, "13b", first, "eager"))
        bench.run("fastv 13b sdpa", lambda: fastv(bench, model, "13b", first, "sdpa"))
        bench.run("decode 13b", lambda: bench.row(
            "vicuna-13b", first, "decode", 700, decode_steps(bench, model, 1, 700, 16), generated=16,
            note="sdpa, single steps of a loop, in LLaVA"))
    del model
    bench.free()

    lengths, batches = ([64, 128], [1, 8]) if bench.quick else ([128, 512, 2048, 8192], [1, 8, 32, 128])
    model = made("llama-3.1-8b", LlamaForCausalLM, lambda: llama_config(
        bench.quick, 4096, 14336, 32, 32, 8, 128256, 500000.0, 131072), kinds[last])
    if model is not None:
        language(bench, model, "llama-3.1-8b", last, lengths, batches)
    bench.run("fp8", lambda: eight_bits(bench))
    del model
    bench.free()

    def qwen():
        from transformers import Qwen2_5_VLConfig
        text = dict(hidden_size=3584, intermediate_size=18944, num_hidden_layers=28, num_attention_heads=28,
                    num_key_value_heads=4, vocab_size=152064, max_position_embeddings=128000, max_window_layers=28)
        vision = dict(depth=32, hidden_size=1280, intermediate_size=3420, num_heads=16, out_hidden_size=3584)
        section = [16, 24, 24]
        if bench.quick:
            text.update(hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
                        vocab_size=512, max_window_layers=2)
            vision.update(depth=1, hidden_size=32, intermediate_size=64, num_heads=2, out_hidden_size=64)
            section = [2, 3, 3]
        text.update(rope_parameters={"rope_type": "default", "rope_theta": 1e6, "mrope_section": section}, pad_token_id=0,
                    bos_token_id=2, eos_token_id=3)
        tokens = {name: 4 + number for number, name in enumerate(
            ["image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id"])} if bench.quick else {}
        return Qwen2_5_VLConfig(text_config=text, vision_config=vision, **tokens)
    try:
        from transformers import Qwen2_5_VLForConditionalGeneration
    except ImportError as error:
        bench.detail("qwen2.5-vl-7b", error=str(error))
    else:
        model = made("qwen2.5-vl-7b", Qwen2_5_VLForConditionalGeneration, qwen, kinds[last])
        if model is not None:
            language(bench, model, "qwen2.5-vl-7b", last, lengths, batches)
        del model
        bench.free()

    # Last: a capture that fails can leave PyTorch's random numbers unusable.
    model = made("llava-1.5-7b, again", LlavaForConditionalGeneration, lambda: llava_config(bench.quick, "7b"), kinds[first])
    if model is not None:
        for batch in [1, 16]:
            if bench.device == "cuda":
                bench.run(f"compile 7b {batch}", lambda: compiled(bench, model, "vicuna-7b", first, batch), longest=120)
                torch._dynamo.reset()
            if batch == 1:
                bench.run("kernels 7b", lambda: launched(bench, model, first))
        for batch in [1, 16]:
            bench.run(f"graph 7b {batch}", lambda: graphs(bench, model, "vicuna-7b", first, batch))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", metavar="DEVICE", help="its name in the catalog: h100-sxm")
    parser.add_argument("folder", metavar="FOLDER", help="where rows.csv, operators.csv and details.jsonl go")
    parser.add_argument("--seconds", type=float, default=420, help="cases that would begin later are skipped (420)")
    parser.add_argument("--only", nargs="+", help="only cases whose names have one of these words")
    parser.add_argument("--quick", action="store_true", help="tiny models, for tests")
    options = parser.parse_args()
    try:
        import torch
        import transformers
    except ImportError as error:
        sys.exit(f"measure_transformers.py needs PyTorch and transformers: {error}")
    transformers.logging.set_verbosity_error()
    torch.manual_seed(1)
    bench = Bench(torch, options)
    title = torch.cuda.get_device_name(0) if bench.device == "cuda" else "cpu"
    info = pathlib.Path("/proc/cpuinfo")
    host = [line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line] if info.exists() else []
    bench.detail("device", title=title, host=host[:1], cores=len(host), torch=torch.__version__, transformers=transformers.__version__,
                 python=sys.version.split()[0])
    cases(bench)
    bench.detail("end", left=round(bench.deadline - time.monotonic(), 1))


if __name__ == "__main__":
    main()
