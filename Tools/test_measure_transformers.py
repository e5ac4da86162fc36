#!/usr/bin/env python3
"""Tests of measure_transformers.py on the CPU, where PyTorch and transformers are there: test_measure_transformers.py"""

import importlib.util
import pathlib
import unittest

import measure_transformers

HAS_TORCH = importlib.util.find_spec("torch") is not None


class Here:
    """A bench of the CPU that writes nothing."""
    device, quick = "cpu", True

    def __init__(self, torch):
        self.torch = torch


class Reducers(unittest.TestCase):
    @unittest.skipUnless(HAS_TORCH, "needs PyTorch")
    def test_prumerge(self):
        import torch
        torch.manual_seed(1)
        features, keys, queries = torch.randn(1, 576, 64), torch.randn(1, 577, 64), torch.randn(1, 577, 64)
        result = measure_transformers.prumerge(torch, features, keys, queries, 5)
        # Five kept, one extra; the first is the token of most class attention and its 32 nearest by cosine.
        self.assertEqual(result.shape, (1, 6, 64))
        attention = (queries @ keys.transpose(-2, -1) / 8).softmax(-1)[0, 0, 1:]
        first = attention.argmax()
        similar = torch.nn.functional.cosine_similarity(keys[0, 1:], keys[0, 1 + first].unsqueeze(0))
        similar[first] = -2
        near = similar.topk(32).indices
        expected = features[0, first] + (attention[near, None] * features[0, near]).sum(0)
        self.assertTrue(torch.allclose(result[0, 0], expected, atol=1e-5))
        # PruMerge+ with a fixed budget: 72 + 72 + 1.
        self.assertEqual(measure_transformers.prumerge(torch, features, keys, queries, 72, plus=True).shape[1], 145)

    @unittest.skipUnless(HAS_TORCH and importlib.util.find_spec("transformers"), "needs PyTorch and transformers")
    def test_fastv_that_drops_nothing(self):
        import torch
        from transformers import LlavaForConditionalGeneration
        torch.manual_seed(1)
        bench = Here(torch)
        with torch.no_grad():
            model = measure_transformers.build(
                bench, LlavaForConditionalGeneration, measure_transformers.llava_config(True, "7b"), torch.float32)
            tower = measure_transformers.Tower(bench, model)
            ids, pixels = torch.randint(4, 500, (1, 20)), torch.randn(1, 3, 336, 336)
            image = torch.full((1, 576), measure_transformers.IMAGE_TOKEN)
            whole = model(input_ids=torch.cat([ids[:, :5], image, ids[:, 5:]], 1), pixel_values=pixels, logits_to_keep=1)
            parts = model.get_input_embeddings()(ids)
            embeds = torch.cat([parts[:, :5], tower.projector(tower.features(pixels)), parts[:, 5:]], 1)
            for attention in ["sdpa", "eager"]:
                measure_transformers.use_attention(model.model.language_model, attention)
                fast = measure_transformers.Fast(bench, model, attention)
                self.assertEqual(fast(embeds, 5, 576, 0), whole.logits.argmax(-1).item())


if __name__ == "__main__":
    unittest.main()
