#!/usr/bin/env bash
# Makes a wheel of roofline-kit around the library of `make library`, looks at what it links, and tries it in a virtual
# environment of its own without Swift.
#
#     Tools/make_wheel.sh [PYTHON]       writes dist/roofline_kit-VERSION-py3-none-PLATFORM.whl
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(command -v "${1:-python3}")
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

platform=
library=$(echo "$PWD"/.build/library/libroofline.*)
if [ "$(uname)" = Linux ]; then
  platform=manylinux_2_35_$(uname -m)
  Tools/check_manylinux.sh "$library"
fi
rm -rf Python/build Python/*.egg-info
ROOFLINE_LIBRARY=$library ROOFLINE_PLATFORM=$platform "$python" -m pip wheel --quiet --no-deps --wheel-dir "$made" ./Python
rm -rf Python/build Python/*.egg-info
wheel=$(echo "$made"/*.whl)
[ "$(wc -c <"$wheel")" -lt 40000000 ] || { echo "$(basename "$wheel") has more than 40 MB"; exit 1; }

"$python" -m venv "$made/environment"
"$made/environment/bin/pip" install --quiet "$wheel"
# README's example, where there is no Swift and no tree around.
awk '/^```python$/ { inside = 1; next } /^```$/ { inside = 0 } inside' README.md >"$made/example.py"
[ -s "$made/example.py" ]
(cd "$made" && env -i PATH="$made/environment/bin:/usr/bin:/bin" HOME="$made" "$made/environment/bin/python" example.py)
mkdir -p dist
cp "$wheel" dist/
echo "Wrote dist/$(basename "$wheel")"
