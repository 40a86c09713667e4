#!/usr/bin/env bash
# run.sh SCRATCH CXX BUILD: installs what was built in BUILD, for this machine, and the library of the source archive, built for
# plain x86-64 as a folder of somebody else's project, static and shared; has a consumer built for the other of the two use each,
# through CMake and through pkg-config.
set -euo pipefail
here=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=${here%/tests/install}
scratch=$1 cxx=$2 built=$3
unset CXXFLAGS CPPFLAGS LDFLAGS "${!CMAKE_@}"  # what a user has set for other builds
mkdir -p "$scratch"
cd "$scratch"

configure() {  # configure SOURCE BUILD OPTION...
  cmake -S "$1" -B "$2" -G Ninja -DCMAKE_CXX_COMPILER="$cxx" "${@:3}" >"$2.log" 2>&1 || { tail -n 60 "$2.log"; return 1; }
}
build() { cmake --build "$1" -j 2 >"$1.log" 2>&1 || { head -n 60 "$1.log"; return 1; }; }
launcher=$(command -v ccache || true)

cat >small.cpp <<'CODE'
#include <edgefold/core/graph.hpp>
int main() { return edgefold::graph({{0, 1}, {1, 2}}).num_edges() == 2 ? 0 : 1; }
CODE

# use_it WHAT BUILD FLAGS: installs a build, and goes the two ways to it.
use_it() {
  local name=consumer-$1 prefix=$scratch/moved-$1 flags=$3
  rm -rf "$prefix" "prefix-$1"
  cmake --install "$2" --prefix "$scratch/prefix-$1" >"install-$1.log"
  mv "prefix-$1" "$prefix"  # an installation can be moved
  # A path begins there: /include/edgefold is none of a checkout in /edgefold.
  if grep -rlE "(^|[^[:alnum:]_./})-])$(sed 's/[].+*?(){}|^$\\[]/\\&/g' <<<"$tree")(/|$)" "$prefix"; then
    echo "these installed files name the folder of the build or of the sources"
    exit 1
  fi
  configure "$here" "$name" -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O1 $flags" \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" -DCMAKE_PREFIX_PATH="$prefix"
  build "$name"
  "$name/consumer"

  export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
  # shellcheck disable=SC2046,SC2086
  "$cxx" -std=c++20 -O1 $flags "$scratch/small.cpp" $(pkg-config --cflags --libs edgefold) -o "$name/by-pkg-config"
  LD_LIBRARY_PATH=$prefix/lib "$name/by-pkg-config"
  echo "$1: consumer with '$flags' passed through CMake and pkg-config"
}

use_it native "$built" ""
archive=edgefold-source.tar.gz sources=$scratch/edgefold-source
"$tree/core/package/source_archive.sh" $archive
rm -rf "$sources"
tar xmf $archive  # of now, for those who compare times
for shared in OFF ON; do  # the same folders twice: the objects are the same, so only the links are done again
  options=(-DEDGEFOLD_SOURCE="$sources" -DEDGEFOLD_INSTALL=ON -DBUILD_SHARED_LIBS=$shared -DCMAKE_INSTALL_LIBDIR=lib
    -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O0 -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON)
  configure "$here" subdirectory "${options[@]}" -UEDGEFOLD_UNITY
  if sed 's/ -O0 / /' subdirectory/compile_commands.json | grep -E -e ' -(W|O|march)'; then
    echo "a subdirectory must not force flags"
    exit 1
  fi
  configure "$here" subdirectory "${options[@]}" -DEDGEFOLD_UNITY=ON  # soonest compiled
  build subdirectory
  subdirectory/consumer
  use_it plain subdirectory -march=native
done
