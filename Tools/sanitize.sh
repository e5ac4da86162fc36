#!/usr/bin/env bash
# Runs tests under sanitizers, each in a build of its own below .build: those of modules that have C in them or map files
# under that of addresses, where what C does that is undefined traps as well; those of modules that work on several threads
# under that of threads. A race, or memory that is not there or not ours any more, ends the tests with a report.
#
#     Tools/sanitize.sh [address|thread ...]
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# != 0 ] || set -- address thread
for name in "$@"; do
  case $name in
  address)
    modules='Documents|Tensors|Images|Jobs|Reduction|Encoding|Photographs'
    flags=(-Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined)
    ;;
  thread)
    modules='Jobs|Reduction|Encoding|Photographs|Questions|Answering'
    flags=()
    ;;
  *)
    echo "expected address or thread, found $name"
    exit 64
    ;;
  esac
  echo "== $name"
  # Swift's runtime keeps what it has for good, which is no leak; giving free memory back takes half of the time.
  ASAN_OPTIONS=detect_leaks=0:allocator_release_to_os_interval_ms=-1 swift test --no-color-diagnostics \
    --scratch-path ".build/$name" --sanitize="$name" "${flags[@]}" --filter "^($modules)Tests\."
done
