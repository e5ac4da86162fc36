"""libroofline through ctypes: its functions, its structures, its errors."""

from __future__ import annotations

import ctypes
import pathlib
import sys
from ctypes import POINTER, Structure, byref, c_char_p, c_double, c_int32, c_int64, c_void_p
from typing import Any, Callable

_INTERFACE = 1


class RooflineError(ValueError):
    """What is wrong with a question, a file or an array, as the program words it.

    Attributes:
        message: what is wrong, what was expected and what to do.
        advice: the part of it that says what to do, or None.
        file: the file that it is about, or None.
        line, column: the place in it, from 1, or None.
        explanation: all that is wrong with the file, each with its line and a caret.
    """

    def __init__(
        self,
        message: str,
        advice: str | None = None,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        explanation: str | None = None,
    ) -> None:
        super().__init__(message, advice, file, line, column, explanation)
        self.message, self.advice, self.file = message, advice, file
        self.line, self.column = line, column
        self.explanation = explanation or message

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{place}: {self.message}" if place else self.message


class _Error(Structure):
    _fields_ = [
        ("message", c_char_p),
        ("advice", c_char_p),
        ("file", c_char_p),
        ("line", c_int64),
        ("column", c_int64),
        ("explanation", c_char_p),
    ]


class Column(Structure):
    """roofline_column."""

    _fields_ = [
        ("key", c_char_p),
        ("kind", c_int32),
        ("rows", c_int64),
        ("nulls", c_int64),
        ("numbers", c_void_p),
        ("counts", c_void_p),
        ("codes", c_void_p),
        ("texts", POINTER(c_char_p)),
        ("text_count", c_int64),
    ]


class Lengths(Structure):
    """roofline_lengths."""

    _fields_ = [(name, c_int64) for name in ("visual_tokens", "text_tokens", "batch", "output_tokens", "context")]


class Operator(Structure):
    """roofline_operator."""

    _fields_ = [(name, c_double) for name in ("flops", "vector_flops", "reads", "writes")]


class Reducer(Structure):
    """roofline_reducer."""

    _fields_ = [
        ("name", c_char_p),
        ("kept", c_int64),
        ("count", c_int64),
        ("reads_last_layer", c_int32),
        ("operators", POINTER(Operator)),
        ("operator_count", c_int64),
    ]


class Matrix(Structure):
    """roofline_matrix."""

    _fields_ = [("numbers", c_void_p), ("format", c_int32), ("rows", c_int64), ("columns", c_int64)]


class Features(Structure):
    """roofline_features."""

    _fields_ = [
        ("name", c_char_p),
        ("keys", Matrix),
        ("class_query", Matrix),
        ("tokens", Matrix),
        ("penultimate_keys", Matrix),
        ("penultimate_class_query", Matrix),
        ("grid_rows", c_int64),
        ("grid_columns", c_int64),
        ("heads", c_int64),
    ]


class Left(Structure):
    """roofline_left."""

    _fields_ = [
        ("tokens", c_void_p),
        ("count", c_int64),
        ("width", c_int64),
        ("kept", c_void_p),
        ("kept_count", c_int64),
        ("assignment", c_void_p),
        ("assignment_count", c_int64),
        ("note", c_char_p),
        ("seconds", c_double),
    ]


TEXT, BOOLEAN, COUNT, NUMBER, JSON = range(5)
STOP = ctypes.CFUNCTYPE(c_int32, c_void_p)
_OUT = POINTER(c_void_p)
_TEXTS = POINTER(c_char_p)


def _load() -> ctypes.CDLL:
    ending = "dylib" if sys.platform == "darwin" else "so"
    path = pathlib.Path(__file__).with_name(f"libroofline.{ending}")
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise ImportError(
            f"{path} cannot be loaded: {error}; install the package anew with \"pip install ./Python\" or from a wheel"
        ) from None
    library.roofline_interface.restype = c_int32
    found = library.roofline_interface()
    if found != _INTERFACE:
        raise ImportError(f"{path} has interface {found}, expected {_INTERFACE}; install the package anew")
    return library


LIBRARY = _load()


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(LIBRARY, f"roofline_{name}")
    function.restype, function.argtypes = result, list(arguments)  # type: ignore[attr-defined]
    return function


def _failing(name: str, *arguments: Any) -> Callable[..., Any]:
    """A function that returns an error."""
    return _function(name, c_void_p, *arguments)


