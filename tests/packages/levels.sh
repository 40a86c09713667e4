#!/usr/bin/env bash
# levels.sh CONSUMER BUILD FOLDER...: the libraries in these folders of BUILD, the least level's first, export the same names; no
# program asks for one that depends on the instruction set; the consumer runs on each library that this processor can, and the
# loader takes the last of them by itself.
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

exported() { nm -D --defined-only "$1" | awk '{print $3}' | LC_ALL=C sort; }
exported "$build/$soname" >"$scratch/names"
grep -q edgefold "$scratch/names" || fail "$soname exports nothing"
! grep isa_ "$scratch/names" || fail "$soname exports what depends on the instruction set"
for folder in "$@"; do
  exported "$build/$folder/$soname" | diff "$scratch/names" - || fail "$folder: the library exports other names than that in $1"
done

mapfile -t users < <(find "$build/examples" -type f \( -name 'edgefold-*' -o -name 'libedgefold-*.so' \) 2>/dev/null)
for user in "$consumer" "${users[@]}"; do
  nm -D --undefined-only "$user" >"$scratch/wanted"
  ! grep isa_ "$scratch/wanted" || fail "$user wants what depends on the instruction set"
done

loaded_from() { LD_DEBUG=libs LD_LIBRARY_PATH=$1 "$consumer" 2>&1 >"$scratch/out" | sed -n 's|.*calling init: \(.*\)/libedgefold.*|\1|p'; }
loader=$(readelf -l "$consumer" | sed -n 's/.*program interpreter: \(.*\)\]/\1/p')
"$loader" --help >"$scratch/loader"
best=$1
for folder in "$@"; do
  level=${folder##*/}
  if [[ $folder != "$1" ]] && ! grep -q "$level (supported" "$scratch/loader"; then
    echo "$folder: not for this processor, so only its names were compared"
    continue
  fi
  best=$folder
  # A folder with this library alone, so that the loader has no choice.
  alone=$(mktemp -d -p "$scratch")
  ln -s "$build/$folder/$soname" "$alone/$soname"
  [[ $(loaded_from "$alone") == "$alone" ]] || fail "the consumer did not run with the library in $folder"
  echo "$folder: the consumer passed"
done
[[ $(loaded_from "$build") -ef $build/$best ]] || fail "the loader took another library than that in $best"
echo "the loader takes $best; $(wc -l <"$scratch/names") names, ${#users[@]} programs and their libraries"
