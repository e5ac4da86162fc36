#!/usr/bin/env bash
# Looks whether a library links what manylinux_2_35 allows alone: the C library up to 2.35.
#
#     Tools/check_manylinux.sh LIBRARY
set -euo pipefail
needed=$(objdump -p "$1" | awk '$1 == "NEEDED" { print $2 }')
for name in $needed; do
  case $name in
    libc.so.6|libm.so.6|libdl.so.2|libpthread.so.0|librt.so.1|ld-linux-*) ;;
    *) echo "$1 needs $name, which not every Linux has"; exit 1 ;;
  esac
done
newest=$(objdump -T "$1" | grep -oE 'GLIBC_2\.[0-9]+' | sort -uV | tail -n 1)
[ "${newest#GLIBC_2.}" -le 35 ] || { echo "$1 needs $newest, newer than 2.35: $(objdump -T "$1" | grep "$newest")"; exit 1; }
others=$(nm -D --defined-only "$1" | awk '$3 !~ /^roofline_/ { print $3 }' | head -n 5)
[ -z "$others" ] || { echo "$1 exports other names than roofline_...: $others"; exit 1; }
