#!/usr/bin/env bash
# exports.sh NM MAP VERSION -- OBJECT... [-- OBJECT...]...: the linker's version script that exports what all of the lists of objects
# define in namespace edgefold. What one of them alone has came out of a template there, which consumers make for themselves;
# names of an instruction set (isa_) are nobody's business.
set -euo pipefail
nm=$1 map=$2 version=$3
shift 3
names=
objects=()
defined() {
  "$nm" --defined-only --extern-only "${objects[@]}" | awk '/ [A-Z] / {print $3}' |
    grep -E '^_Z(T[A-Z]|GV)?N?K?8edgefold' | grep -v isa_ | LC_ALL=C sort -u
}
take() {
  if ((${#objects[@]} == 0)); then return; fi
  if [[ -z $names ]]; then names=$(defined); else names=$(LC_ALL=C comm -12 <(echo "$names") <(defined)); fi
  objects=()
}
for argument in "$@"; do
  if [[ $argument == -- ]]; then take; else objects+=("$argument"); fi
done
take
{
  printf '%s {\n  global:\n' "$version"
  sed 's/.*/    &;/' <<<"$names"
  printf '  local: *;\n};\n'
} >"$map"
