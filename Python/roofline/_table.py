"""Tables: rows in columns, as numpy arrays that lie where the library made them."""

from __future__ import annotations

import ctypes
import html
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from . import _library
from ._library import BOOLEAN, JSON, TEXT, Handle
from ._question import Asked


class Memory:
    """Memory of the library's that numpy reads in place; it lives as long as an array does."""

    def __init__(self, owner: Handle, address: int | None, shape: tuple[int, ...], kind: str) -> None:
        self._owner = owner
        self.__array_interface__ = {"version": 3, "shape": shape, "typestr": kind, "data": (address or 0, True)}


def array(owner: Handle, address: int | None, shape: tuple[int, ...], kind: str) -> NDArray[Any]:
    """An array of memory of the library's, without a copy; read-only."""
    if address is None or 0 in shape:
        return np.empty(shape, kind)
    return np.asarray(Memory(owner, address, shape, kind))


class SVG:
    """A picture, which notebooks show."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_svg_(self) -> str:
        return self.text

    def save(self, path: Any) -> None:
        """Writes it to a file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.text)


class Table(Mapping[str, "NDArray[Any]"]):
    """Rows of an answer: `table["batch"]` is a column, by its key in the program's JSON.

    Numbers are float64 in base units (seconds, bytes, FLOPs), NaN where there is no value; counts int64, or float64 where
    some have no value; booleans bool, or objects with None; texts, lists and records are objects, None where there is none.
    Arrays of numbers lie where the library made them and cannot be written.

    Attributes:
        omissions: what was left out and why, one sentence each.
        details: what the program's JSON has beside the rows, as totals and notes.
    """

    def __init__(self, handle: Handle, asked: Asked | None = None, subject: str | None = None) -> None:
        self._handle, self._asked, self._subject = handle, asked, subject
        self._columns: dict[str, _library.Column] = {}
        self._made: dict[str, NDArray[Any]] = {}
        for place in range(_library.table_columns(handle.pointer)):
            column = _library.Column()
            _library.check(_library.table_column(handle.pointer, place, ctypes.byref(column)))
            self._columns[column.key.decode()] = column
        self.rows: int = _library.table_rows(handle.pointer)
        self.omissions: list[str] = json.loads(_library.taken(_library.table_omissions(handle.pointer)))
        self.details: dict[str, Any] = json.loads(_library.taken(_library.table_details(handle.pointer)))

    def __getitem__(self, key: str) -> NDArray[Any]:
        if key not in self._columns:
            raise KeyError(f"there is no column {key!r}; there are {', '.join(self._columns)}")
        if key not in self._made:
            self._made[key] = self._array(self._columns[key])
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        """The number of columns, as of every mapping; `rows` are the rows."""
        return len(self._columns)

    def _array(self, column: _library.Column) -> NDArray[Any]:
        shape = (column.rows,)
        if column.kind not in (TEXT, BOOLEAN, JSON):
            if column.counts:
                return array(self._handle, column.counts, shape, "<i8")
            return array(self._handle, column.numbers, shape, "<f8")
        codes = array(self._handle, column.codes, shape, "<i4")
        if column.kind == BOOLEAN:
            return codes.astype(bool) if column.nulls == 0 else _objects([False, True, None])[codes]
        made: NDArray[Any] = _objects([*self._texts(column), None])[codes]
        return made

    def _texts(self, column: _library.Column) -> list[Any]:
        """The different values of a column of texts or JSON."""
        texts = [text.decode() for text in column.texts[: column.text_count]]
        return json.loads(f"[{','.join(texts)}]") if column.kind == JSON else texts

    def row(self, number: int) -> dict[str, Any]:
        """A row as the program's JSON has it, from 0 or, negative, from the end."""
        if not -self.rows <= number < self.rows:
            raise IndexError(f"there is no row {number} of {self.rows}")
        return {key: _plain(self[key][number]) for key in self}

    def to_pandas(self) -> Any:
        """A pandas DataFrame of all columns."""
        import pandas

        return pandas.DataFrame(dict(self))

    def to_arrow(self) -> Any:
        """A pyarrow Table of all columns; what has no value is null. Lists and records are JSON."""
        import pyarrow

        return pyarrow.table({key: self._arrow(key, column) for key, column in self._columns.items()})

    def _arrow(self, key: str, column: _library.Column) -> Any:
        import pyarrow

        if column.kind in (TEXT, JSON):
            codes = array(self._handle, column.codes, (column.rows,), "<i4")
            texts = pyarrow.array([text.decode() for text in column.texts[: column.text_count]], pyarrow.string())
            return texts.take(pyarrow.array(codes, mask=codes < 0))
        values = self[key]
        if column.kind == BOOLEAN:
            return pyarrow.array(values, pyarrow.bool_())
        return pyarrow.array(values, mask=np.isnan(values) if values.dtype.kind == "f" else None)

    def render(self, format: str = "table", chart: str | None = None) -> str:
        """The answer as the program writes it: table, markdown, csv, json, jsonl, svg or html. It is asked again."""
        if self._asked is None or self._subject is None:
            raise ValueError("a list is no answer to a question; there is nothing to draw of it")
        return render(self._asked, self._subject, format, chart)

    def plot(self, chart: str | None = None) -> SVG:
        """A picture of the answer; `chart` is one of `--chart`, by default what fits the question."""
        return SVG(self.render("svg", chart))

    def __repr__(self) -> str:
        return f"<roofline.Table of {self.rows} rows and {len(self)} columns>"

    def _repr_html_(self) -> str:
        shown = [key for key in self if self._columns[key].kind != JSON]
        head = "".join(f"<th>{html.escape(key)}</th>" for key in shown)
        rows = [[_cell(self[key][row]) for key in shown] for row in range(min(self.rows, 20))]
        body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        more = f"<p>The first 20 of {self.rows} rows.</p>" if self.rows > 20 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def render(asked: Asked, subject: str, format: str, chart: str | None) -> str:
    """An answer as the program writes it."""
    made = ctypes.c_void_p()
    _library.check(
        _library.render(
            asked.catalog.pointer,
            asked.question.pointer,
            subject.encode(),
            _library.encoded(format),
            None if chart is None else _library.encoded(chart),
            ctypes.byref(made),
        )
    )
    return _library.taken(made.value)


def ask(subject: str, options: Mapping[str, Any]) -> Table:
    """Asks the library; Ctrl-C ends it after the rows at hand."""
    asked = Asked(options)
    is_stopped = False
    stop = _library.STOP(lambda _: int(is_stopped))

    def call() -> Handle:
        held = (asked.catalog.pointer, asked.question.pointer)
        return Handle(_library.table_free, _library.ask, *held, subject.encode(), stop, None)

    if threading.current_thread() is not threading.main_thread():
        return Table(call(), asked, subject)
    # Python tells of signals between two steps of the first thread alone, so that another one calls.
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(call)
        try:
            return Table(answer.result(), asked, subject)
        except KeyboardInterrupt:
            is_stopped = True
            raise


def _objects(values: list[Any]) -> NDArray[Any]:
    """An array of objects, whatever they are."""
    objects = np.empty(len(values), object)
    for place, value in enumerate(values):
        objects[place] = value
    return objects


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and value != value else value


def _cell(value: Any) -> str:
    value = _plain(value)
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
