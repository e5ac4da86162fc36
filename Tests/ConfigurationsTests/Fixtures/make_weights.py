#!/usr/bin/env python3
"""Writes checkpoints in small sizes by the official writers (weights/), and what those say of them (weights.csv).

    python3 -m venv venv && venv/bin/pip install safetensors gguf numpy
    venv/bin/python make_weights.py

weights/llama: one safetensors file beside a config.json; weights/llama-fp8: two files and their index, products in FP8 with
scales of blocks, as `quantization_config` says; weights/llama.gguf: a mixture of quantised types of blocks, and
weights/mixtral.gguf one of experts. Numbers are zeros. Of each `bytes` are the bytes of all tensors, as the reader of the
same package counts them, and `FORMAT` those of one format; `types.csv` has the block sizes of all of ggml's types.

safetensors 0.8.0, gguf 0.19.0.
"""

import csv
import json
import pathlib

import gguf
import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent / "weights"
HERE.mkdir(exist_ok=True)
LLAMA = dict(architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=128, intermediate_size=144,
             num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, vocab_size=48,
             max_position_embeddings=512, tie_word_embeddings=False)
PRODUCTS = {"self_attn.q_proj": (128, 128), "self_attn.k_proj": (64, 128), "self_attn.v_proj": (64, 128),
            "self_attn.o_proj": (128, 128), "mlp.gate_proj": (144, 128), "mlp.up_proj": (144, 128),
            "mlp.down_proj": (128, 144)}
rows = []


def count_safetensors(name, paths):
    formats = {}
    for path in paths:
        text = path.read_bytes()
        header = json.loads(text[8:8 + int.from_bytes(text[:8], "little")])
        with safe_open(path, "np") as file:
            assert set(file.keys()) == set(header) - {"__metadata__"}
        for key, entry in header.items():
            if key != "__metadata__":
                begin, end = entry["data_offsets"]
                formats[entry["dtype"]] = formats.get(entry["dtype"], 0) + end - begin
    rows.append((name, "bytes", sum(formats.values())))
    rows.extend((name, f, n) for f, n in sorted(formats.items()))


def folder(name, config, files, index=False):
    path = HERE / name
    path.mkdir(exist_ok=True)
    (path / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    for file, tensors in files.items():
        save_file(tensors, path / file, metadata={"format": "pt"})
    if index:
        places = {key: file for file, tensors in files.items() for key in tensors}
        total = sum(t.nbytes for tensors in files.values() for t in tensors.values())
        (path / "model.safetensors.index.json").write_text(
            json.dumps(dict(metadata=dict(total_size=total), weight_map=places), indent=1) + "\n")
    count_safetensors(name, [path / file for file in files])


ends = {"model.embed_tokens.weight": np.zeros((48, 128), np.float16), "model.norm.weight": np.zeros(128, np.float16),
        "lm_head.weight": np.zeros((48, 128), np.float16)}
layers = [{f"model.layers.{i}.{n}_layernorm.weight": np.zeros(128, np.float16) for n in ("input", "post_attention")}
          for i in range(2)]
plain = [{f"model.layers.{i}.{n}.weight": np.zeros(s, np.float16) for n, s in PRODUCTS.items()} for i in range(2)]
folder("llama", LLAMA, {"model.safetensors": {**ends, **layers[0], **layers[1], **plain[0], **plain[1]}})

try:
    import ml_dtypes
    FP8 = ml_dtypes.float8_e4m3fn
except ImportError:
    FP8 = None
quantized = []
for i in range(2):
    tensors = {}
    for n, s in PRODUCTS.items():
        tensors[f"model.layers.{i}.{n}.weight"] = np.zeros(s, np.uint8 if FP8 is None else FP8)
        tensors[f"model.layers.{i}.{n}.weight_scale_inv"] = np.ones(((s[0] + 127) // 128, (s[1] + 127) // 128), np.float32)
    quantized.append(tensors)
config = dict(LLAMA, quantization_config=dict(quant_method="fp8", weight_block_size=[128, 128], activation_scheme="dynamic"))
folder("llama-fp8", config, {"model-00001-of-00002.safetensors": {**ends, **layers[0], **quantized[0]},
                             "model-00002-of-00002.safetensors": {**layers[1], **quantized[1]}}, index=True)

Q = gguf.GGMLQuantizationType
SIZES = gguf.GGML_QUANT_SIZES


def write_gguf(name, architecture, values, tensors):
    path = HERE / name
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(name)
    for method, value in values:
        getattr(writer, method)(value)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"token {i}" for i in range(48)])
    writer.add_array("tokenizer.ggml.token_type", [1] * 48)
    for key, shape, kind in tensors:
        length, size = SIZES[kind]
        assert shape[-1] % length == 0
        if kind in (Q.F32, Q.F16):
            writer.add_tensor(key, np.zeros(shape, np.float32 if kind == Q.F32 else np.float16))
        else:
            data = np.zeros((*shape[:-1], shape[-1] // length * size), np.uint8)
            writer.add_tensor(key, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    formats = {}
    for tensor in gguf.GGUFReader(path).tensors:
        formats[tensor.tensor_type.name] = formats.get(tensor.tensor_type.name, 0) + int(tensor.n_bytes)
    rows.append((name, "bytes", sum(formats.values())))
    rows.extend((name, f, n) for f, n in sorted(formats.items()))


SIZE_VALUES = [("add_context_length", 512), ("add_embedding_length", 256), ("add_block_count", 2),
               ("add_feed_forward_length", 256), ("add_head_count", 4), ("add_head_count_kv", 1),
               ("add_rope_dimension_count", 64)]
NAMES = {"attn_q": (256, 256), "attn_k": (64, 256), "attn_v": (64, 256), "attn_output": (256, 256)}


def layer(i, kinds):
    tensors = [(f"blk.{i}.{n}.weight", s, kinds.get(n, Q.Q4_K)) for n, s in NAMES.items()]
    return tensors + [(f"blk.{i}.{n}.weight", (256,), Q.F32) for n in ("attn_norm", "ffn_norm")]


ENDS = [("token_embd.weight", (48, 256), Q.Q4_K), ("output_norm.weight", (256,), Q.F32),
        ("output.weight", (48, 256), Q.Q6_K)]
write_gguf("llama.gguf", "llama", SIZE_VALUES, ENDS + [
    tensor for i in range(2) for tensor in layer(i, {"attn_v": Q.Q6_K, "attn_k": Q.IQ4_NL}) + [
        (f"blk.{i}.ffn_gate.weight", (256, 256), Q.IQ3_S), (f"blk.{i}.ffn_up.weight", (256, 256), Q.Q5_0),
        (f"blk.{i}.ffn_down.weight", (256, 256), Q.Q8_0)]])
write_gguf("mixtral.gguf", "llama", SIZE_VALUES + [("add_expert_count", 2), ("add_expert_used_count", 1)], ENDS[:2] + [
    tensor for i in range(2) for tensor in layer(i, {}) + [
        (f"blk.{i}.ffn_gate_inp.weight", (2, 256), Q.F32), (f"blk.{i}.ffn_gate_exps.weight", (2, 256, 256), Q.MXFP4),
        (f"blk.{i}.ffn_up_exps.weight", (2, 256, 256), Q.MXFP4), (f"blk.{i}.ffn_down_exps.weight", (2, 256, 256), Q.Q2_K)]])

with open(HERE.parent / "weights.csv", "w") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["checkpoint", "what", "count"])
    writer.writerows(rows)
with open(HERE / "types.csv", "w") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["type", "name", "length", "bytes"])
    writer.writerows((int(t), t.name, *SIZES[t]) for t in Q)
