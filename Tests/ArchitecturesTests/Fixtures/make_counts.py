#!/usr/bin/env python3
"""Prints what transformers and torch count: parameters, and FLOPs of a prefill or of an image.

    python3 -m venv venv && venv/bin/pip install torch transformers
    venv/bin/python make_counts.py

Models are built from their configurations on torch's meta device: no weights, no arithmetic. FLOPs are those of torch's
FlopCounterMode with eager attention (the full square), logits of the last position only. The figures in
ArchitecturesTests come from here (transformers 5.23.0).
"""

import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import (CLIPVisionConfig, CLIPVisionModel, LlamaConfig, LlamaForCausalLM, LlavaConfig,
                          LlavaForConditionalGeneration, MistralConfig, MistralForCausalLM, Qwen2Config,
                          Qwen2ForCausalLM)


def llama(width, feed_forward, layers, heads, kv_heads=None, vocabulary=32000, kind=LlamaConfig, **more):
    return kind(hidden_size=width, intermediate_size=feed_forward, num_hidden_layers=layers, num_attention_heads=heads,
                num_key_value_heads=kv_heads or heads, vocab_size=vocabulary, attn_implementation="eager", **more)


def clip(image_size, layers=24):
    return CLIPVisionConfig(hidden_size=1024, intermediate_size=4096, num_hidden_layers=layers, num_attention_heads=16,
                            image_size=image_size, patch_size=14, projection_dim=768, attn_implementation="eager")


def build(kind, config):
    with torch.device("meta"):
        return kind(config).eval()


def parameters(model):
    return sum(p.numel() for p in model.parameters())


def flops(call):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        call()
    return counter.get_total_flops()


def language(name, kind, config, lengths):
    model = build(kind, config)
    print(name, "parameters", parameters(model))
    for length in lengths:
        ids = torch.zeros(1, length, dtype=torch.long, device="meta")
        print(name, length, "tokens:", flops(lambda: model(ids, use_cache=False, logits_to_keep=1)), "FLOPs")


def vision(name, config):
    model = build(CLIPVisionModel, config)
    pixels = torch.zeros(1, 3, config.image_size, config.image_size, device="meta")
    print(name, "parameters", parameters(model), "FLOPs", flops(lambda: model(pixels)))


def main():
    lengths = [40, 80, 616, 700, 2048]
    language("vicuna-7b", LlamaForCausalLM, llama(4096, 11008, 32, 32), lengths)
    language("vicuna-13b", LlamaForCausalLM, llama(5120, 13824, 40, 40), lengths)
    language("llama-2-70b", LlamaForCausalLM, llama(8192, 28672, 80, 64, 8), lengths)
    language("mistral-7b", MistralForCausalLM, llama(4096, 14336, 32, 32, 8, kind=MistralConfig, sliding_window=None),
             lengths)
    language("qwen2-7b", Qwen2ForCausalLM, llama(3584, 18944, 28, 28, 4, 152064, kind=Qwen2Config), lengths)
    # Head width 160 is not width / heads; embeddings tied.
    language("odd", LlamaForCausalLM, llama(1536, 4000, 3, 12, 3, 5003, head_dim=160, tie_word_embeddings=True),
             [1, 17, 300])
    vision("clip-vit-large-patch14-336", clip(336))
    vision("clip-vit-large-patch14-336, 23 of its layers", clip(336, layers=23))
    vision("clip-vit-large-patch14", clip(224))
    for name, text in [("llava-1.5-7b", llama(4096, 11008, 32, 32, vocabulary=32064)),
                       ("llava-1.5-13b", llama(5120, 13824, 40, 40, vocabulary=32064))]:
        model = build(LlavaForConditionalGeneration, LlavaConfig(vision_config=clip(336), text_config=text))
        features = torch.zeros(1, 576, 1024, device="meta")
        projector = model.model.multi_modal_projector
        print(name, "parameters", parameters(model), "connector FLOPs", flops(lambda: projector(features)))


if __name__ == "__main__":
    main()
