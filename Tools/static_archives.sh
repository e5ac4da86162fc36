# Sourced: links what is built into one file, without libraries of this system but the C library's. Needs a `scratch` folder;
# leaves `options` for `swift build`.
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
  options=(-Xswiftc -use-ld=lld -Xswiftc -L -Xswiftc "$archives" -Xswiftc -Xclang-linker -Xswiftc -static-libgcc -Xlinker -lz)
fi
