"""Reducers on arrays: the command's results bit for bit, and exceptions for all that is wrong."""

import numpy as np
import pytest

import roofline
from roofline import Features, Operator, Reducer, RooflineError


def tensors(path):
    """The tensors of a safetensors file, read by hand."""
    import json

    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    kinds = {"F32": np.float32, "I32": np.int32}
    return {
        name: np.frombuffer(data[8 + size + part["data_offsets"][0] : 8 + size + part["data_offsets"][1]],
                            kinds[part["dtype"]]).reshape(part["shape"])
        for name, part in json.loads(data[8 : 8 + size]).items() if name != "__metadata__"
    }


@pytest.fixture(scope="module")
def parts():
    sample = Features.sample("text")
    return {name: np.array(getattr(sample, name)) for name in ("keys", "cls_query", "tokens")}


@pytest.mark.parametrize("reducer", ["prumerge", "prumerge+:ratio=0.125", "visionzip:54+10", "divprune:0.25", "tome:r=16"])
def test_results_are_the_commands(command, tmp_path, reducer):
    path = tmp_path / "left.safetensors"
    command("reduce", "--sample", "text", "--reducer", reducer, "--output", path)
    wanted, found = tensors(path), roofline.reduce(Features.sample("text"), reducer)
    assert np.array_equal(found.tokens, wanted["tokens"]) and found.tokens.dtype == np.float32
    assert np.array_equal(found.kept, wanted["kept"])
    assert (found.assignment is None) == ("assignment" not in wanted)
    if found.assignment is not None:
        assert np.array_equal(found.assignment, wanted["assignment"])


def test_features_without_a_class_token_are_refused(tmp_path):
    import json

    def tensor(shape):
        return np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)

    parts = {"tokens": tensor((4, 8)), "keys": tensor((4, 8)), "cls_query": tensor((8,)),
             "mean_attention": np.array([0.1, 0.4, 0.2, 0.3], np.float32)}
    header, place = {}, 0
    for name, part in parts.items():
        header[name] = {"dtype": "F32", "shape": list(part.shape), "data_offsets": [place, place + part.nbytes]}
        place += part.nbytes
    text = json.dumps(header).encode()
    path = tmp_path / "four.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(part.tobytes() for part in parts.values()))
    with pytest.raises(RooflineError, match="no class token"):
        Features.read(path)


def test_layouts_do_not_matter(parts):
    wanted = roofline.reduce(parts)
    turned = {name: np.asfortranarray(value) for name, value in parts.items()}
    backwards = {name: value[::-1][::-1] for name, value in parts.items()}
    other = {name: value.astype(value.dtype.newbyteorder(">")) for name, value in parts.items()}
    for same in (turned, backwards, other, {name: value.astype(np.float64) for name, value in parts.items()}):
        found = roofline.reduce(same)
        assert np.array_equal(found.tokens, wanted.tokens) and np.array_equal(found.kept, wanted.kept)
    assert wanted.count == 41 and len(wanted.kept) == 40


def test_halves_are_widened(parts):
    halves = {name: value.astype(np.float16) for name, value in parts.items()}
    wide = {name: value.astype(np.float32) for name, value in halves.items()}
    assert np.array_equal(roofline.reduce(halves).tokens, roofline.reduce(wide).tokens)


def test_tensors_of_torch(parts):
    torch = pytest.importorskip("torch")
    wanted = roofline.reduce(parts)
    found = roofline.reduce({name: torch.from_numpy(value).requires_grad_() for name, value in parts.items()})
    assert np.array_equal(found.tokens, wanted.tokens)
    brains = {name: torch.from_numpy(value).bfloat16() for name, value in parts.items()}
    wide = {name: value.float() for name, value in brains.items()}
    assert np.array_equal(roofline.reduce(brains).tokens, roofline.reduce(wide).tokens)
    columns = {name: value.t().contiguous().t() for name, value in wide.items()}
    assert np.array_equal(roofline.reduce(columns).tokens, roofline.reduce(wide).tokens)
    with pytest.raises(TypeError):
        roofline.reduce({**brains, "keys": brains["keys"].to(torch.int32)})
    with pytest.raises(ValueError):
        roofline.reduce({**brains, "keys": brains["keys"][None]})
    with pytest.raises(TypeError):
        roofline.reduce({**brains, "keys": brains["keys"].to("meta")})


