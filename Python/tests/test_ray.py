"""Ray Data on this computer: a worker is killed midway, and every picture is counted once, as the command counts it.

ROOFLINE_PICTURES says how many pictures, by default 200.
"""

import os
import pathlib
import signal
import threading
import time

import pytest

from pictures import counts_of, write_pictures, write_tower

ray = pytest.importorskip("ray")
pytest.importorskip("pyarrow")
from roofline.data import count_tokens  # noqa: E402

PICTURES = int(os.environ.get("ROOFLINE_PICTURES", "200"))


def workers():
    """The processes that hold encoders, of this program's Ray alone."""
    found, parents = [], {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            title = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if title.startswith(b"ray::") and b"_Counter" in title:
            found.append(int(folder.name))

    def is_ours(process):
        while process > 1:
            if process == os.getpid():
                return True
            process = parents.get(process, 0)
        return False

    return [process for process in found if is_ours(process)]


def test_a_worker_dies(command, tmp_path):
    pictures = write_pictures(tmp_path / "pictures", PICTURES, width=320, height=240)
    tower = write_tower(tmp_path / "tower")
    output = tmp_path / "out"
    # So that some are done and some are not.
    partition = max(4, PICTURES // 40)
    killed = []

    def kill():
        known, end = [], time.monotonic() + 300
        while time.monotonic() < end:
            known = known or workers()
            done = len(list(output.glob("part-*.parquet"))) if output.exists() else 0
            if known and done >= 2:
                os.kill(known[0], signal.SIGKILL)
                killed.append(done)
                return
            time.sleep(0.005)

    # Two processors are too few: Ray Data keeps some for itself and waits for them.
    ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        counts = count_tokens(
            pictures, output=output, encoder=str(tower), partition=partition, runner="ray", workers=2,
            model="llava-1.5-7b", gpu="a100-80gb", precision="fp16",
        )
        killer.join(1)
    finally:
        ray.shutdown()
    assert killed and killed[0] < PICTURES // partition, "no worker was killed midway"
    rows = counts.table.to_pylist()
    assert [row["picture"] for row in rows] == sorted(str(path) for path in pictures.iterdir())
    assert {row["picture"]: row["tokens"] for row in rows if row["error"] is None} == counts_of(command, pictures, tower)
    assert sum(row["error"] is not None for row in rows) == 1
