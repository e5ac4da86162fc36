#!/usr/bin/env python3
"""Writes cross_attention_traffic.csv: what every kernel of a small IDEFICS computes and moves, summed by hand.

    python3 make_cross_attention_traffic.py

Plain arithmetic over the steps of IdeficsGatedCrossAttentionLayer and IdeficsPerceiverResampler of transformers 5.23.0,
each reading its inputs and writing its output once; nothing of the program is used. CrossAttentionTrafficTests has the
configuration: width 8, 2 heads of 4, 10 inside, 2 cross-attention layers; images of width 6 with 9 patches and a class
token; a perceiver of 2 layers, 3 latents, 2 heads of 5. Two sequences, each of 5 tokens and 2 images.
"""

import collections
import csv
import pathlib

H, a, d, f, V, C = 8, 2, 4, 10, 6, 2    # width, heads, head width, inner width, images" width, cross-attention layers
b, n, t = 2, 5, 6                       # sequences, text and visual tokens of each
I, L, T, inn, ff, D = 4, 3, 10, 10, 24, 2    # images, latents, tokens, heads x width, inner width, layers of the perceiver


def add(total, count, **elements):
    """Counts a kernel: w weights, wq those of quantised products, r read, ri read as their input, wr and wi written so,
    cr and cw the cache, fl and vf FLOPs of products and others."""
    for key, value in elements.items():
        total[key] += count * value


def cross(kernels):
    x = collections.Counter()
    m = b * n * H  # hidden state
    iv = b * t * V  # images
    ih = b * t * H  # their keys
    S = b * a * n * t  # scores
    add(x, C, wq=V * H, ri=iv, wr=ih, fl=2 * iv * H)  # keys
    add(x, C, wq=V * H, ri=iv, cw=ih, fl=2 * iv * H)  # values
    add(x, C, w=d, r=ih, cw=ih, vf=4 * ih)  # norm of the keys
    if kernels == "fused":
        add(x, C, w=H, r=m, wi=m, vf=4 * m)  # norm
        add(x, C - 1, r=m, wr=m, vf=m)  # with the sum before it, but for the first
    else:
        add(x, C, w=H, r=m, wi=m, vf=4 * m)
    add(x, C, wq=H * H, ri=m, wr=m, fl=2 * m * H)  # queries
    add(x, C, w=d, r=m, wr=m, vf=4 * m)  # norm of the queries
    if kernels == "fused":
        add(x, C, r=m, cr=2 * ih, wi=m, fl=4 * b * n * t * H, vf=5 * S)  # attention
        add(x, C, wq=H * H, w=H, ri=m, wr=m, fl=2 * m * H, vf=m)  # output and gate
        add(x, C, w=H, r=2 * m, wr=m, wi=m, vf=5 * m)  # sum and norm
        add(x, C, wq=2 * H * f, ri=m, wr=2 * b * n * f, fl=4 * m * f)  # gate and up
        add(x, C, r=2 * b * n * f, wi=b * n * f, vf=5 * b * n * f)  # SiLU and product
        add(x, C, wq=H * f, w=H, ri=b * n * f, wr=m, fl=2 * m * f, vf=m)  # down and gate
    else:
        add(x, C, r=m, cr=ih, wr=S, fl=2 * b * n * t * H)  # scores
        add(x, C, r=S, wr=S, vf=S)  # scale
        add(x, C, r=S + b * n * t, wr=S, vf=S)  # mask
        add(x, C, r=S, wr=S, vf=5 * S)  # softmax
        add(x, C, r=S, cr=ih, wi=m, fl=2 * b * n * t * H)  # values
        add(x, C, wq=H * H, ri=m, wr=m, fl=2 * m * H)  # output
        add(x, C, r=m, wr=m)  # zeros for text before any image
        add(x, C, w=H, r=m, wr=m, vf=m)
        add(x, C, r=2 * m, wr=m, vf=m)
        add(x, C, w=H, r=m, wi=m, vf=4 * m)
        add(x, 2 * C, wq=H * f, ri=m, wr=b * n * f, fl=2 * m * f)  # gate, up
        add(x, C, r=b * n * f, wr=b * n * f, vf=4 * b * n * f)  # SiLU
        add(x, C, r=2 * b * n * f, wi=b * n * f, vf=b * n * f)  # product
        add(x, C, wq=H * f, ri=b * n * f, wr=m, fl=2 * m * f)  # down
        add(x, C, w=H, r=m, wr=m, vf=m)
        add(x, C, r=2 * m, wr=m, vf=m)
    return x


