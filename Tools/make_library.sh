#!/usr/bin/env bash
# Makes the library of Sources/CRoofline/include/roofline.h, with the Swift runtime and all that it needs inside: the C
# library of the system is all that it links. OpenBLAS is loaded where a vision tower runs.
#
#     Tools/make_library.sh [SWIFT]       writes .build/library/libroofline.so (on macOS .dylib) and says so
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${1:-swift}
scratch=.build/library
source Tools/static_archives.sh
ending=dylib
if [ "$(uname)" = Linux ]; then
  ending=so
  # See Sources/CRoofline/roofline.c.
  for library in libjpeg libpng16; do
    original=$(realpath "$archives/$library.a")
    rm "$archives/$library.a"
    objcopy --redefine-sym stderr=libroofline_stderr "$original" "$archives/$library.a"
  done
  # --static-swift-stdlib means programs alone.
  options+=(-Xswiftc -static-stdlib -Xlinker -soname=libroofline.so -Xlinker --gc-sections
    -Xlinker --version-script="$PWD/Sources/LibRoofline/exports.map")
fi
"$swift" build --no-color-diagnostics -c release --product RooflineC --scratch-path "$scratch" "${options[@]}"
library=$scratch/libroofline.$ending
install "$scratch/release/libRooflineC.$ending" "$library"
if [ "$(uname)" = Linux ]; then strip "$library"; fi
Tools/write_notices.sh "$swift" "$scratch/NOTICES"
echo "Wrote $library and what it holds, $scratch/NOTICES"
