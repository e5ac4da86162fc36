#!/usr/bin/env bash
# Runs the tests of modules that have C in them, map files or work on several threads, under one sanitizer after the other,
# each in a build of its own below .build.
#
#     Tools/sanitize.sh [address|thread|undefined ...]
#
# What C does that is undefined traps; a race, or memory that is not there or not ours any more, ends the tests with a report.
set -euo pipefail
cd "$(dirname "$0")/.."
modules='Documents|Tensors|Images|Jobs|Reduction|Encoding|Photographs|Catalog|Serving|Questions|Planning|Answering'

[ $# != 0 ] || set -- address thread undefined
for name in "$@"; do
  case $name in
  address | thread) flags=(--sanitize="$name") ;;
  undefined) flags=(-Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined) ;;
  *)
    echo "expected address, thread or undefined, found $name"
    exit 64
    ;;
  esac
  echo "== $name"
  # Swift's runtime keeps what it has for good, which is no leak.
  ASAN_OPTIONS=detect_leaks=0 swift test --no-color-diagnostics --scratch-path ".build/$name" "${flags[@]}" \
    --filter "^($modules)Tests\."
done
