#!/usr/bin/env bash
# levels.sh CONSUMER BUILD LEVEL...: the libraries of all levels export the same names; no program asks for one that depends on the
# instruction set; the consumer runs on each library that this processor can, and the loader takes the last of them by itself.
set -euo pipefail
consumer=$1 build=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
soname=$(readelf -d "$consumer" | sed -n 's/.*NEEDED.*\[\(libedgefold\.[^]]*\)\].*/\1/p')
fail() {
  echo "levels: $*"
  exit 1
}
[[ -n $soname ]] || fail "the consumer uses no shared library"

folder_of() { if [[ $1 == least ]]; then echo "$build"; else echo "$build/glibc-hwcaps/$1"; fi; }
exported() { nm -D --defined-only "$1" | awk '{print $3}' | LC_ALL=C sort; }
exported "$build/$soname" >"$scratch/names"
grep -q edgefold "$scratch/names" || fail "$soname exports nothing"
! grep isa_ "$scratch/names" || fail "$soname exports what depends on the instruction set"
for level in "$@"; do
  exported "$(folder_of "$level")/$soname" | diff "$scratch/names" - || fail "$level exports other names than $1"
done

mapfile -t users < <(find "$build/examples" -type f \( -name 'edgefold-*' -o -name 'libedgefold-*.so' \) 2>/dev/null)
for user in "$consumer" "${users[@]}"; do
  nm -D --undefined-only "$user" >"$scratch/wanted"
  ! grep isa_ "$scratch/wanted" || fail "$user wants what depends on the instruction set"
done

loaded_from() { LD_DEBUG=libs LD_LIBRARY_PATH=$1 "$consumer" 2>&1 >"$scratch/out" | sed -n 's|.*calling init: \(.*\)/libedgefold.*|\1|p'; }
loader=$(readelf -l "$consumer" | sed -n 's/.*program interpreter: \(.*\)\]/\1/p')
"$loader" --help >"$scratch/loader"
best=least
for level in "$@"; do
  if [[ $level != least ]] && ! grep -q "$level (supported" "$scratch/loader"; then
    echo "$level: not this processor's, so only its names were compared"
    continue
  fi
  best=$level
  # The folder itself, so that the loader has no choice.
  mkdir "$scratch/$level"
  ln -s "$(folder_of "$level")/$soname" "$scratch/$level/$soname"
  [[ $(loaded_from "$scratch/$level") == "$scratch/$level" ]] || fail "the consumer did not run with $level"
  echo "$level: the consumer passed"
done
[[ $(loaded_from "$build") == "$(folder_of "$best")" ]] || fail "the loader took another than $best"
echo "the loader takes $best; $(wc -l <"$scratch/names") names, ${#users[@]} programs and their libraries"
