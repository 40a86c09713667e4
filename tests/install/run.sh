#!/usr/bin/env bash
# run.sh SCRATCH CXX BUILD: installs what was built in BUILD, for this machine, and the library built for plain x86-64,
# static and shared; has a consumer built for the other of the two use each, through CMake and through pkg-config; then
# once as a subdirectory.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$1 cxx=$2 built=$3
unset CXXFLAGS CPPFLAGS LDFLAGS "${!CMAKE_@}"  # what a user has set for other builds
mkdir -p "$scratch"
cd "$scratch"

configure() {  # configure SOURCE BUILD OPTION...
  cmake -S "$1" -B "$2" -G Ninja -DCMAKE_CXX_COMPILER="$cxx" "${@:3}" >"$2.log" 2>&1 || { tail -n 60 "$2.log"; return 1; }
}
build() { cmake --build "$1" -j 2 >"$1.log" 2>&1 || { head -n 60 "$1.log"; return 1; }; }
launcher=$(command -v ccache || true)

# use_it WHAT BUILD FLAGS: installs a build, and goes the two ways to it.
use_it() {
  local name=consumer-$1 prefix=$scratch/moved-$1 flags=$3
  rm -rf "$prefix" "prefix-$1"
  cmake --install "$2" --prefix "$scratch/prefix-$1" >"install-$1.log"
  mv "prefix-$1" "$prefix"  # an installation can be moved
  if grep -rlF -e "$scratch" -e "${here%/tests/install}" "$prefix"; then
    echo "these installed files name the folder of the build or of the sources"
    exit 1
  fi
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

use_it native "$built" ""
for shared in OFF ON; do  # the same folder twice: the objects are the same, so only the link is done again
  configure "$here/../.." library -DCMAKE_BUILD_TYPE=Release -DEDGEFOLD_BUILD_TESTS=OFF -DEDGEFOLD_BUILD_EXAMPLES=OFF \
    -DEDGEFOLD_NATIVE=OFF -DBUILD_SHARED_LIBS=$shared -DCMAKE_INSTALL_LIBDIR=lib
  build library
  use_it "plain-shared-$shared" library -march=native
done

configure "$here" subdirectory -DEDGEFOLD_SOURCE="${here%/tests/install}" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
if grep -E -e '-(W|O|march)' subdirectory/compile_commands.json; then
  echo "a subdirectory must not force flags"
  exit 1
fi
build subdirectory
subdirectory/consumer
echo "subdirectory: passed"
