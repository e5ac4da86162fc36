"""Answers are those of the command, to the last digit."""

import multiprocessing
import os
import signal
import threading

import numpy as np
import pytest

import roofline
from roofline import RooflineError


def rows(table):
    return [table.row(number) for number in range(table.rows)]


def test_sweep_of_ten_thousand_rows(command):
    # 2 x 2 x 50 x 50 rows, some of which do not fit.
    table = roofline.sweep(
        model="llava-1.5-7b", gpu=["v100", "h100-sxm"], precision="fp16,int4", tokens=range(1, 51), batch=range(1, 51),
        generate=64,
    )
    answer = command(
        "--model", "llava-1.5-7b", "--gpu", "v100,h100-sxm", "--precision", "fp16,int4", "--tokens", "1..50",
        "--batch", "1..50", "--generate", 64, "--format", "json",
    )
    assert table.rows == 10_000
    assert list(table) == list(answer["rows"][0])
    for key in table:
        wanted = [row[key] for row in answer["rows"]]
        found = [roofline._table._plain(value) for value in table[key]]
        assert found == wanted, key


def test_orders_conditions_and_omissions(command):
    question = dict(model=["llava-1.5-7b", "vicuna-7b"], gpu="v100", batch=[1, 256], where="fits", sort="TTFT", top=3)
    table = roofline.sweep(**question)
    answer = command(
        "--model", "llava-1.5-7b,vicuna-7b", "--gpu", "v100", "--batch", "1,256", "--where", "fits", "--sort", "TTFT",
        "--top", 3, "--format", "json",
    )
    assert rows(table) == answer["rows"]


@pytest.mark.parametrize("subject, arguments", [
    ("compare", dict(model="llava-1.5-7b", gpu="a100-80gb", budget=144)),
    ("operators", dict(model="llava-1.5-7b", gpu="a100-80gb", generate=16)),
    ("plan", dict(model="llava-1.5-7b", gpu=["l40s", "a100-80gb"], precision="int4", generate=64, rate=4,
                  ttft="500ms@p95")),
    ("simulate", dict(model="llava-1.5-7b", gpu="a100-80gb", precision="fp16", generate=32, rate=[2, 4], requests=40)),
])
def test_subcommands(command, subject, arguments):
    table = getattr(roofline, subject)(**arguments)
    options = [part for key, value in arguments.items()
               for part in (f"--{key}", ",".join(map(str, value)) if isinstance(value, list) else value)]
    answer = command(subject, *options, "--format", "json")
    assert rows(table) == answer["rows"]
    for key in {"operators": ["total"], "plan": ["answer", "ruled_out"]}.get(subject, []):
        assert table.details[key] == answer[key]


def test_an_estimate_is_the_row_of_its_question(command):
    answer = command("--model", "llava-1.5-7b", "--gpu", "a100-80gb", "--precision", "fp16", "--tokens", 64,
                     "--generate", 32, "--batch", 4, "--format", "json")
    found = roofline.estimate(model="llava-1.5-7b", gpu="a100-80gb", precision="fp16", tokens=64, generate=32, batch=4)
    assert found.to_dict() == answer["rows"][0]
    assert found.ttft == answer["rows"][0]["expected_time_to_first_token_seconds"]
    assert found["cost/1M"] == answer["rows"][0]["expected_cost_per_million_tokens"] and found.fits is True
    assert roofline.estimate(model="vicuna-7b", gpu="v100").tpot is None


def test_an_estimate_after_a_reducer(command):
    answer = command("--model", "llava-1.5-7b", "--gpu", "v100", "--precision", "fp16", "--tokens", "adaptive",
                     "--format", "json")
    found = roofline.estimate(model="llava-1.5-7b", gpu="v100", reducer="prumerge")
    assert found.to_dict() == answer["rows"][1]
    assert found.visual_tokens == 41


def test_lengths_that_change_are_not_mixed_up():
    def one(**lengths):
        return roofline.estimate(model="vicuna-7b", gpu="v100", precision="fp16", tokens=16, **lengths).to_dict()

    short, long = one(text_tokens=8), one(text_tokens=800, batch=2, generate=7, context=3)
    assert (short["text_tokens"], short["batch"], short["output_tokens"], short["context_tokens"]) == (8, 1, 0, 0)
    assert (long["text_tokens"], long["batch"], long["output_tokens"], long["context_tokens"]) == (800, 2, 7, 3)
    assert one(text_tokens="8") == short and one(text_tokens=np.int64(8)) == short


def test_lists_and_facts(command):
    for kind in ("models", "hardware", "engines", "reducers", "columns"):
        table = getattr(roofline, f"list_{kind}")()
        assert rows(table) == command("list", kind, "--format", "json")["rows"]
    assert roofline.show("v100").rows == len(command("show", "v100", "--format", "json")["rows"])


def test_a_model_may_be_a_dictionary(tmp_path):
    import json

    config = dict(
        model_type="llama", architectures=["LlamaForCausalLM"], hidden_size=256, intermediate_size=512,
        num_hidden_layers=3, num_attention_heads=4, vocab_size=1000, tie_word_embeddings=False,
    )
    # Embedding and head 2 x 1000 x 256; a layer 4 x 256^2 + 3 x 256 x 512 + 2 norms of 256; the last norm.
    parameters = 2 * 1000 * 256 + 3 * (4 * 256**2 + 3 * 256 * 512 + 2 * 256) + 256
    (tmp_path / "config.json").write_text(json.dumps(config))
    by_value = roofline.estimate(model=config, gpu="v100", precision="fp16")
    by_path = roofline.estimate(model=tmp_path, gpu="v100", precision="fp16")
    assert by_value.parameters == by_path.parameters == parameters
    with pytest.raises(RooflineError) as raised:
        roofline.estimate(model={**config, "hidden_size": "wide"}, gpu="v100")
    assert raised.value.file == "llama" and raised.value.line == 1 and raised.value.column > 1


