#!/usr/bin/env bash
# Makes an archive of the command that needs no Swift and none of its libraries: the C library of the system is all that
# it links. OpenBLAS is loaded where a vision tower runs.
#
#     Tools/make_dist.sh [SWIFT]       writes .build/roofline-VERSION-SYSTEM-PROCESSOR.tar.gz and says so
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${1:-swift}
scratch=.build/dist

source Tools/static_archives.sh
if [ "$(uname)" = Linux ]; then options+=(--static-swift-stdlib); fi
"$swift" build --no-color-diagnostics -c release --product roofline --scratch-path "$scratch" "${options[@]}"
roofline=$scratch/release/roofline

name=roofline-$("$roofline" --version | sed 's/.* //')-$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)
root=$scratch/$name
rm -rf "$root"
install -d "$root"/{bin,share/bash-completion/completions,share/zsh/site-functions,share/fish/vendor_completions.d}
install "$roofline" "$root/bin/roofline"
if [ "$(uname)" = Linux ]; then strip "$root/bin/roofline"; fi
"$roofline" --generate-completion-script bash >"$root/share/bash-completion/completions/roofline"
"$roofline" --generate-completion-script zsh >"$root/share/zsh/site-functions/_roofline"
"$roofline" --generate-completion-script fish >"$root/share/fish/vendor_completions.d/roofline.fish"
install -m 644 LICENSE README.md CHANGELOG.md "$root/"

Tools/write_notices.sh "$swift" "$root/NOTICES" swift-argument-parser

tar -C "$scratch" -czf ".build/$name.tar.gz" "$name"
echo "Wrote .build/$name.tar.gz"
