#!/usr/bin/env bash
# Builds a package that depends on RooflineCore alone where pkg-config knows libyaml and no other library, runs it, and
# looks at what it is linked with. Its program is Examples/Planning/Sources/MixedPass.
#
#     Tools/check_core.sh [SWIFT]
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${1:-swift}

package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT
mkdir -p "$package/known" "$package/Sources/priced"
cp "$(pkg-config --variable=pcfiledir yaml-0.1)/yaml-0.1.pc" "$package/known/"
cp Examples/Planning/Sources/MixedPass/main.swift "$package/Sources/priced/"
cat >"$package/Package.swift" <<MANIFEST
// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "priced",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "roofline", path: "$PWD")],
  targets: [.executableTarget(name: "priced", dependencies: [.product(name: "RooflineCore", package: "roofline")])])
MANIFEST

export PKG_CONFIG_LIBDIR="$package/known" PKG_CONFIG_PATH=
if pkg-config --exists libjpeg || pkg-config --exists libpng; then
  echo "libjpeg or libpng could not be hidden from pkg-config"
  exit 1
fi
"$swift" build --no-color-diagnostics --package-path "$package" --scratch-path .build/core
"$swift" run --no-color-diagnostics --package-path "$package" --scratch-path .build/core --skip-build priced
if [ "$(uname)" = Darwin ]; then linked=$(otool -L .build/core/debug/priced); else linked=$(ldd .build/core/debug/priced); fi
if grep -E 'jpeg|png' <<<"$linked"; then
  echo "RooflineCore is linked with a library of pictures"
  exit 1
fi
