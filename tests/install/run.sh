#!/usr/bin/env bash
# run.sh SCRATCH CXX: installs the library, static and shared, for this machine and for plain x86-64, and has a consumer
# built for the other of the two use it, through CMake and through pkg-config; then once as a subdirectory.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$1 cxx=$2
unset CXXFLAGS CPPFLAGS LDFLAGS "${!CMAKE_@}"  # what a user has set for other builds
mkdir -p "$scratch"
cd "$scratch"

configure() {  # configure SOURCE BUILD OPTION...
  cmake -S "$1" -B "$2" -G Ninja -DCMAKE_CXX_COMPILER="$cxx" "${@:3}" >"$2.log" 2>&1 || { tail -n 60 "$2.log"; return 1; }
}
build() { cmake --build "$1" -j 2 >"$1.log" 2>&1 || { head -n 60 "$1.log"; return 1; }; }
launcher=$(command -v ccache || true)

# use_it WHAT PREFIX FLAGS: the two ways to an installed library.
use_it() {
  local name=consumer-$1 prefix=$2 flags=$3
  configure "$here" "$name" -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O1 $flags" \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" -DCMAKE_PREFIX_PATH="$prefix"
  build "$name"
  "$name/consumer"

  export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
  # shellcheck disable=SC2046,SC2086
  {
    $launcher "$cxx" -std=c++20 -O1 $flags $(pkg-config --cflags edgefold) -c "$here/main.cpp" -o "$name.o"
    "$cxx" "$name.o" $(pkg-config --libs edgefold) -o "$name/by-pkg-config"
  }
  LD_LIBRARY_PATH=$prefix/lib "$name/by-pkg-config"
  echo "$1: consumer with '$flags' passed through CMake and pkg-config"
}

for native in ON OFF; do
  for shared in OFF ON; do  # the same folder twice: the objects are the same, so only the link is done again
    library=library-native-$native
    configure "$here/../.." "$library" -DCMAKE_BUILD_TYPE=Release -DEDGEFOLD_BUILD_TESTS=OFF \
      -DEDGEFOLD_BUILD_EXAMPLES=OFF -DEDGEFOLD_NATIVE=$native -DBUILD_SHARED_LIBS=$shared -DCMAKE_INSTALL_LIBDIR=lib
    build "$library"
    what=native-$native-shared-$shared
    rm -rf "moved-$what" "prefix-$what"
    cmake --install "$library" --prefix "$scratch/prefix-$what" >"$what.log"
    mv "prefix-$what" "moved-$what"  # an installation can be moved
    if grep -rlF -e "$scratch" -e "${here%/tests/install}" "moved-$what"; then
      echo "these installed files name the folder of the build or of the sources"
      exit 1
    fi
    use_it "$what" "$scratch/moved-$what" "$([[ $native == ON ]] || echo -march=native)"
  done
done

configure "$here" subdirectory -DEDGEFOLD_SOURCE="${here%/tests/install}" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
if grep -E -e '-(W|O|march)' subdirectory/compile_commands.json; then
  echo "a subdirectory must not force flags"
  exit 1
fi
build subdirectory
subdirectory/consumer
echo "subdirectory: passed"
