#!/usr/bin/env bash
# Checks roofline-kit in a virtual environment outside of the tree, on the library of `make library`.
#
#     Tools/test_python.sh [PYTHON] [tests]     types, tests, what Documentation/python.md and README.md quote
#     Tools/test_python.sh PYTHON hooks         what is taken from models of transformers; the notebook
#     Tools/test_python.sh PYTHON ray           Ray Data, a worker of which is killed; ROOFLINE_PICTURES says of how many
#     Tools/test_python.sh PYTHON speed         how long calls take
#
# ROOFLINE_VENV is an environment that has what is needed; without it one is made in the user's cache, and where pip cannot
# fill it the check is skipped and says so.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3} what=${2:-tests}
environment=${ROOFLINE_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/roofline-python}

library=$(ls .build/library/libroofline.so .build/library/libroofline.dylib 2>/dev/null | head -n 1 || true)
[ -n "$library" ] || { echo "There is no library; run: make library"; exit 1; }
case $what in
  tests) packages="pytest mypy numpy pandas pyarrow pillow typing_extensions" ;;
  hooks) packages="pytest numpy pandas pillow torch transformers nbclient nbformat ipykernel" ;;
  ray) packages="pytest numpy pyarrow pillow ray[data]" ;;
  speed) packages="numpy" ;;
  *) echo "expected tests, hooks, ray or speed, found $what"; exit 1 ;;
esac
if [ -z "${ROOFLINE_VENV:-}" ]; then
  # shellcheck disable=SC2086
  if ! { [ -x "$environment/bin/pip" ] || "$python" -m venv "$environment"; } >/dev/null 2>&1 ||
    ! timeout 300 "$environment/bin/pip" install --quiet --retries 1 --timeout 10 $packages >/dev/null 2>&1; then
    echo "Skipped roofline-kit ($what): pip cannot install $packages; ROOFLINE_VENV names an environment that has them"
    exit 0
  fi
fi
python=$environment/bin/python
# The package as it lies here, with the library beside it.
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
cp -r Python/roofline "$made/roofline"
cp "$library" "$made/roofline/"
export PYTHONPATH=$made PYTHONDONTWRITEBYTECODE=1
case $what in
  tests)
    (cd Python && "$python" -m mypy --cache-dir "$made/mypy")
    "$python" -m pytest -q -p no:cacheprovider --ignore Python/tests/test_ray.py --ignore Python/tests/test_hooks.py Python/tests
    for page in README.md Documentation/python.md; do
      awk '/^```python$/ { inside = 1; next } /^```$/ { inside = 0; print "" } inside' $page >"$made/page.py"
      (cd "$made" && "$python" page.py >/dev/null) || { echo "what $page quotes does not run"; exit 1; }
    done ;;
  hooks)
    "$python" -m pytest -q -p no:cacheprovider Python/tests/test_hooks.py
    "$python" - <<'END'
import nbclient
import nbformat

nbclient.NotebookClient(nbformat.read("Python/examples/from_picture_to_bill.ipynb", 4), timeout=300).execute()
print("The notebook runs")
END
    ;;
  ray) "$python" -m pytest -q -p no:cacheprovider Python/tests/test_ray.py ;;
  speed) "$python" Benchmarks/bench_python.py ;;
esac
