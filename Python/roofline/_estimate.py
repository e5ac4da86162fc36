"""Estimates, one by one: some microseconds each, their figures found out when they are asked for."""

from __future__ import annotations

import ctypes
import itertools
import json
import os
from ctypes import byref, c_double, c_int32, c_void_p
from typing import TYPE_CHECKING, Any, Mapping

from . import _library
from ._features import Features, Reducer, reduce
from ._library import BOOLEAN, COUNT, JSON, TEXT, Handle
from ._question import Asked, folders
from ._table import SVG, Table, render

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._question import Question

# A figure's number in the library, by all names that were asked for.
_figures: dict[str, int] = {}
_requests_estimate = _library.requests_estimate
_estimate_free = _library.estimate_free


def _figure(name: str) -> int:
    number, kind = c_int32(), c_int32()
    _library.check(_library.figure_find(_library.encoded(name), byref(number), byref(kind)))
    _figures[name] = number.value
    return number.value


class Estimate:
    """An estimate of a request. Its figures are attributes or items, by the key or the heading of a column:
    `estimate.expected_time_to_first_token_seconds`, `estimate.ttft`, `estimate["cost/1M"]`.

    Figures are in base units (seconds, bytes, FLOPs); None where there is no value. `roofline.list_columns()` has them all.
    """

    __slots__ = ("_pointer", "_requests", "_lengths", "__weakref__")

    def __init__(self, pointer: int, requests: "Requests", lengths: tuple[int, ...]) -> None:
        self._pointer, self._requests, self._lengths = pointer, requests, lengths

    def __del__(self) -> None:
        pointer = getattr(self, "_pointer", None)
        if pointer is not None:
            _estimate_free(pointer)

    def __reduce__(self) -> Any:
        raise TypeError("an estimate cannot be copied or sent to another process; send to_dict()")

    def __getitem__(self, name: str) -> Any:
        number = _figures.get(name)
        if number is None:
            number = _figure(name)
        value, text = c_double(), c_void_p()
        kind = _library.estimate_figure(self._pointer, number, byref(value), byref(text))
        if kind < 0:
            return None
        if kind == TEXT:
            return _library.taken(text.value)
        if kind == JSON:
            return json.loads(_library.taken(text.value))
        if kind == BOOLEAN:
            return value.value != 0
        return int(value.value) if kind == COUNT and value.value.is_integer() else value.value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except _library.RooflineError as error:
            raise AttributeError(str(error)) from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *column_keys()]

    def to_dict(self, columns: list[str] | None = None) -> dict[str, Any]:
        """The figures by key, as a row of the program's JSON; some of them where `columns` are given."""
        return {key: self[key] for key in (column_keys() if columns is None else columns)}

    def operators(self, step: int | None = None) -> Table:
        """The operators of all stages and, where tokens are generated, of a step of decoding: the last, or `step` from 1."""
        if step is not None and step < 1:
            raise ValueError(f"steps of decoding are counted from 1, found {step}")
        return Table(Handle(_library.table_free, _library.estimate_operators, self._pointer, step or 0))

    def plot(self, chart: str | None = None) -> SVG:
        """The operators under the roofs of the device, or with `stages` the stages one after the other."""
        return SVG(render(self._requests.asked_for(self._lengths), "operators", "svg", chart))

    def _repr_html_(self) -> str:
        rows = {key: self[key] for key in _SHOWN}
        cells = "".join(f"<tr><th>{key}</th><td>{value}</td></tr>" for key, value in rows.items() if value is not None)
        return f"<table>{cells}</table>"

    def __repr__(self) -> str:
        return f"<roofline.Estimate of {self.model} on {self.hardware}: {self.ttft:.4g} s until the first token>"


_SHOWN = (
    "model", "hardware", "precision", "engine", "reducer", "visual_tokens", "text_tokens", "batch", "output_tokens",
    "expected_time_to_first_token_seconds", "expected_time_per_output_token_seconds", "expected_tokens_per_second",
    "bound", "footprint_bytes", "fits",
)  # fmt: skip
_keys: list[str] = []


def column_keys() -> list[str]:
    """The keys of all columns that a row of an estimate has."""
    if not _keys:
        asked = Asked({})
        table = Table(Handle(_library.table_free, _library.list_table, asked.catalog.pointer, b"columns"))
        # In front of them stand those of pictures and orders, behind them those of comparisons.
        own = itertools.takewhile(lambda key: not key.startswith("paper_"), table["name"])
        _keys.extend(key for key in own if key not in ("image", "rank"))
    return _keys


