#!/usr/bin/env python3
"""Ask a peer about published measurements: scoreboard_peers.py PEER [CHECKOUT] < MEASUREMENTS.json > ANSWERS.json

Runs in an interpreter that has the peer's packages (scoreboard.py makes one). PEER is a name of PEERS; CHECKOUT is the folder of
a peer that is no package. An answer is {"seconds": ...} or {"refused": why}, by the measurement's id, and "each" is the
median of the seconds that an answer took in this process, imports and tables that are loaded once left out.

Peers are asked as their documentation says, with their defaults. What a peer has no word for is refused here with the
reason, never approximated by another device or model. Where it prices prefill and decoding apart, a request is its prefill
and the steps after the first token at the mean context, which is exact where steps are linear in it.
"""

import contextlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
import types

# Sizes as the models' configurations give them.
MODELS = {
    "llama-2-7b": dict(hidden_size=4096, intermediate_size=11008, num_hidden_layers=32, num_attention_heads=32,
                       num_key_value_heads=32, vocab_size=32000, max_position_embeddings=4096),
    "llama-2-70b": dict(hidden_size=8192, intermediate_size=28672, num_hidden_layers=80, num_attention_heads=64,
                        num_key_value_heads=8, vocab_size=32000, max_position_embeddings=4096),
    "llama-3.1-8b": dict(hidden_size=4096, intermediate_size=14336, num_hidden_layers=32, num_attention_heads=32,
                         num_key_value_heads=8, vocab_size=128256, max_position_embeddings=131072),
    "llama-3.1-70b": dict(hidden_size=8192, intermediate_size=28672, num_hidden_layers=80, num_attention_heads=64,
                          num_key_value_heads=8, vocab_size=128256, max_position_embeddings=131072),
    "mistral-7b": dict(hidden_size=4096, intermediate_size=14336, num_hidden_layers=32, num_attention_heads=32,
                       num_key_value_heads=8, vocab_size=32000, max_position_embeddings=32768),
}


class Refused(Exception):
    """Why a peer cannot be asked this."""


def name_of(table, key, what):
    if key not in table:
        raise Refused(f"has no {what} {key}")
    return table[key]


def config_folder(model):
    """A folder with the model's config.json, as the hub has it."""
    folder = tempfile.mkdtemp()
    kind = "mistral" if model.startswith("mistral") else "llama"
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump({"model_type": kind, "architectures": [kind.title() + "ForCausalLM"], "torch_dtype": "float16",
                   "tie_word_embeddings": False, "hidden_act": "silu", "rms_norm_eps": 1e-5, **MODELS[model]}, file)
    return folder


def parameters(model):
    """All weights but the norms': attention, three products of the feed-forward block, embedding and head."""
    sizes = MODELS[model]
    width, kv = sizes["hidden_size"], sizes["hidden_size"] * sizes["num_key_value_heads"] // sizes["num_attention_heads"]
    layer = 2 * width * width + 2 * width * kv + 3 * width * sizes["intermediate_size"]
    return sizes["num_hidden_layers"] * layer + 2 * sizes["vocab_size"] * width


def composed(row, prefill, step):
    """The answer from a prefill of the prompt and one step at the mean context."""
    mean = row["context"] + row["prompt"] + row["generated"] / 2
    if row["phase"] == "prefill":
        return prefill(row["prompt"])
    if row["phase"] == "decode":
        return step(mean)
    return prefill(row["prompt"]) + (row["generated"] - 1) * step(mean)


def llm_viewer(checkout):
    """github.com/hahnyuan/LLM-Viewer with flash attention. Its import of transformers is replaced by the models' sizes; FP8 is
    asked as its 8 bits."""
    sys.path.insert(0, checkout)
    os.chdir(checkout)
    stub = types.ModuleType("transformers")
    stub.AutoTokenizer = stub.AutoModelForCausalLM = None
    stub.AutoConfig = types.SimpleNamespace(
        from_pretrained=lambda name, **_: types.SimpleNamespace(**MODELS[name]))
    sys.modules["transformers"] = stub
    from model_analyzer import ModelAnalyzer
    devices = {"a100-80gb": "nvidia_A100_80G", "a100-40gb": "nvidia_A100_40G", "h100-sxm": "nvidia_H100_SXM"}

    def answer(row):
        if row["devices"] > 1:
            raise Refused("knows one device")
        analyzer = ModelAnalyzer(row["model"], name_of(devices, row["device"], "device"), "configs/Llama.py")
        bits = 8 if row["precision"] == "fp8" else 16

        def stage(name, tokens):
            # Half a token apart where the mean context is no whole number: its formulas are linear.
            results = analyzer.analyze(tokens, row["batch"], w_bit=bits, a_bit=bits, use_flashattention=True)
            return results["total_results"][name]["inference_time"]

        return composed(row, lambda tokens: stage("prefill", tokens), lambda tokens: stage("decode", tokens))

    return answer


