"""What a reducer leaves of the pictures of a data set, on this computer or, with Ray Data, on many.

Needs pyarrow, and ray[data] for more than one computer.
"""

from __future__ import annotations

import collections
import csv
import hashlib
import json
import os
import pathlib
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterable

from ._estimate import Requests
from ._features import Encoder, reduce
from ._library import RooflineError
from ._pictures import TorchEncoder, named


class _Counter:
    """Holds an encoder and counts partitions; each is written whole or not at all, so doing it twice does no harm."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._encoder: Any = TorchEncoder(job["encoder"]) if job["torch"] else Encoder(job["encoder"], job["threads"])
        self._requests = Requests(**job["question"]) if job["question"] else None

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        for number, pictures in zip(batch["partition"], batch["pictures"]):
            self.count(int(number), pickle.loads(pictures))
        return {"partition": batch["partition"]}

    def count(self, number: int, pictures: list[tuple[str, Any]]) -> None:
        """Writes the Parquet file of a partition."""
        import pyarrow
        import pyarrow.parquet

        fields = [("picture", "string"), ("patches", "int64"), ("tokens", "int64"), ("kept_share", "float64")]
        fields += [("prefill_seconds", "float64"), ("error", "string")]
        schema = pyarrow.schema([(name, getattr(pyarrow, kind)()) for name, kind in fields])
        rows = pyarrow.Table.from_pylist([self._row(*picture) for picture in pictures], schema)
        path = _part(self._job["output"], number)
        temporary = path.with_suffix(f".{os.getpid()}-{id(rows)}.tmp")
        pyarrow.parquet.write_table(rows, temporary)
        os.replace(temporary, path)

    def _row(self, name: str, picture: Any) -> dict[str, Any]:
        try:
            features = self._encoder.encode(picture, name)
            tokens = reduce(features, self._job["reducer"]).count
        except Exception as error:  # one bad picture
            return {"picture": name, "error": str(error)}
        time = self._requests.estimate(tokens).expected_prefill_seconds if self._requests else None
        share = tokens / features.patches
        return dict(picture=name, patches=features.patches, tokens=tokens, kept_share=share, prefill_seconds=time)


def _part(output: Any, number: int) -> pathlib.Path:
    return pathlib.Path(output) / f"part-{number:06}.parquet"


class Counts:
    """What is left of every picture; `picture_tokens=counts` has `simulate` draw from it."""

    def __init__(self, output: Any, parts: int) -> None:
        import pyarrow.parquet

        self.output = pathlib.Path(output)
        files = [pyarrow.parquet.read_table(_part(output, part)) for part in range(parts)]
        #: A pyarrow Table: picture, patches, tokens, kept_share, prefill_seconds (null unasked), error (null without one).
        self.table = pyarrow.concat_tables(files)
        errors = self.table["error"]
        if errors.null_count == 0:
            raise RooflineError(f"none of {len(errors)} pictures could be counted", str(errors[0]), file=str(output))
        counts = collections.Counter(count for count in self.table["tokens"].to_pylist() if count is not None)
        #: How often every number of tokens is left, as shares of 1.
        self.distribution = {count: number / counts.total() for count, number in sorted(counts.items())}
        with open(self.output / "tokens.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("field", "value", "probability"))
            writer.writerows(("tokens", count, share) for count, share in self.distribution.items())

    def as_option(self) -> str:
        """The distribution as a question takes it."""
        return f"histogram:{self.output / 'tokens.csv'}:tokens"


def count_tokens(
    source: Any, *, output: str | os.PathLike[str], encoder: str, reducer: str = "prumerge", partition: int = 256,
    runner: str = "local", workers: int = 1, threads: int = 1, torch: bool = False,
    resources: dict[str, float] | None = None, **question: Any,
) -> Counts:  # fmt: skip
    """Counts what `reducer` leaves of the pictures of `source`: a folder, paths, bytes, pictures of pillow, or a data set of
    Hugging Face's.

    `output` is a folder that all workers see; it gets a Parquet file for every `partition` pictures, and those that are
    there are not made again. `encoder` is a folder or a name on the hub; `torch` runs it in torch, on a GPU where there is
    one. `runner` is "local" or "ray": actors hold the encoder, each with `resources` (`num_cpus`, `num_gpus`). With `model`
    and `gpu` every picture has its prefill's expected time in seconds.

    A picture that cannot be read has its error in its row. Raises RooflineError if the folder holds another job.
    """
    output = pathlib.Path(output).resolve()
    output.mkdir(parents=True, exist_ok=True)
    pictures = list(named(source))
    if not pictures:
        raise RooflineError("there are no pictures", "expected JPEG and PNG files")
    job = {"output": str(output), "encoder": encoder, "reducer": reducer, "torch": torch, "threads": threads}
    names = hashlib.sha256(json.dumps([name for name, _ in pictures]).encode()).hexdigest()
    _check(output / "job.json", {**job, "question": question, "partition": partition, "pictures": names, "output": None})
    job["question"] = question
    parts = [pictures[first : first + partition] for first in range(0, len(pictures), partition)]
    missing = [number for number in range(len(parts)) if not _part(output, number).exists()]
    if runner == "ray":
        _with_ray(job, ((number, parts[number]) for number in missing), workers, resources or {"num_cpus": threads})
    elif runner == "local":
        if missing:
            counter = _Counter(job)
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(lambda number: counter.count(number, parts[number]), missing))
    else:
        raise ValueError(f'expected the runner "local" or "ray", found {runner!r}')
    return Counts(output, len(parts))


def _check(path: pathlib.Path, job: dict[str, Any]) -> None:
    text = json.dumps(job, sort_keys=True, default=str)
    if path.exists() and path.read_text() != text:
        raise RooflineError("holds the counts of another job; give another output, or remove it", file=str(path.parent))
    path.write_text(text)


def _with_ray(job: dict[str, Any], parts: Iterable[Any], workers: int, resources: dict[str, float]) -> None:
    import ray

    rows = [{"partition": number, "pictures": pickle.dumps(pictures)} for number, pictures in parts]
    if rows:
        data = ray.data.from_items(rows, override_num_blocks=len(rows))
        data = data.map_batches(_Counter, fn_constructor_args=(job,), batch_size=1, concurrency=workers, **resources)
        data.materialize()
