"""Features of an image, and the reducers that make few tokens of many."""

from __future__ import annotations

import ctypes
import os
from ctypes import byref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Mapping, NamedTuple, Sequence, Union

import numpy as np
from numpy.typing import NDArray

from . import _library
from ._dlpack import Numbers
from ._library import Handle
from ._table import array

if TYPE_CHECKING:
    from typing_extensions import TypeAlias

#: An array of numpy or a tensor of torch on the CPU.
Array: "TypeAlias" = Any


class Features:
    """What a vision encoder says of one image of n patches, as wide as C; row 0 is the class token's.

    Arrays are read where they lie: float32, float16, and bfloat16 of torch; others of float64 and such as are not contiguous
    are copied.

    Attributes:
        keys: [n + 1, C], the last layer's key projection, bias included.
        cls_query: [C], the last layer's query projection of the class token, bias included, unscaled.
        tokens: [n + 1, C], the penultimate layer's output.
        penultimate_keys, penultimate_cls_query: those of the layer before, or None.
        grid: how the patches lie, (rows, columns); None for a square.
        heads: attention heads; None for one of every 64 of the width.
        name: what errors call it.

    Raises TypeError for what is no array of such numbers, ValueError for wrong dimensions. What does not fit together, and
    NaN and infinity, are found when a reducer runs: RooflineError.
    """

    def __init__(
        self,
        keys: Array,
        cls_query: Array,
        tokens: Array,
        penultimate_keys: Array | None = None,
        penultimate_cls_query: Array | None = None,
        *,
        grid: tuple[int, int] | None = None,
        heads: int | None = None,
        name: str = "features",
    ) -> None:
        self.keys, self.cls_query, self.tokens = keys, cls_query, tokens
        self.penultimate_keys, self.penultimate_cls_query = penultimate_keys, penultimate_cls_query
        self.grid, self.heads, self.name = grid, heads, name
        self._numbers = {
            field: Numbers(value, label, dimensions)
            for field, value, label, dimensions in (
                ("keys", keys, "keys", 2),
                ("class_query", cls_query, "cls_query", 1),
                ("tokens", tokens, "tokens", 2),
                ("penultimate_keys", penultimate_keys, "penultimate_keys", 2),
                ("penultimate_class_query", penultimate_cls_query, "penultimate_cls_query", 1),
            )
            if value is not None
        }
        rows, columns = (0, 0) if grid is None else (int(grid[0]), int(grid[1]))
        if grid is not None and (rows < 1 or columns < 1):
            raise ValueError(f"expected a grid of rows and columns, found {grid}")
        if heads is not None and heads < 1:
            raise ValueError(f"expected one head or more, found {heads}")
        self.struct = _library.Features(
            name=_library.encoded(name), grid_rows=rows, grid_columns=columns, heads=heads or 0
        )
        for field, numbers in self._numbers.items():
            setattr(self.struct, field, numbers.matrix)

    @property
    def patches(self) -> int:
        """The number of patches."""
        return int(self._numbers["keys"].matrix.rows) - 1

    @property
    def width(self) -> int:
        """The numbers in a token."""
        return int(self._numbers["keys"].matrix.columns)

    @classmethod
    def sample(cls, name: str = "text") -> "Features":
        """A synthetic scene that is built in: text, objects or diagram."""
        return cls._of(Handle(_library.encoding_free, _library.sample, _library.encoded(name)))

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> "Features":
        """The features in a safetensors file, as `roofline encode` writes it."""
        return cls._of(Handle(_library.encoding_free, _library.features_read, _library.encoded(os.fspath(path))))

    @classmethod
    def _of(cls, handle: Handle) -> "Features":
        held = _library.Features()
        _library.check(_library.encoding_features(handle.pointer, byref(held)))

        def numbers(matrix: _library.Matrix, dimensions: int) -> NDArray[np.float32] | None:
            if not matrix.numbers:
                return None
            shape = (matrix.rows, matrix.columns) if dimensions == 2 else (matrix.columns,)
            return array(handle, matrix.numbers, shape, "<f4")

        return cls(
            numbers(held.keys, 2),
            numbers(held.class_query, 1),
            numbers(held.tokens, 2),
            numbers(held.penultimate_keys, 2),
            numbers(held.penultimate_class_query, 1),
            grid=(held.grid_rows, held.grid_columns),
            heads=held.heads,
            name=held.name.decode(),
        )


@dataclass(frozen=True)
class Shape:
    """The sizes that decide what reducing the tokens of an image costs."""

    patches: int
    #: The numbers in a token.
    width: int
    #: Patches that tokens stand for.
    kept: int
    #: Tokens that are left.
    count: int


class Operator(NamedTuple):
    """A step of a reducer, counted for one image: FLOPs of matrix products and others, numbers read and written."""

    flops: float = 0
    vector_flops: float = 0
    reads: float = 0
    writes: float = 0


