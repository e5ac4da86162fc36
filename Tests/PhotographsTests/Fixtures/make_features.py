#!/usr/bin/env python3
"""What transformers makes of pictures, from the file to the features: make_features.py

Takes pictures of Tests/ImagesTests and towers of Tests/EncodingTests, prepares each picture with CLIPImageProcessor at
the tower's size, runs the tower, and writes beside itself

- features.safetensors: for each TOWER/PICTURE the penultimate hidden state (tokens), and the outputs of q_proj and
  k_proj in the last layer (queries, keys),
- tokens.json: how many tokens PruMerge leaves of each, computed here from these features: the patches whose class
  attention (one head over the full width, softmax with the class token, whose own share is dropped) exceeds the third
  quartile by 1.5 times the distance between the quartiles (numpy.percentile), and one token for the rest; and, of the
  tokens of each tower, what numpy says of their distribution.

Made with transformers 5.23.0, torch 2.13.0, Pillow and numpy, in F32.
"""

import json
import pathlib

import numpy
import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPImageProcessor, CLIPVisionModel

HERE = pathlib.Path(__file__).parent
PICTURES = HERE / "../../ImagesTests/Fixtures"
TOWERS = HERE / "../../EncodingTests/Fixtures"
NAMES = ["rgb-420.jpg", "rgb-progressive.jpg", "gray.jpg", "rgb8.png", "palette8.png", "large.png", "tall.png"]


def tower(name):
    """The tower itself, without transformers' guesses at prefixes: the folder of a CLIPVisionModel."""
    return CLIPVisionModel.from_pretrained(TOWERS / name).eval().float()


def features(model, picture):
    side = model.config.image_size
    processor = CLIPImageProcessor(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    pixels = processor(Image.open(picture).convert("RGB"), return_tensors="pt")["pixel_values"]
    found = {}
    attention = getattr(model, "vision_model", model).encoder.layers[-1].self_attn
    hooks = [
        attention.q_proj.register_forward_hook(lambda a, b, output: found.__setitem__("queries", output[0])),
        attention.k_proj.register_forward_hook(lambda a, b, output: found.__setitem__("keys", output[0])),
    ]
    with torch.no_grad():
        found["tokens"] = model(pixels, output_hidden_states=True).hidden_states[-2][0]
    for hook in hooks:
        hook.remove()
    return found


def prumerge(found):
    query, keys = found["queries"][0].double().numpy(), found["keys"].double().numpy()
    logits = keys @ query / numpy.sqrt(len(query))
    shares = numpy.exp(logits - logits.max())
    attention = (shares / shares.sum())[1:]
    first, third = numpy.percentile(attention, [25, 75])
    return int((attention > third + 1.5 * (third - first)).sum()) + 1


def main():
    tensors, counts = {}, {}
    for name in ["plain", "deep"]:
        model = tower(name)
        tokens = {}
        for picture in NAMES:
            found = features(model, PICTURES / picture)
            tensors |= {f"{name}/{picture}/{key}": value.contiguous() for key, value in found.items()}
            tokens[picture] = prumerge(found)
        numbers = list(tokens.values())
        p50, p95 = numpy.percentile(numbers, [50, 95])
        counts[name] = {
            "tokens": tokens, "mean": float(numpy.mean(numbers)), "p50": float(p50), "p95": float(p95),
            "min": min(numbers), "max": max(numbers)}
    save_file(tensors, HERE / "features.safetensors")
    (HERE / "tokens.json").write_text(json.dumps(counts, indent=1) + "\n")


main()
