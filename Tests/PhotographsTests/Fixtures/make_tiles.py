#!/usr/bin/env python3
"""Makes the models in this folder that cut pictures into tiles, and what transformers makes of pictures with them.

usage: make_tiles.py   (needs: torch transformers pillow safetensors; written with transformers 5.24.0 and Pillow 13.0.0)
Each of llava_next, llava_onevision and internvl has config.json, preprocessor_config.json, model.safetensors (random weights,
half precision, without the language model) and expected.safetensors: for each PICTURE of Tests/ImagesTests
PICTURE/pixel_values [tiles, 3, side, side] as the image processor makes them, PICTURE/last [tiles, tokens, width] as they leave
the tower, and PICTURE/merged, what enters the language model.
"""
import os
import pathlib

import torch
import transformers as T
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil
from transformers.models.internvl.configuration_internvl import InternVLConfig
from transformers.models.internvl.modeling_internvl import InternVLForConditionalGeneration
from transformers.models.llava_next.image_processing_pil_llava_next import LlavaNextImageProcessorPil
from transformers.models.llava_onevision.image_processing_pil_llava_onevision import LlavaOnevisionImageProcessorPil

HERE = pathlib.Path(__file__).parent
PICTURES = HERE / "../../ImagesTests/Fixtures"
# Wide, tall, small: 190 x 130, 23 x 111, 37 x 21, 67 x 45 pixels.
NAMES = ["large.png", "tall.png", "rgb8.png", "rgb-420.jpg"]
SIDE, PATCH = 28, 7
TEXT = dict(
    hidden_size=12, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1, vocab_size=16)
TOWER = dict(
    hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2, image_size=SIDE, patch_size=PATCH)


def prepared(model):
    """Weights far from their initial zeros and ones, exact in half precision."""
    torch.manual_seed(11)
    for weights in model.parameters():
        weights.data = (weights.data + 0.05 * torch.randn_like(weights)).half().float()
    return model.eval()


def save(name, model, processor, features):
    folder = HERE / name
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    path = f"{folder}/model.safetensors"
    kept = {k: v.half() for k, v in load_file(path).items() if "language_model" not in k and "lm_head" not in k}
    save_file(kept, path, metadata={"format": "pt"})
    for extra in folder.glob("generation_config.json"):
        os.remove(extra)
    expected = {}
    for picture in NAMES:
        inputs = processor(Image.open(PICTURES / picture).convert("RGB"), return_tensors="pt")
        with torch.no_grad():
            last, merged = features(model, inputs)
        pixels = inputs["pixel_values"]
        expected[f"{picture}/pixel_values"] = pixels.reshape(-1, *pixels.shape[-3:]).half()
        expected[f"{picture}/last"], expected[f"{picture}/merged"] = last, merged
    save_file({k: v.detach().contiguous().clone() for k, v in expected.items()}, f"{folder}/expected.safetensors")


def llava(model, inputs):
    pixels = inputs["pixel_values"]
    last = model.model.vision_tower(pixels[0]).last_hidden_state
    out = model.model.get_image_features(pixel_values=pixels, image_sizes=inputs["image_sizes"]).pooler_output
    return last, out[0]


def internvl(model, inputs):
    pixels = inputs["pixel_values"]
    last = model.model.vision_tower(pixels).last_hidden_state
    out = model.model.get_image_features(
        pixels, vision_feature_layer=-1, vision_feature_select_strategy="default").pooler_output
    return last, out.flatten(0, 1)


save(
    "llava_next",
    prepared(T.LlavaNextForConditionalGeneration(T.LlavaNextConfig(
        vision_config=dict(TOWER, model_type="clip_vision_model"), text_config=dict(TEXT, model_type="llama"),
        image_grid_pinpoints=[[28, 56], [56, 28], [56, 56], [84, 28], [28, 84]], image_token_index=15))),
    LlavaNextImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE},
        image_grid_pinpoints=[[28, 56], [56, 28], [56, 56], [84, 28], [28, 84]]),
    llava)
sides = [[SIDE * i, SIDE * j] for i in range(1, 7) for j in range(1, 7)]
save(
    "llava_onevision",
    prepared(T.LlavaOnevisionForConditionalGeneration(T.LlavaOnevisionConfig(
        vision_config=dict(TOWER, model_type="siglip_vision_model"), text_config=dict(TEXT, model_type="qwen2"),
        image_grid_pinpoints=sides, image_token_index=15, vision_aspect_ratio="anyres_max_9"))),
    LlavaOnevisionImageProcessorPil(size={"height": SIDE, "width": SIDE}, image_grid_pinpoints=sides),
    llava)
save(
    "internvl",
    prepared(InternVLForConditionalGeneration(InternVLConfig(
        vision_config=dict(
            TOWER, model_type="internvl_vision", image_size=[SIDE, SIDE], patch_size=[PATCH, PATCH], attention_bias=True),
        text_config=dict(TEXT, model_type="qwen2"), image_token_id=15))),
    GotOcr2ImageProcessorPil(size={"height": SIDE, "width": SIDE}, crop_to_patches=True, max_patches=6),
    internvl)