def genz(_):
    """github.com/abhibambhaniya/GenZ-LLM-Analyzer: its prefill and its decoding, a beam of one."""
    from GenZ import decode_moddeling, prefill_moddeling
    models = {"llama-2-7b": "llama2_7b", "llama-2-70b": "llama2_70b", "llama-3.1-8b": "llama3_8b", "mistral-7b": "mistral_7b"}
    devices = {"a100-80gb": "A100_80GB_GPU", "a100-40gb": "A100_40GB_GPU", "h100-sxm": "H100_GPU"}

    def answer(row):
        shared = dict(model=name_of(models, row["model"], "model"), batch_size=row["batch"],
                      system_name=name_of(devices, row["device"], "device"), tensor_parallel=row["devices"],
                      bits="fp8" if row["precision"] == "fp8" else "bf16")
        return composed(
            row, lambda tokens: prefill_moddeling(input_tokens=tokens, **shared)["Latency"] / 1000,
            lambda tokens: decode_moddeling(
                input_tokens=row["context"] + row["prompt"], output_tokens=row["generated"] // 2, Bb=1, **shared)["Latency"] / 1000)

    return answer


def llm_analysis(_):
    """github.com/cli99/llm-analysis with the efficiencies of its examples (0.7 of the peak, 0.9 of the bandwidth); FP8 is asked
    as its 8 bits."""
    import logging
    from llm_analysis import config
    from llm_analysis.analysis import LLMAnalysis
    from llm_analysis.config import ModelConfig, ParallelismConfig, get_dtype_config_by_name, get_gpu_config_by_name
    logging.disable(logging.CRITICAL)
    devices = {"a100-80gb": "a100-sxm-80gb", "a100-40gb": "a100-sxm-40gb", "h100-sxm": "h100-sxm-80gb"}

    def answer(row):
        sizes = MODELS[row["model"]]
        model = ModelConfig(
            name=row["model"], num_layers=sizes["num_hidden_layers"], n_head=sizes["num_attention_heads"],
            hidden_dim=sizes["hidden_size"], vocab_size=sizes["vocab_size"], num_key_value_heads=sizes["num_key_value_heads"],
            # It knows two products in a feed-forward block; its own LLaMA has 4 x the width there.
            ffn_embed_dim=4 * sizes["hidden_size"], model_type="llama")
        analysis = LLMAnalysis(
            model, get_gpu_config_by_name(name_of(devices, row["device"], "device")),
            get_dtype_config_by_name("w8a8e16" if row["precision"] == "fp8" else "w16a16e16"),
            ParallelismConfig(tp_size=row["devices"], pp_size=1, sp_size=row["devices"], dp_size=1),
            flops_efficiency=0.7, hbm_memory_efficiency=0.9)
        summary = analysis.inference(
            batch_size_per_gpu=row["batch"], seq_len=row["context"] + row["prompt"],
            num_tokens_to_generate=max(row["generated"], 1))
        if row["phase"] == "prefill":
            return summary["prefill_latency"]
        # Its decoding of all tokens, one of which the prefill makes.
        each = summary["total_decode_latency"] / row["generated"]
        return each if row["phase"] == "decode" else summary["prefill_latency"] + (row["generated"] - 1) * each

    return answer


def servcalc(_):
    """github.com/sacom123/servcalc, profile vllm, the middle of its ranges: a server with so many users, not one batch."""
    import dataclasses
    from servcalc import Workload, estimate
    from servcalc.profiles import resolve_profile
    devices = {"a100-80gb": "A100 80GB", "a100-40gb": "A100 40GB", "h100-sxm": "H100 80GB", "rtx-4090": "RTX 4090"}
    folders = {model: config_folder(model) for model in MODELS}

    def answer(row):
        if row["devices"] > 1:
            raise Refused("knows one device")
        config = os.path.join(folders[row["model"]], "config.json")
        with open(config) as file:
            profile, _ = resolve_profile("vllm", json.load(file))
        if row["precision"] == "fp8":
            profile = dataclasses.replace(profile, quant="fp8", kv_bits=8)
        work = Workload(row["context"] + row["prompt"], max(row["generated"], 2), (row["batch"],))
        point = estimate(config, name_of(devices, row["device"], "device"), workload=work, profile=profile).points[0]
        if not point.feasible:
            raise Refused(f"calls it infeasible ({point.infeasible_reason})")
        first, each = point.ttft_ms.mid / 1000, point.itl_ms.mid / 1000
        return {"prefill": first, "decode": each, "request": first + (row["generated"] - 1) * each}[row["phase"]]

    return answer


def ridgepoint(_):
    """github.com/Isk4R1oT/ridgepoint, engine vllm, the best of its ranges, of one request alone."""
    from ridgepoint import _core
    devices = {"a100-80gb": "a100-80gb", "a100-40gb": "a100-40gb", "h100-sxm": "h100-80gb", "rtx-4090": "rtx4090-24gb"}

    def answer(row):
        if row["batch"] > 1:
            raise Refused("times one sequence at a time")
        sizes = MODELS[row["model"]]
        mean = int(row["context"] + row["prompt"] + row["generated"] / 2)
        count = parameters(row["model"])
        told = json.loads(_core.fit_shape(
            row["model"], sizes["num_hidden_layers"], sizes["num_hidden_layers"], sizes["hidden_size"], count, count, "gqa",
            sizes["hidden_size"] // sizes["num_attention_heads"], sizes["num_attention_heads"], sizes["num_key_value_heads"],
            0, 0, name_of(devices, row["device"], "device"), row["devices"], "vllm",
            "fp8" if row["precision"] == "fp8" else "fp16", "fp8" if row["precision"] == "fp8" else "fp16", mean,
            row["context"] + row["prompt"], True))["speed"]
        first, each = told["ttft_s"]["best"], 1 / told["decode_tok_s"]["best"]
        return {"prefill": first, "decode": each, "request": first + (row["generated"] - 1) * each}[row["phase"]]

    return answer


def aiconfigurator(_):
    """github.com/ai-dynamo/aiconfigurator: static runs, from its kernels' times of TensorRT-LLM, or of vLLM where that ran."""
    from aiconfigurator_core.sdk import common, config, perf_database
    from aiconfigurator_core.sdk.backends.factory import get_backend
    from aiconfigurator_core.sdk.models import get_model
    systems = {"a100-80gb": "a100_sxm", "h100-sxm": "h100_sxm"}
    folders = {model: config_folder(model) for model in MODELS}

    def answer(row):
        system = name_of(systems, row["device"], "device")
        backend = "vllm" if row["engine"].startswith("vLLM") else "trtllm"
        database = perf_database.get_database(
            system, backend, perf_database.get_latest_database_version(system, backend))
        eight = row["precision"] == "fp8"
        quantised = config.ModelConfig(
            tp_size=row["devices"],
            gemm_quant_mode=common.GEMMQuantMode.fp8 if eight else common.GEMMQuantMode.bfloat16,
            kvcache_quant_mode=common.KVCacheQuantMode.fp8 if eight else common.KVCacheQuantMode.bfloat16,
            fmha_quant_mode=common.FMHAQuantMode.fp8 if eight else common.FMHAQuantMode.bfloat16,
            comm_quant_mode=common.CommQuantMode.half)
        model = get_model(folders[row["model"]], quantised, backend)
        mode = {"prefill": "static_ctx", "decode": "static_gen", "request": "static"}[row["phase"]]
        milliseconds = get_backend(backend).run_static_latency_only(
            model, database, config.RuntimeConfig(
                batch_size=row["batch"], beam_width=1, isl=row["context"] + row["prompt"], osl=max(row["generated"], 2)), mode)
        return milliseconds / 1000 / (row["generated"] - 1 if row["phase"] == "decode" else 1)

    return answer


# Name: how it is asked, what PyPI calls it (None: a checkout) with its version or the checkout's commit.
PEERS = {
    "LLM-Viewer": (llm_viewer, None, "472f71f"),
    "GenZ": (genz, "genz-llm", "0.0.16"),
    "llm-analysis": (llm_analysis, "llm-analysis", "0.2.2"),
    "servcalc": (servcalc, "servcalc", "0.1.0"),
    "ridgepoint": (ridgepoint, "ridgepoint", "0.1.2"),
    "aiconfigurator": (aiconfigurator, "aiconfigurator-core", "0.12.0"),
}


def main():
    rows = json.load(sys.stdin)
    answers, times = {}, []
    with contextlib.redirect_stdout(io.StringIO()):
        answer = PEERS[sys.argv[1]][0](sys.argv[2] if len(sys.argv) > 2 else None)
        with contextlib.suppress(Exception):
            answer(rows[0])  # loads what it loads once
        for row in rows:
            start = time.perf_counter()
            try:
                seconds = float(answer(row))
                if not seconds > 0:
                    raise Refused(f"says {seconds} s")
                answers[row["id"]] = {"seconds": float(f"{seconds:.6g}")}
                times.append(time.perf_counter() - start)
            except Refused as why:
                answers[row["id"]] = {"refused": str(why)}
            except Exception as error:  # A peer's own words are its answer.
                answers[row["id"]] = {"refused": f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"}
    json.dump({"answers": answers, "each": statistics.median(times) if times else None}, sys.stdout)


if __name__ == "__main__":
    main()