def changed(parts, name, value):
    return {**parts, name: value}


@pytest.mark.parametrize("wrong", [
    lambda p: changed(p, "keys", p["keys"][:, :-1]), lambda p: changed(p, "keys", p["keys"][:-1]),
    lambda p: changed(p, "keys", p["keys"].ravel()), lambda p: changed(p, "keys", p["keys"][None]),
    lambda p: changed(p, "keys", p["keys"].astype(np.int32)), lambda p: changed(p, "keys", p["keys"].astype(complex)),
    lambda p: changed(p, "keys", "keys"), lambda p: changed(p, "keys", [[object()]]),
    lambda p: changed(p, "keys", np.zeros((0, 1024), np.float32)),
    lambda p: changed(p, "keys", np.zeros((577, 0), np.float32)),
    lambda p: changed(p, "keys", np.zeros((1, 1024), np.float32)),
    lambda p: changed(p, "cls_query", p["cls_query"][:-1]), lambda p: changed(p, "cls_query", p["keys"]),
    lambda p: changed(p, "tokens", p["tokens"][:, ::2]), lambda p: changed(p, "penultimate_keys", p["keys"][:9]),
    lambda p: changed(p, "grid", (23, 24)), lambda p: changed(p, "grid", (-24, -24)), lambda p: changed(p, "heads", 7),
    lambda p: changed(p, "heads", -1), lambda p: changed(p, "name", "a\0b"), lambda p: changed(p, "nonsense", 1),
    lambda p: {},
])
def test_wrong_arrays_raise(parts, wrong):
    with pytest.raises((ValueError, TypeError)):
        roofline.reduce(wrong(parts))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["keys", "tokens"])
def test_what_is_no_number_is_named(parts, name, value):
    broken = parts[name].copy()
    broken[3, 5] = value
    with pytest.raises(RooflineError, match="row 3, column 5"):
        roofline.reduce(changed(parts, name, broken))


def test_unknown_reducers(parts):
    with pytest.raises(RooflineError, match="did you mean"):
        roofline.reduce(parts, "prumerg")
    with pytest.raises(RooflineError):
        roofline.reduce(parts, "fastv:K=2,R=0.5")
    with pytest.raises(RooflineError):
        roofline.reduce("no-such-file.safetensors")


def test_results_outlive_their_features(parts):
    import gc

    tokens = roofline.reduce(parts).tokens
    kept = tokens.copy()
    gc.collect()
    roofline.reduce(parts, "sequential:576")
    assert np.array_equal(tokens, kept)


# Keeps the patches with the largest keys: no paper's, but a bill that can be counted by hand.
LONGEST = Reducer(
    "longest", lambda features: np.argsort(-np.linalg.norm(features.keys[1:], axis=1), kind="stable")[:64],
    lambda shape: [Operator(vector_flops=2 * shape.patches * shape.width, reads=shape.patches * shape.width)],
)


def test_a_reducer_in_python(parts):
    found = roofline.reduce(parts, LONGEST)
    assert found.count == 64 and np.array_equal(found.tokens, parts["tokens"][1:][found.kept])
    question = dict(model="llava-1.5-7b", gpu="a100-80gb", precision="fp16")
    mine = roofline.estimate(**question, reducer=LONGEST, features=Features(**parts))
    ours = roofline.estimate(**question, reducer="sequential:64")
    assert mine.visual_tokens == ours.visual_tokens == 64 and mine.reducer == "longest"
    # The steps behind the encoder differ, the prefill does not.
    assert mine.expected_prefill_seconds == ours.expected_prefill_seconds
    steps = mine.operators()
    place = list(steps["stage"]).index("reduction")
    assert steps["vector_flops"][place] == 2 * 576 * 1024
    # Numbers of two bytes.
    assert steps["activation_read_bytes"][place] == 2 * 576 * 1024


@pytest.mark.parametrize("kept", [[], [576], [-1], [[1]], [0.5], "abc", None])
def test_wrong_results_of_reducers_in_python(parts, kept):
    with pytest.raises(ValueError):
        roofline.reduce(parts, Reducer("wrong", lambda features: kept))
