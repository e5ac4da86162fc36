"""The command that answers are held against: ROOFLINE_COMMAND, or the one that was built beside the library."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def command():
    # The newer one: an older build has other figures.
    built = [path for path in (ROOT / f".build/{kind}/roofline" for kind in ("release", "debug")) if path.exists()]
    newest = max(built, key=lambda path: path.stat().st_mtime, default=None)
    path = os.environ.get("ROOFLINE_COMMAND") or (newest and str(newest))
    if path is None:
        pytest.skip("there is no roofline command to compare with; run: make build")

    def call(*arguments, **keywords):
        result = subprocess.run([path, *map(str, arguments)], capture_output=True, text=True, check=True, **keywords)
        return json.loads(result.stdout) if "json" in arguments else result.stdout

    return call