error_free = _function("error_free", None, c_void_p)
text_free = _function("text_free", None, c_void_p)
version = _function("version", c_void_p)
catalog_new = _failing("catalog_new", _TEXTS, c_int64, _OUT)
catalog_define = _failing("catalog_define", c_void_p, c_char_p, c_char_p)
catalog_free = _function("catalog_free", None, c_void_p)
question_new = _function("question_new", c_void_p)
question_set = _failing("question_set", c_void_p, c_char_p, _TEXTS, c_int64)
question_free = _function("question_free", None, c_void_p)
ask = _failing("ask", c_void_p, c_void_p, c_char_p, STOP, c_void_p, _OUT)
list_table = _failing("list", c_void_p, c_char_p, _OUT)
show_table = _failing("show", c_void_p, c_char_p, _OUT)
table_columns = _function("table_columns", c_int64, c_void_p)
table_rows = _function("table_rows", c_int64, c_void_p)
table_column = _failing("table_column", c_void_p, c_int64, POINTER(Column))
table_omissions = _function("table_omissions", c_void_p, c_void_p)
table_details = _function("table_details", c_void_p, c_void_p)
table_free = _function("table_free", None, c_void_p)
render = _failing("render", c_void_p, c_void_p, c_char_p, c_char_p, c_char_p, _OUT)
requests_new = _failing("requests_new", c_void_p, c_void_p, _OUT)
requests_lengths = _failing("requests_lengths", c_void_p, POINTER(Lengths))
requests_estimate = _failing("requests_estimate", c_void_p, c_int64, c_int64, c_int64, c_int64, c_int64, _OUT)
requests_reduced = _failing("requests_reduced", c_void_p, POINTER(Reducer), POINTER(Lengths), _OUT)
requests_free = _function("requests_free", None, c_void_p)
figure_find = _failing("figure_find", c_char_p, POINTER(c_int32), POINTER(c_int32))
estimate_figure = _function("estimate_figure", c_int32, c_void_p, c_int32, POINTER(c_double), _OUT)
estimate_operators = _failing("estimate_operators", c_void_p, c_int64, _OUT)
estimate_free = _function("estimate_free", None, c_void_p)
reduce = _failing("reduce", POINTER(Features), c_char_p, _OUT)
reduction_left = _failing("reduction_left", c_void_p, POINTER(Left))
reduction_free = _function("reduction_free", None, c_void_p)
sample = _failing("sample", c_char_p, _OUT)
features_read = _failing("features_read", c_char_p, _OUT)
encoder_new = _failing("encoder_new", c_char_p, c_int64, _OUT)
encode = _failing("encode", c_void_p, c_char_p, c_int64, c_char_p, _OUT)
encoding_features = _failing("encoding_features", c_void_p, POINTER(Features))
encoding_free = _function("encoding_free", None, c_void_p)
encoder_free = _function("encoder_free", None, c_void_p)


def check(error: int | None) -> None:
    """Raises the error that a function returned, if it did."""
    if error is None:
        return
    fields = _Error.from_address(error)

    def text(value: bytes | None) -> str | None:
        return None if value is None else value.decode("utf-8", "replace")

    raised = RooflineError(
        text(fields.message) or "",
        text(fields.advice),
        text(fields.file),
        fields.line or None,
        fields.column or None,
        text(fields.explanation),
    )
    error_free(error)
    raise raised


def taken(pointer: int | None) -> str:
    """A text that the library made, which is freed."""
    if pointer is None:
        return ""
    try:
        return ctypes.string_at(pointer).decode("utf-8", "replace")
    finally:
        text_free(pointer)


def encoded(text: str) -> bytes:
    """A text for the library, which would end at a zero."""
    if "\0" in text:
        raise ValueError(f"expected a text without a zero byte, found {text!r}")
    return text.encode("utf-8", "surrogateescape")


def texts(items: list[str]) -> Any:
    """A list of texts for the library."""
    return (c_char_p * max(1, len(items)))(*map(encoded, items))


class Handle:
    """What the library made, freed with its last user: objects hold it while they call, so that no call loses it."""

    __slots__ = ("pointer", "_free")

    def __init__(self, free: Callable[[int], None], make: Callable[..., Any], *arguments: Any) -> None:
        self.pointer = None
        self._free = free
        made = c_void_p()
        check(make(*arguments, byref(made)))
        self.pointer = made.value

    def __del__(self) -> None:
        if getattr(self, "pointer", None) is not None:
            self._free(self.pointer)  # type: ignore[arg-type]

    def __reduce__(self) -> Any:
        raise TypeError("what the library holds cannot be copied or sent to another process; send the question")
