#!/usr/bin/env bash
# use.sh FOLDER: as root on a Debian machine that may be changed: installs the packages of FOLDER by apt, compiles a consumer by
# CMake and by pkg-config, with and without -march=native, and runs it and the packaged programs; checks that the loader took
# the library for this processor, and under qemu those for older ones.
set -euo pipefail
root=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if (($# != 1 || EUID != 0)) || [[ ! -d $1 ]]; then
  echo "packages: usage: use.sh FOLDER of packages, as root" >&2
  exit 2
fi
folder=$(CDPATH='' cd "$1" && pwd)
fail() {
  echo "packages: $*" >&2
  exit 1
}
apt-get update
apt-get install --no-install-recommends -y g++ cmake ninja-build pkg-config qemu-user "$folder"/*.deb
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# level_of PROGRAM...: for which level the library is that the loader takes.
level_of() {
  local from
  from=$(LD_DEBUG=libs "$@" 2>&1 >printed | sed -n 's|.*calling init: \(.*\)/libedgefold\.so.*|\1|p')
  case $from in
    */glibc-hwcaps/*) echo "${from##*/}" ;;
    ?*) echo x86-64-v2 ;;
  esac
}
loader=$(compgen -G '/lib*/ld-linux*.so.*' | head -1)
best=$("$loader" --help | sed -n 's/^ *\(x86-64-v[234]\) (supported.*/\1/p' | head -1)
echo "packages: this processor has $best"

consumer=$root/tests/install
for flags in "" -march=native; do
  cmake -S "$consumer" -B "cmake$flags" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O1 $flags"
  cmake --build "cmake$flags"
  # shellcheck disable=SC2046,SC2086
  g++ -std=c++20 -O1 $flags "$consumer/main.cpp" $(pkg-config --cflags --libs edgefold) -o "by-pkg-config$flags"
  for program in "cmake$flags/consumer" "./by-pkg-config$flags"; do
    [[ $(level_of "$program") == "$best" ]] || fail "$program did not run, or not with $best"
  done
done
echo "packages: consumers by CMake and pkg-config, with and without -march=native, passed"

# wrapper NAME: what runs a packaged program as `run` says.
wrapper() {
  printf '#!/bin/sh\nexec %s /usr/bin/edgefold-%s "$@"\n' "${run[*]}" "$1" >"$scratch/$1"
  chmod +x "$scratch/$1"
  echo "$scratch/$1"
}

# Programs: on this processor, and on older ones. Their tests compare numbers.
declare -A processors=([x86-64-v2]=Nehalem [x86-64-v3]=Haswell-noTSX)
printf '0 1\n1 2\n' >g.txt
for level in x86-64-v2 x86-64-v3 x86-64-v4; do
  if [[ $level > $best ]]; then continue; fi
  run=()
  if [[ $level != "$best" ]]; then run=(qemu-x86_64 -cpu "${processors[$level]}"); fi
  program=$(wrapper message_passing)
  found=$(level_of "$program" --graph g.txt --message copy_u --reduce sum)
  [[ $found == "$level" ]] || fail "$level: message_passing did not run, or with another library: $found"
  "$root/tests/examples/message_passing.sh" "$program" small
  for name in quickstart custom_reducer custom_message; do
    "$root/tests/examples/compare.sh" "$(wrapper $name)" "$root/tests/examples/$name.expected"
  done
  [[ $(level_of "${run[@]}" ./by-pkg-config) == "$level" ]] || fail "$level: the consumer did not run"
  echo "packages: $level: programs and consumer passed ${run[*]}"
done
