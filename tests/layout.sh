#!/usr/bin/env bash
# The rules of the tree: what may be at the top, which room may include which, who may name oneTBB and Boost.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
failures=0
fail() {
  echo "layout: $1" >&2
  failures=$((failures + 1))
}

mapfile -t files < <(core/package/tree_files.sh)
((${#files[@]} > 0)) || fail "no files found"

for top in $(printf '%s\n' "${files[@]%%/*}" | sort -u); do
  case $top in
    core | ops | models | examples | tests | docs | CMakeLists.txt | README.md | LICENSE | CMakePresets.json | .ci) ;;
    .gitignore | .gitattributes | .clang-format | .clang-tidy) ;;
    *) fail "$top: no such entry at the top of the tree" ;;
  esac
done

mapfile -t sources < <(printf '%s\n' "${files[@]}" | grep -E '\.(hpp|cpp|sh|cmake|py)$|CMakeLists\.txt$')
# naming PATTERN FOLDERS: the C++ files under FOLDERS (a|b|c) with a line that matches PATTERN.
naming() { printf '%s\n' "${sources[@]}" | grep -E "^($2)/.*\.[hc]pp$" | xargs -r grep -lE -- "$1" || true; }

# Who may include whom: rooms from the ground up, each the pattern of its files. A file includes files of its own room and of
# rooms above it in this list.
rooms=(
  'core/(types|error|isa)\.'
  'core/simd/'
  'core/'
  'core/io/'
  'ops/dense/'
  'ops/message/'
  'ops/traverse/'
  'ops/reduce/'
  'ops/kernel/'
  'ops/gradient/'
  'ops/'
  'ops/tensor/'
  'ops/transform/'
  'ops/sample/'
  'ops/cluster/'
  'models/train/'
  'models/layers/'
  'models/'
  'examples/'
  'tests/'
)
includes=$(printf '%s\n' "${sources[@]}" | grep -E '\.[hc]pp$' |
  xargs grep -oE '^ *# *include *[<"][^>"]+' | sed -E 's/: *# *include *[<"](edgefold\/)?/ /')
misplaced=$(printf '%s\n' "${rooms[@]}" | awk '
  function room_of(file, i) {  # the longest pattern that fits
    best = 0
    for (i = 1; i <= n; ++i) if (file ~ "^" room[i] && (!best || length(room[i]) > length(room[best]))) best = i
    return best
  }
  FILENAME == "-" { room[++n] = $0; next }
  $1 ~ /^(core|ops|models)\// {
    if ($2 == "edgefold.hpp") print $1 " includes the umbrella, which is for users"
    from = room_of($1)
    sub(/\/private\//, "/", $2)
    to = room_of($2)
    if (!from) print $1 " is in no room"
    else if (to > from) print $1 " includes " $2 ", of a room below its own"
  }' - <(echo "$includes"))
while read -r line; do if [[ -n $line ]]; then fail "$line"; fi; done <<<"$misplaced"
rings=$(echo "$includes" | awk '$2 ~ /^(core|ops|models)\//' | tsort 2>&1 >/dev/null | grep -v 'contains a loop' | sed 's/^tsort: //' | xargs || true)
[[ -z $rings ]] || fail "files include each other in a ring: $rings"
for file in $(naming '# *include *[<"](\.\./)*(examples|tests)/' 'core|ops|models') $(naming '# *include *[<"](\.\./)*tests/' examples); do
  fail "$file includes a folder to its right"
done

mapfile -t tbb < <(naming '# *include *<(tbb|oneapi)/|\b(tbb|oneapi)::' 'core|ops|models|examples')
((${#tbb[@]} <= 1)) || fail "oneTBB is named in more than one file: ${tbb[*]}"
mapfile -t boost < <(naming '# *include *<boost/' 'core|ops|models')
((${#boost[@]} <= 1)) || fail "Boost is included by more than one file: ${boost[*]}"

# What lies outside of the checkout is named by .ci/run alone.
mapfile -t outside < <(printf '%s\n' "${sources[@]}" | grep -v '^tests/layout.sh$' | xargs -r grep -lE '\.\./shared\b' || true)
((${#outside[@]} == 0)) || fail "../shared is a default in ${outside[*]}"

for file in "${sources[@]}"; do
  lines=$(wc -l <"$file")
  ((lines <= 400)) || fail "$file has $lines lines, 400 is the most"
done
((failures == 0))
