#!/usr/bin/env bash
# Unpacks the archive of `make dist` into a root that has a C library and nothing else, and runs the command there.
#
#     Tools/check_dist.sh ARCHIVE [ROOT]
#
# ROOT is a bare system, such as `debootstrap --variant=minbase` makes; without one an empty folder gets this system's C
# library. Needs Linux, and root or user namespaces.
set -euo pipefail
archive=$(realpath "$1")
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
root=${2:-$made/root}
mkdir -p "$root"
tar -C "$made" -xzf "$archive"
command=$(echo "$made"/roofline-*/bin/roofline)

needed=$(ldd "$command" | grep -oE '/[^ ]+' | sort -u)
if [ -z "${2:-}" ]; then
  for file in $needed; do
    case $(basename "$file") in
      ld-linux*|libc.so.*|libm.so.*|libdl.so.*|libpthread.so.*|librt.so.*) install -D "$file" "$root$file" ;;
      *) echo "$(basename "$command") needs $file, which is not of the C library"; exit 1 ;;
    esac
  done
fi
install -D "$command" "$root/usr/local/bin/roofline"

# Swift takes the arguments of a program from /proc, which every Linux system has.
mkdir -p "$root/proc"
enter=(unshare --mount)
[ "$(id -u)" = 0 ] || enter+=(--map-root-user)
inside() {
  "${enter[@]}" sh -c 'mount --rbind /proc "$0/proc" && exec chroot "$0" /usr/local/bin/roofline "$@"' "$root" "$@"
}
inside --version
# The catalog is inside, a reducer runs, and numbers are those of the command outside.
inside --model vicuna-7b --gpu v100 --tokens adaptive --format csv >"$made/inside.csv"
"$command" --model vicuna-7b --gpu v100 --tokens adaptive --format csv >"$made/outside.csv"
diff "$made/outside.csv" "$made/inside.csv"
[ "$(wc -l <"$made/inside.csv")" = 5 ]
inside list models --format csv >/dev/null
echo "The archive runs without a toolchain"