def perceiver(kernels):
    x = collections.Counter()
    c = I * T * V
    l = I * L * V
    q = I * L * inn
    kk = I * (T + L) * inn
    g = I * (T + L) * V
    S = I * 2 * L * (T + L)
    add(x, 1, w=L * V, wr=l)  # latents of every image
    add(x, D, w=2 * V, r=c, wr=c, vf=7 * c)  # norm of the tokens
    add(x, D, w=2 * V, r=l, wr=l, vf=7 * l)  # norm of the latents
    if kernels == "fused":
        add(x, D - 1, r=l, wr=l, vf=l)
    add(x, D, w=V * inn, r=l, wr=q, fl=2 * l * inn)  # queries
    if kernels == "fused":
        add(x, D, w=2 * V * inn, r=g, wr=2 * kk, fl=4 * g * inn)  # keys and values
    else:
        add(x, D, r=g, wr=g)  # tokens and latents side by side
        add(x, 2 * D, w=V * inn, r=g, wr=kk, fl=2 * g * inn)  # keys, values
    add(x, D, w=10, r=q, wr=q, vf=7 * q)  # norm of the queries
    add(x, D, w=10, r=kk, wr=kk, vf=7 * kk)  # norm of the keys
    fl = 4 * I * L * (T + L) * inn
    if kernels == "fused":
        add(x, D, r=q + 2 * kk, wr=q, fl=fl, vf=5 * S)  # attention
    else:
        add(x, D, r=q + kk, wr=S, fl=fl / 2)  # scores
        add(x, D, r=S, wr=S, vf=S)
        add(x, D, r=S, wr=S, vf=5 * S)
        add(x, D, r=S + kk, wr=q, fl=fl / 2)  # values
    add(x, D, w=V * inn, r=q, wr=l, fl=2 * l * inn)  # output
    if kernels == "eager":
        add(x, 2 * D, r=2 * l, wr=l, vf=l)  # both residual sums
    add(x, D, w=2 * V, r=l, wr=l, vf=7 * l)
    if kernels == "fused":
        add(x, D, r=l, wr=l, vf=l)
    add(x, D, w=V * ff, r=l, wr=I * L * ff, fl=2 * l * ff)  # up
    add(x, D, r=I * L * ff, wr=I * L * ff, vf=I * L * ff)  # ReLU
    add(x, D, w=V * ff, r=I * L * ff, wr=l, fl=2 * l * ff)  # down
    add(x, 1, w=2 * V, r=l, wr=l, vf=7 * l)  # last norm
    if kernels == "fused":
        add(x, 1, r=l, wr=l, vf=l)
    return x


def quantities(x, precision):
    """Bytes by kind and FLOPs; INT4 has 4 bits, a scale of 16 and a zero of 4 per group of 128."""
    weight, activation, product, cache = {"fp16": (2, 2, 2, 2), "int4": ((4 + 20 / 128) / 8, 2, 2, 2), "int8": (1, 2, 1, 2)}[precision]
    return {
        "weights": x["wq"] * weight + x["w"] * 2,
        "activationsRead": x["r"] * activation + x["ri"] * product,
        "activationsWritten": x["wr"] * activation + x["wi"] * product,
        "cacheRead": x["cr"] * cache, "cacheWritten": x["cw"] * cache, "flops": x["fl"], "vectorFLOPs": x["vf"]}


with open(pathlib.Path(__file__).parent / "cross_attention_traffic.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["kernels", "precision", "part", "quantity", "count"])
    for kernels in ["fused", "eager"]:
        for precision in ["fp16", "int4", "int8"]:
            # Connectors are not quantised.
            for part, x, stored in [("cross", cross(kernels), precision), ("perceiver", perceiver(kernels), "fp16")]:
                for name, count in quantities(x, stored).items():
                    writer.writerow([kernels, precision, part, name, count])
