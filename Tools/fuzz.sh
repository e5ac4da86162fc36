#!/usr/bin/env bash
# Builds Fuzz/ with libFuzzer and feeds its targets, as many at once as there are processors: first the corpus, then what
# libFuzzer makes of it. 0 seconds: the corpus alone.
#
#     Tools/fuzz.sh SECONDS [TARGET...]
#
# Besides traps, C that does what is undefined or reaches for memory that is not there is found.
# What traps, takes more than 25 seconds or more than 2 GiB is left below .build/fuzz/finds, and the status is 1. Inputs that
# reached new code are kept below .build/fuzz/grown, from which a further run goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export seconds=${1:?expected a number of seconds} build=$root/.build/fuzz corpus=$root/Fuzz/corpus
shift
# Swift's runtime keeps what it has for good, which is no leak.
export ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=16:allocator_release_to_os_interval_ms=-1 SWIFT_BACKTRACE=enable=no

runtime=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
if [ "$(uname)" != Linux ] || ! compgen -G "$runtime/clang/lib/linux/libclang_rt.fuzzer-*" >/dev/null; then
  echo "Skipped fuzzing: this toolchain has no libFuzzer"
  exit 0
fi
ROOFLINE_FUZZ=1 swift build --no-color-diagnostics -c release --product fuzz --scratch-path "$build"
export fuzz=$build/release/fuzz
targets=$("$fuzz" --list)

# Feeds one target, in a folder of its own for what it writes.
feed() {
  local name=$1 longest=$2 place log limit=(-max_total_time="$seconds")
  [ "$seconds" != 0 ] || limit=(-runs=0)
  place=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)")
  log=$build/$name.log
  mkdir -p "$build/finds" "$build/grown/$name"
  local status=0
  (cd "$place" && "$fuzz" --target="$name" -max_len="$longest" -timeout=25 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$build/finds/$name-" "${limit[@]}" "$build/grown/$name" "$corpus/$name") >"$log" 2>&1 || status=$?
  rm -rf "$place"
  if [ $status = 0 ]; then
    printf '%-12s %10d inputs\n' "$name" "$(sed -n 's/.*number_of_executed_units: *//p' "$log")"
  else
    echo "$name: $(grep -E 'Fatal error|ERROR|SUMMARY' "$log" | sort -u | tr '\n' ';')"
    sed -n 's/.*Test unit written to /  the input is /p' "$log"
    echo "  the log is $log"
  fi
  return $status
}
export -f feed

for name in "$@"; do
  grep -q "^$name " <<<"$targets" || { echo "no fuzz target is called $name; there are" $(cut -d' ' -f1 <<<"$targets"); exit 64; }
done
[ $# = 0 ] || targets=$(grep -E "^($(IFS='|'; echo "$*")) " <<<"$targets")
xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 bash -c 'feed "$@" || exit 1' feed <<<"$targets" || exit 1