class Requests:
    """Requests of one model on one device at one precision, whose lengths are said one by one.

    Takes what `estimate` takes. What all requests have in common is looked up once; any number of threads may estimate.
    """

    def __init__(self, **question: "Unpack[Question]") -> None:
        options: dict[str, Any] = dict(question)
        self._reducer, self._features = options.get("reducer"), options.get("features")
        if isinstance(self._reducer, Reducer):
            options.pop("reducer")
            options.pop("features", None)
            options.setdefault("tokens", "full")
        self._options = options
        self._asked = Asked(options)
        self._handle = Handle(
            _library.requests_free, _library.requests_new, self._asked.catalog.pointer, self._asked.question.pointer
        )
        own = _library.Lengths()
        _library.check(_library.requests_lengths(self._handle.pointer, byref(own)))
        self._text, self._batch, self._output, self._context = (
            own.text_tokens, own.batch, own.output_tokens, own.context,
        )  # fmt: skip
        self._outcome: _library.Reducer | None = None

    def estimate(
        self,
        tokens: int | None = None,
        text_tokens: int | None = None,
        batch: int | None = None,
        generate: int | None = None,
        context: int | None = None,
    ) -> Estimate:
        """The estimate of a request; what is not said is what the question says.

        Raises RooflineError for lengths that are out of range or do not suit the model, TypeError for what is no integer.
        """
        if tokens is not None and tokens < 0:
            raise _library.RooflineError(f"expected visual tokens from 0, found {tokens}")
        lengths = (
            -1 if tokens is None else tokens,
            self._text if text_tokens is None else text_tokens,
            self._batch if batch is None else batch,
            self._output if generate is None else generate,
            self._context if context is None else context,
        )
        made = c_void_p()
        try:
            if tokens is None and isinstance(self._reducer, Reducer):
                reducer = self._reduced(self._reducer)
                given = _library.Lengths(*lengths)
                error = _library.requests_reduced(self._handle.pointer, byref(reducer), byref(given), byref(made))
            else:
                error = _requests_estimate(self._handle.pointer, *lengths, byref(made))
        except ctypes.ArgumentError as wrong:
            raise TypeError(f"lengths are whole numbers, found {lengths}: {wrong}") from None
        if error is not None:
            _library.check(error)
        return Estimate(made.value, self, lengths)  # type: ignore[arg-type]

    def _reduced(self, reducer: Reducer) -> _library.Reducer:
        """What the caller's reducer leaves of the features, found out once."""
        if self._outcome is None:
            features = self._features
            if features is None:
                features = Features.sample(self._options.get("sample") or "text")
            elif not isinstance(features, (Features, Mapping)):
                features = Features.read(features)
            left = reduce(features, reducer)
            steps = [_library.Operator(*step) for step in reducer.operators(left.shape)] if left.shape else []
            self._outcome = _library.Reducer(
                _library.encoded(reducer.name),
                len(left.kept),
                left.count,
                int(reducer.reads_last_layer),
                (_library.Operator * max(1, len(steps)))(*steps),
                len(steps),
            )
        return self._outcome

    def asked_for(self, lengths: tuple[int, ...]) -> Asked:
        """The question with these lengths."""
        names = ("tokens", "text_tokens", "batch", "generate", "context")
        own = {name: length for name, length in zip(names, lengths) if length > 0 or name == "text_tokens" and length == 0}
        return Asked({**self._options, **own})


_cache: dict[Any, Requests] = {}
_CACHED = 256


def estimate(**question: "Unpack[Question]") -> Estimate:
    """The estimate of one request: one model on one device at one precision, of one length.

    Takes the options of `roofline estimate` with underscores for dashes, one value each; `precision` is by default fp16, or
    what the model's configuration states; `tokens` all visual tokens. What `Requests` looks up once is remembered between
    calls where names alone are given, so that the next takes microseconds. A `Reducer` runs on `features` (or `sample`).

    Raises RooflineError, with file, line, column and advice, for what is not known, makes no sense, or is not one.
    """
    options: Any = question
    lengths = [options.pop(name, None) for name in ("text_tokens", "batch", "generate", "context")]
    for length in lengths:
        if length is not None and type(length) is not int:
            # A text, a list: the library reads it.
            named = zip(("text_tokens", "batch", "generate", "context"), lengths)
            return Requests(**options, **dict(named)).estimate()
    tokens = options.get("tokens")
    is_counted = type(tokens) is int
    if is_counted:
        del options["tokens"]
    try:
        key: Any = (is_counted, os.environ.get("ROOFLINE_CATALOG"), *options.items())
        requests = _cache.get(key)
    except TypeError:  # a list or a dictionary
        key, requests = None, None
    if requests is None:
        requests = Requests(**options, tokens=tokens) if is_counted else Requests(**options)
        if key is not None and _is_of_names(options):
            if len(_cache) >= _CACHED:
                _cache.clear()
            _cache[key] = requests
    return requests.estimate(tokens if is_counted else None, *lengths)


def _is_of_names(options: Mapping[str, Any]) -> bool:
    """Whether nothing that is asked can change but in the program itself: no file is named."""
    if folders(options.get("catalog")):
        return False
    for value in options.values():
        if not isinstance(value, (str, int, float)):
            return False
        if isinstance(value, str) and ("/" in value or os.path.exists(value)):
            return False
    return True