@dataclass(frozen=True)
class Reducer:
    """A reducer that is written in Python.

    `function` takes `Features` and returns the indices of the patches that are kept, from 0 in reading order. `operators`
    takes a `Shape` and lists what that costs; nothing where it is None. `reads_last_layer` says whether the encoder's last
    layer, whose keys and query it reads, is to be billed.
    """

    name: str
    function: Callable[[Features], Sequence[int]]
    operators: Callable[[Shape], list[Operator]] = lambda shape: []
    reads_last_layer: bool = False


@dataclass(frozen=True)
class Reduction:
    """What a reducer left of an image's tokens."""

    #: [count, width], float32: what the language model reads instead.
    tokens: NDArray[np.float32]
    #: The patches that the first tokens stand for, from 0; -1 for the class token.
    kept: NDArray[np.int64]
    #: The token that each patch went into, -1 if it was dropped; None for methods that merge none.
    assignment: NDArray[np.int64] | None
    #: What the user should know of it, or None.
    note: str | None
    #: How long the method itself took.
    seconds: float
    #: The sizes that decide what it costs.
    shape: Shape

    @property
    def count(self) -> int:
        """The number of tokens, merged ones included."""
        return len(self.tokens)


def reduce(
    features: Features | Mapping[str, Array] | str | os.PathLike[str], reducer: str | Reducer = "prumerge"
) -> Reduction:
    """Runs a reducer on features: a `Features`, arrays by the names of its parts, or a safetensors file.

    `reducer` is a specification as the program takes it, `prumerge+:ratio=0.125`, or a `Reducer`. The result is that of
    `roofline reduce`, bit for bit.

    Raises RooflineError for an unknown reducer, features that do not suit it, shapes that do not match, NaN and infinity.
    """
    if isinstance(features, Mapping):
        features = Features(**features)
    elif not isinstance(features, Features):
        features = Features.read(features)
    if isinstance(reducer, Reducer):
        return _reduce_in_python(features, reducer)
    handle = Handle(_library.reduction_free, _library.reduce, byref(features.struct), _library.encoded(reducer))
    left = _library.Left()
    _library.check(_library.reduction_left(handle.pointer, byref(left)))
    return Reduction(
        tokens=array(handle, left.tokens, (left.count, left.width), "<f4"),
        kept=array(handle, left.kept, (left.kept_count,), "<i8"),
        assignment=array(handle, left.assignment, (left.assignment_count,), "<i8") if left.assignment else None,
        note=left.note.decode() if left.note else None,
        seconds=left.seconds,
        shape=Shape(features.patches, features.width, left.kept_count, left.count),
    )


def _reduce_in_python(features: Features, reducer: Reducer) -> Reduction:
    import time

    start = time.perf_counter()
    kept = np.asarray(reducer.function(features))
    seconds = time.perf_counter() - start
    if kept.ndim != 1 or kept.dtype.kind not in "iu" or len(kept) == 0:
        raise ValueError(f"expected {reducer.name} to return the indices of some patches, found {kept!r}")
    if kept.min() < 0 or kept.max() >= features.patches:
        raise ValueError(f"expected indices from 0 to {features.patches - 1} of {reducer.name}, found {kept!r}")
    kept = kept.astype(np.int64)
    tokens = features.tokens
    if type(tokens).__module__.split(".")[0] == "torch":
        tokens = tokens.detach().float().numpy()
    tokens = np.asarray(tokens, np.float32)[1:][kept]
    return Reduction(tokens, kept, None, None, seconds, Shape(features.patches, features.width, len(kept), len(kept)))


class Encoder:
    """A vision tower with a class token (CLIP, DINOv2) that runs on this computer's processors: the folder of a Hugging Face model, or its name in the
    local cache of the hub. Needs OpenBLAS. Any number of threads may encode; each call uses `threads`.

    Raises RooflineError if it is not there or its files are not sound.
    """

    def __init__(self, name: str | os.PathLike[str], threads: int = 1) -> None:
        self._handle: Handle | None = Handle(
            _library.encoder_free, _library.encoder_new, _library.encoded(os.fspath(name)), threads
        )

    def encode(self, picture: bytes | str | os.PathLike[str], name: str | None = None) -> Features:
        """What the tower says of a picture: the bytes of a JPEG or PNG file, or its path.

        Raises RooflineError for what is no picture, OSError for a file that cannot be read.
        """
        if self._handle is None:
            raise ValueError("the encoder is closed")
        if not isinstance(picture, (bytes, bytearray, memoryview)):
            name = os.fspath(picture) if name is None else name
            with open(picture, "rb") as file:
                picture = file.read()
        data = bytes(picture)
        label = _library.encoded(name or "picture")
        return Features._of(
            Handle(_library.encoding_free, _library.encode, self._handle.pointer, data, len(data), label)
        )

    def close(self) -> None:
        """Lets go of the weights; what is being encoded is encoded."""
        self._handle = None
