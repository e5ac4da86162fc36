#!/usr/bin/env python3
"""Test export_features.py on a tiny CLIP tower of random weights: python3 Examples/test_export_features.py

Expected values come from running the tower's layers one after the other, not from the hooks and outputs that the
export relies on.
"""

import contextlib
import io
import os
import tempfile
import unittest

import torch
import transformers
from PIL import Image
from safetensors import safe_open
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel

import export_features

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
WIDTH, HEADS, LAYERS, SIDE, PATCH = 64, 4, 4, 84, 14
PATCHES = (SIDE // PATCH) ** 2


def make_tower(folder):
    """A CLIP tower of random weights, biases included, in the hub's format."""
    torch.manual_seed(0)
    config = CLIPVisionConfig(
        hidden_size=WIDTH, intermediate_size=4 * WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        image_size=SIDE, patch_size=PATCH,
    )
    model = CLIPVisionModel(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.1)
    model.save_pretrained(folder)
    CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}).save_pretrained(folder)


def make_image(path):
    """A wide picture of random pixels."""
    torch.manual_seed(1)
    pixels = torch.randint(0, 256, (90, 150, 3), dtype=torch.uint8)
    Image.frombytes("RGB", (150, 90), bytes(pixels.flatten().tolist())).save(path)


def expected(folder, pixels):
    """Tokens, keys and class query, layer by layer in plain tensor arithmetic."""
    weights = dict(CLIPVisionModel.from_pretrained(folder).named_parameters())
    weights = {name.removeprefix("vision_model."): tensor.detach() for name, tensor in weights.items()}

    def linear(x, name):
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(x, name):
        return torch.layer_norm(x, (WIDTH,), weights[f"{name}.weight"], weights[f"{name}.bias"], 1e-5)

    def heads(x):
        return x.view(-1, HEADS, WIDTH // HEADS).transpose(0, 1)

    patches = torch.conv2d(pixels, weights["embeddings.patch_embedding.weight"], stride=PATCH)[0].flatten(1).T
    x = torch.cat([weights["embeddings.class_embedding"][None], patches])
    x = norm(x + weights["embeddings.position_embedding.weight"], "pre_layrnorm")
    for layer in range(LAYERS - 1):
        name = f"encoder.layers.{layer}"
        y = norm(x, f"{name}.layer_norm1")
        query, key, value = (heads(linear(y, f"{name}.self_attn.{part}_proj")) for part in "qkv")
        scores = torch.softmax(query @ key.transpose(1, 2) / (WIDTH // HEADS) ** 0.5, dim=-1)
        x = x + linear((scores @ value).transpose(0, 1).reshape(-1, WIDTH), f"{name}.self_attn.out_proj")
        y = linear(norm(x, f"{name}.layer_norm2"), f"{name}.mlp.fc1")
        x = x + linear(y * torch.sigmoid(1.702 * y), f"{name}.mlp.fc2")
    y = norm(x, f"encoder.layers.{LAYERS - 1}.layer_norm1")
    last = f"encoder.layers.{LAYERS - 1}.self_attn"
    return {"tokens": x, "keys": linear(y, f"{last}.k_proj"), "cls_query": linear(y[0], f"{last}.q_proj")}


class ExportFeatures(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.image = os.path.join(self.folder, "image.png")
        make_tower(self.folder)
        make_image(self.image)

    def export(self, *options):
        """The tensors and metadata of a file that the script wrote."""
        path = os.path.join(self.folder, "features.safetensors")
        with contextlib.redirect_stdout(io.StringIO()):
            export_features.main(["--encoder", self.folder, "--image", self.image, "--output", path, *options])
        with safe_open(path, "pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()

    def pixels(self, image):
        processor = CLIPImageProcessor.from_pretrained(self.folder)
        return processor(image, return_tensors="pt")["pixel_values"]

    def test_values_are_those_of_the_layers(self):
        tensors, metadata = self.export()
        self.assertEqual({name: list(tensor.shape) for name, tensor in tensors.items()},
                         {"keys": [PATCHES + 1, WIDTH], "cls_query": [WIDTH], "tokens": [PATCHES + 1, WIDTH]})
        self.assertEqual((metadata["heads"], metadata["grid"]), ("4", "6x6"))
        for name, tensor in expected(self.folder, self.pixels(Image.open(self.image))).items():
            torch.testing.assert_close(tensors[name], tensor, rtol=1e-4, atol=1e-4)

    def test_padding_shows_the_whole_picture(self):
        tensors, _ = self.export("--pad")
        square = Image.new("RGB", (150, 150), (122, 116, 104))
        square.paste(Image.open(self.image), (0, 30))
        torch.testing.assert_close(
            tensors["tokens"], expected(self.folder, self.pixels(square))["tokens"], rtol=1e-4, atol=1e-4)

    def test_half_precision_is_stored_as_such(self):
        exact, _ = self.export()
        for name, tolerance in (("float16", 0.05), ("bfloat16", 0.3)):
            tensors, _ = self.export("--dtype", name)
            for key, tensor in tensors.items():
                self.assertEqual(tensor.dtype, getattr(torch, name))
                torch.testing.assert_close(tensor.float(), exact[key], rtol=0.1, atol=tolerance)


if __name__ == "__main__":
    unittest.main()
