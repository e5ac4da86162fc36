"""roofline: how long a multimodal language model takes on a machine, what bounds it, does it fit, and what dropping visual
tokens would buy.

Keyword arguments are the options of the program, with underscores for dashes; Documentation/python.md has examples. Times
are in seconds, memory in bytes, work in FLOPs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _library
from ._estimate import Estimate, Requests, estimate
from ._features import Encoder, Features, Operator, Reducer, Reduction, Shape, reduce
from ._library import Handle, RooflineError
from ._question import Asked
from ._table import SVG, Table, ask

if TYPE_CHECKING:
    import os
    from typing import Sequence

    from typing_extensions import Unpack

    from ._question import Question

__all__ = [
    "SVG", "Encoder", "Estimate", "Features", "Operator", "Reducer", "Reduction", "Requests", "RooflineError", "Shape",
    "Table", "compare", "estimate", "list_columns", "list_engines", "list_hardware", "list_models", "list_reducers",
    "operators", "plan", "reduce", "show", "simulate", "sweep",
]  # fmt: skip
__version__ = _library.taken(_library.version())


def sweep(**question: "Unpack[Question]") -> Table:
    """All rows of a question whose options take lists and ranges: what `roofline --format json` writes, in columns.

    `columns` chooses some, which takes less time. Raises RooflineError for what is not known or makes no sense together, and
    if there are no rows; rows that cannot be estimated are told of in `omissions`.
    """
    return ask("estimate", question)


def operators(**question: "Unpack[Question]") -> Table:
    """One request operator by operator, as `roofline operators` has it; on several devices side by side."""
    return ask("operators", question)


def compare(**question: "Unpack[Question]") -> Table:
    """Reducers at a common number of tokens (`budget`, by default 144), the soonest first token first."""
    return ask("compare", question)


def simulate(**question: "Unpack[Question]") -> Table:
    """Fleets under load, a row for each load: `rate`, `concurrency` or `trace`, and `generate`."""
    return ask("simulate", question)


def plan(**question: "Unpack[Question]") -> Table:
    """What to rent: the cheapest fleets that keep to `ttft` and `tpot` under a load, or with `find="rate"` the largest rate.

    Takes what `simulate` takes. The rows are the fleets, `details["answer"]` says it in words. Where none holds
    the rows are the nearest.
    """
    return ask("plan", question)


def show(name: str, *, catalog: "str | os.PathLike[str] | Sequence[Any] | None" = None) -> Table:
    """All that is known of a model, a device or an engine, with the source of every figure."""
    asked = Asked({"catalog": catalog})
    return Table(Handle(_library.table_free, _library.show_table, asked.catalog.pointer, _library.encoded(name)))


def _list(what: bytes, catalog: Any) -> Table:
    asked = Asked({"catalog": catalog})
    return Table(Handle(_library.table_free, _library.list_table, asked.catalog.pointer, what))


def list_models(*, catalog: Any = None) -> Table:
    """The models that are known by name."""
    return _list(b"models", catalog)


def list_hardware(*, catalog: Any = None) -> Table:
    """The devices that are known by name."""
    return _list(b"hardware", catalog)


def list_engines(*, catalog: Any = None) -> Table:
    """The engines that are known by name."""
    return _list(b"engines", catalog)


def list_reducers() -> Table:
    """The reducers that can be asked for by name, with their papers."""
    return _list(b"reducers", None)


def list_columns() -> Table:
    """The columns that rows have, with what they mean."""
    return _list(b"columns", None)
