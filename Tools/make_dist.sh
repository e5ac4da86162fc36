#!/usr/bin/env bash
# Makes an archive of the command that needs no Swift and none of its libraries: the C library of the system is all that
# it links. OpenBLAS is loaded where a vision tower runs.
#
#     Tools/make_dist.sh [SWIFT]       writes .build/roofline-VERSION-SYSTEM-PROCESSOR.tar.gz and says so
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${1:-swift}
scratch=.build/dist

archives=$PWD/$scratch/archives
mkdir -p "$archives"
options=()
if [ "$(uname)" = Linux ]; then
  # A folder of nothing but archives, and what sends pkg-config there before it looks among the system's libraries.
  for library in libyaml libjpeg libpng16 libz libstdc++; do
    file=$(${CC:-cc} -print-file-name="$library.a")
    [ -e "$file" ] || { echo "$library.a is missing; install the package that has it"; exit 1; }
    ln -sf "$(realpath "$file")" "$archives/$library.a"
  done
  for package in yaml-0.1 libjpeg libpng; do
    sed "s|^libdir=.*|libdir=$archives|" "$(pkg-config --variable=pcfiledir $package)/$package.pc" >"$archives/$package.pc"
  done
  export PKG_CONFIG_PATH=$archives
  options=(--static-swift-stdlib -Xswiftc -use-ld=lld -Xswiftc -L -Xswiftc "$archives"
    -Xswiftc -Xclang-linker -Xswiftc -static-libgcc -Xlinker -lz)
fi
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

# What is inside the program, and on which terms.
notices=$root/NOTICES
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
  notice swift-argument-parser "$scratch/checkouts/swift-argument-parser/LICENSE.txt"
  if [ "$(uname)" = Linux ]; then
    notice libyaml /usr/share/doc/libyaml-dev/copyright
    notice libjpeg /usr/share/doc/libjpeg-dev/copyright /usr/share/doc/libjpeg62-turbo-dev/copyright
    notice libpng /usr/share/doc/libpng-dev/copyright
    notice zlib /usr/share/doc/zlib1g-dev/copyright
    notice "libstdc++, libgcc" /usr/share/doc/libstdc++6/copyright /usr/share/doc/libgcc-s1/copyright
  fi
} >"$notices"

tar -C "$scratch" -czf ".build/$name.tar.gz" "$name"
echo "Wrote .build/$name.tar.gz"
