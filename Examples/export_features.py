#!/usr/bin/env python3
"""Write what a CLIP vision tower says of an image to a file that `roofline --features` reads.

    python3 Examples/export_features.py --image photo.jpg --output photo.safetensors
    roofline --model llava-1.5-7b --gpu v100 --features photo.safetensors

The file holds, for n patches and a width of C, the class token first:

    tokens     [n+1, C]  the penultimate layer's output (hidden_states[-2]), which LLaVA-1.5 reads
    keys       [n+1, C]  the last layer's key projection, bias included
    cls_query  [C]       the last layer's query projection of the class token, bias included, unscaled

and in its metadata the number of attention `heads` and the `grid` of patches.
Needs torch, transformers (4.4x or 5.x), safetensors and pillow.
"""

import argparse
import sys
import os

import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPImageProcessor, CLIPVisionModel

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


def padded(image):
    """The image in the middle of a square of CLIP's mean colour, as LLaVA-1.5 prepares it."""
    side = max(image.size)
    square = Image.new("RGB", (side, side), (122, 116, 104))
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square


def features(model, pixels):
    """The tensors of one image, `pixels` being [1, channels, height, width]."""
    attention = [module for name, module in model.named_modules() if name.endswith(".self_attn")][-1]
    captured = {}
    hooks = [
        getattr(attention, projection).register_forward_hook(
            lambda module, inputs, output, projection=projection: captured.update({projection: output})
        )
        for projection in ("k_proj", "q_proj")
    ]
    try:
        with torch.inference_mode():
            states = model(pixel_values=pixels, output_hidden_states=True).hidden_states
    finally:
        for hook in hooks:
            hook.remove()
    tensors = {"keys": captured["k_proj"][0], "cls_query": captured["q_proj"][0, 0], "tokens": states[-2][0]}
    return {name: tensor.contiguous() for name, tensor in tensors.items()}


def metadata(model, encoder, image):
    """What the tensors do not say themselves."""
    side = model.config.image_size // model.config.patch_size
    return {
        "heads": str(model.config.num_attention_heads),
        "grid": f"{side}x{side}",
        "encoder": encoder,
        "image": os.path.basename(image),
    }


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Write a CLIP tower's features of an image for roofline --features.")
    parser.add_argument("--encoder", default="openai/clip-vit-large-patch14-336", help="hub name or folder (default: %(default)s)")
    parser.add_argument("--image", required=True, help="a picture that pillow can read")
    parser.add_argument("--output", required=True, help="the safetensors file to write")
    parser.add_argument("--dtype", choices=DTYPES, default="float32", help="to compute and store in (default: %(default)s)")
    parser.add_argument("--pad", action="store_true", help="pad to a square, as LLaVA-1.5 does, instead of cropping the middle")
    options = parser.parse_args(arguments)

    processor = CLIPImageProcessor.from_pretrained(options.encoder)
    model = CLIPVisionModel.from_pretrained(options.encoder).to(DTYPES[options.dtype]).eval()
    image = Image.open(options.image).convert("RGB")
    pixels = processor(padded(image) if options.pad else image, return_tensors="pt")["pixel_values"].to(model.dtype)
    tensors = features(model, pixels)
    save_file(tensors, options.output, metadata=metadata(model, options.encoder, options.image))
    print(f"{options.output}: {tensors['keys'].shape[0] - 1} patches, {tensors['keys'].shape[1]} wide, {options.dtype}")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as error:  # what pillow, transformers and safetensors raise for files they cannot use
        sys.exit(f"export_features.py: {error}")
