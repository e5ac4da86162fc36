"""Questions: keyword arguments as the options of the program."""

from __future__ import annotations

import json
import os
import pathlib
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence, Union

from . import _library
from ._library import Handle

if TYPE_CHECKING:
    from typing_extensions import TypedDict, TypeAlias

    #: A value, a list of values, or a range as the program takes it: 576, [1, 2, 4], range(16, 577, 16), "16..576:16".
    Values: TypeAlias = Union[str, int, float, "os.PathLike[str]", Sequence[Any], range]
    #: A name, a path, a configuration as a dictionary or as transformers has it, or several of these.
    Models: TypeAlias = Union[str, "os.PathLike[str]", Mapping[str, Any], Any]

    class Question(TypedDict, total=False):
        """What can be asked: the options of the program, with underscores for dashes."""

        catalog: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
        model: Models
        gpu: Values
        hardware: Values
        precision: Values
        kv_precision: Values
        tokens: Values
        reducer: Any
        budget: int
        sample: str
        features: Any
        image_size: Values
        frames: Values
        max_pixels: Values
        rank_ratio: Values
        lora_rank: Values
        text_tokens: Values
        batch: Values
        generate: Values
        context: Values
        tensor_parallel: Values
        pipeline_parallel: Values
        expert_parallel: Values
        engine: Values
        memory_utilization: Values
        max_num_seqs: Values
        max_num_batched_tokens: Values
        accounting: str
        kernels: str
        price_per_hour: float | str | Mapping[str, float] | Sequence[Any]
        where: str
        sort: Values
        top: int
        pareto: Values
        columns: Values
        rate: Values
        concurrency: Values
        trace: str | os.PathLike[str]
        arrivals: str
        max_in_flight: int
        requests: int
        seed: int
        pictures: Any
        picture_tokens: Any
        shared_prompt: int
        shared_prompts: int
        block_size: int
        kv_tokens: int
        scheduling: str
        admission: str
        chunked_prefill: bool | str
        prefix_caching: bool | str
        pass_time: float | str
        sequence_time: float | str
        request_time: float | str
        replicas: Values
        routing: str
        tower: str
        speculate: str
        disaggregate: str
        warmup: int
        ttft: float | str
        tpot: float | str
        split: Values
        max_gpus: int
        max_cost_per_hour: float
        seeds: int
        find: str
        tolerance: float


def folders(given: Any = None) -> list[str]:
    """The user's catalogs as the program looks them up: those given, of ROOFLINE_CATALOG, of the user's settings."""
    listed = [] if given is None else [given] if isinstance(given, (str, os.PathLike)) else list(given)
    found = [os.fspath(folder) for folder in listed]
    found += [folder for folder in os.environ.get("ROOFLINE_CATALOG", "").split(":") if folder]
    base = os.environ.get("XDG_CONFIG_HOME", "")
    home = pathlib.Path(base) if base.startswith("/") else pathlib.Path(os.environ.get("HOME", "/nowhere"), ".config")
    user = home / "roofline"
    if any((user / kind).is_dir() for kind in ("hardware", "models", "engines")):
        found.append(str(user))
    return found


def texts(key: str, value: Any) -> list[str]:
    """The texts of a value, as they would stand behind the option."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, bool):
        return ["on" if value else "off"]
    if isinstance(value, range):
        if len(value) > 1 and value.step > 0:
            return [f"{value[0]}..{value[-1]}:{value.step}"]
        return [repr(number) for number in value]
    if isinstance(value, os.PathLike):
        return [os.fspath(value)]
    if isinstance(value, Mapping):
        return [f"{name}={number}" for name, number in value.items()]
    if hasattr(value, "as_option"):
        return [str(value.as_option())]
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, (int, float)):
        return [repr(value)]
    if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray)):
        return [text for item in value for text in texts(key, item)]
    raise TypeError(f"{key} takes a text, a number or a list of them, found {type(value).__name__}")


class Asked:
    """A question and the catalog that it is asked of, as the library holds them."""

    __slots__ = ("catalog", "question", "options")

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = {key: value for key, value in options.items() if value is not None}
        named = folders(self.options.pop("catalog", None))
        self.catalog = Handle(_library.catalog_free, _library.catalog_new, _library.texts(named), len(named))
        self.question = Handle(_library.question_free, _new_question)
        for key, value in self.options.items():
            if key == "model":
                value = self._models(value)
            self.set("gpu" if key == "hardware" else key.replace("_", "-"), texts(key, value))

    def set(self, option: str, values: list[str]) -> None:
        """Takes texts for an option in place of what it held."""
        _library.check(
            _library.question_set(self.question.pointer, option.encode(), _library.texts(values), len(values))
        )

    def _models(self, value: Any) -> list[str]:
        """The names of models; those that are configurations get one."""
        if isinstance(value, (str, os.PathLike)):
            return [os.fspath(value)]
        if not isinstance(value, Mapping) and hasattr(value, "to_dict"):
            value = value.to_dict()
        if not isinstance(value, Mapping):
            if not isinstance(value, Iterable):
                raise TypeError(f"model takes a name, a path or a configuration, found {type(value).__name__}")
            return [name for item in value for name in self._models(item)]
        name = str(value.get("_name_or_path") or value.get("name") or value.get("model_type") or "model")
        name = name.rstrip("/").split("/")[-1].replace(",", "-")
        text = json.dumps(value, default=str)
        _library.check(
            _library.catalog_define(self.catalog.pointer, _library.encoded(name), _library.encoded(text))
        )
        return [name]


def _new_question(made: Any) -> None:
    made._obj.value = _library.question_new()
