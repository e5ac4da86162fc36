#!/usr/bin/env bash
# Writes what is inside a program that was built with Tools/static_archives.sh, and on which terms.
#
#     Tools/write_notices.sh SWIFT FILE [PACKAGE...]       PACKAGE is one that Swift's package manager fetched
set -euo pipefail
cd "$(dirname "$0")/.."
swift=$1 file=$2
shift 2
toolchain=$(dirname "$(dirname "$(realpath "$(command -v "$swift")")")")
notice() {  # TITLE FILE...: the first file that is there.
  local title=$1 file
  shift
  for file; do
    [ -e "$file" ] || continue
    printf '==== %s ====\n\n' "$title"
    cat "$file"
    printf '\n'
    return
  done
  echo "no licence of $title was found" >&2
  exit 1
}
{
  notice "Swift runtime" "$toolchain/share/swift/LICENSE.txt"
  for package; do notice "$package" .build/*/checkouts/"$package"/LICENSE.txt .build/checkouts/"$package"/LICENSE.txt; done
  if [ "$(uname)" = Linux ]; then
    notice libyaml /usr/share/doc/libyaml-dev/copyright
    notice libjpeg /usr/share/doc/libjpeg-dev/copyright /usr/share/doc/libjpeg62-turbo-dev/copyright
    notice libpng /usr/share/doc/libpng-dev/copyright
    notice zlib /usr/share/doc/zlib1g-dev/copyright
    notice "libstdc++, libgcc" /usr/share/doc/libstdc++6/copyright /usr/share/doc/libgcc-s1/copyright
  fi
} >"$file"