def test_errors_carry_their_place(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "odd.yaml").write_text("name: odd\ntitle: Odd\nlanguage:\n  layers: many\n")
    with pytest.raises(RooflineError) as raised:
        roofline.estimate(model="odd", gpu="v100", catalog=tmp_path)
    assert raised.value.file.endswith("odd.yaml") and raised.value.line == 1
    # All that is wrong, each with its place.
    assert "odd.yaml:4:11" in raised.value.explanation and "^" in raised.value.explanation
    with pytest.raises(RooflineError) as raised:
        roofline.estimate(model="vicuna-7b", gpu="v10")
    assert raised.value.advice.startswith("did you mean")


@pytest.mark.parametrize("wrong", [
    dict(gpu="v100", batch=-1), dict(gpu="v100", batch=2**70), dict(gpu="v100", text_tokens=-1),
    dict(gpu="v100", tokens=-3), dict(gpu="v100", nonsense=1), dict(gpu=["v100", "a10"]), dict(gpu="v100\0"),
    dict(gpu=object()), dict(gpu="v100", batch=1.5), dict(gpu="v100", generate=10**30), dict(gpu=None), dict(gpu=""),
    dict(gpu="v100", features="none.safetensors"), dict(gpu="v100", batch=[1, 2]), dict(gpu="v100", batch=True),
])
def test_wrong_calls_raise(wrong):
    with pytest.raises((ValueError, TypeError)):
        roofline.estimate(model="vicuna-7b", **wrong)


def test_wrong_columns_and_rows():
    table = roofline.sweep(model="vicuna-7b", gpu="v100", columns="batch,TTFT")
    assert list(table) == ["batch", "expected_time_to_first_token_seconds"]
    with pytest.raises(KeyError):
        table["nonsense"]
    with pytest.raises(IndexError):
        table.row(99)
    with pytest.raises(AttributeError):
        roofline.estimate(model="vicuna-7b", gpu="v100").nonsense
    with pytest.raises(ValueError):
        table["batch"][0] = 1


def test_handles_are_not_copied():
    import copy
    import pickle

    estimate = roofline.estimate(model="vicuna-7b", gpu="v100")
    table = roofline.sweep(model="vicuna-7b", gpu="v100", columns="TTFT")
    for held in (estimate, table):
        for how in (copy.copy, copy.deepcopy, pickle.dumps):
            if how is copy.copy and held is table:
                continue  # shares the handle, which is counted
            with pytest.raises(TypeError):
                how(held)


def test_an_array_outlives_its_table():
    import gc

    column = roofline.sweep(model="vicuna-7b", gpu="v100", batch="1..5000", columns="batch")["batch"]
    gc.collect()
    # Two precisions and, unasked, no visual tokens.
    assert column.sum() == 2 * 5000 * 5001 // 2


def test_tables_in_other_forms():
    pandas, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    table = roofline.sweep(model="llava-1.5-7b", gpu="v100", batch="1..300")
    frame, columns = table.to_pandas(), table.to_arrow()
    assert isinstance(frame, pandas.DataFrame) and isinstance(columns, arrow.Table)
    assert frame["fits"].tolist() == columns["fits"].to_pylist() == list(table["fits"])
    assert columns["sample"].to_pylist() == list(table["sample"])
    assert columns["expected_request_seconds"].null_count == table.rows
    assert table["stages"][0][0]["stage"] == "vision"


def test_pictures_of_answers():
    table = roofline.sweep(model="llava-1.5-7b", gpu="v100", tokens="64..576:64")
    assert table.plot()._repr_svg_().startswith("<svg")
    assert "<td>v100</td>" in table._repr_html_()
    estimate = roofline.estimate(model="llava-1.5-7b", gpu="v100", tokens=64)
    assert "<svg" in estimate.plot().text and "v100" in estimate._repr_html_()
    with pytest.raises(RooflineError):
        table.plot("nonsense")


def total(first):
    lengths = range(first, first + 300)
    return sum(roofline.estimate(model="llava-1.5-7b", gpu="v100", tokens=n, generate=9).ttft for n in lengths)


def test_threads_agree():
    wanted, found = total(1), [0.0] * 8
    threads = [threading.Thread(target=lambda place=place: found.__setitem__(place, total(1))) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 8


def test_a_fork_goes_on():
    total(1)
    before = roofline.sweep(model="vicuna-7b", gpu="v100", batch="1..1000", columns="TTFT")
    features = roofline.Features.sample("text")
    roofline.reduce(features, "divprune:0.25")
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(total, [1, 2]) == [total(1), total(2)]
        again = pool.apply_async(sweep_again).get(120)
    assert again == before["expected_time_to_first_token_seconds"].tolist()


def sweep_again():
    roofline.reduce(roofline.Features.sample("text"), "divprune:0.25")
    table = roofline.sweep(model="vicuna-7b", gpu="v100", batch="1..1000", columns="TTFT")
    return table["expected_time_to_first_token_seconds"].tolist()


def test_an_interruption_ends_a_long_sweep():
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        roofline.sweep(model="llava-1.5-7b", gpu="all", batch="1..1000", tokens="1..576", generate=16, columns="TPOT")
