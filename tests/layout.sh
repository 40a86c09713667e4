#!/usr/bin/env bash
# The rules of the tree: what may be at the top, which folder may include which, who may name oneTBB and Boost.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
failures=0
fail() {
  echo "layout: $1" >&2
  failures=$((failures + 1))
}

# The tracked files; where git does not know, all but what a build or a program makes.
list() { git ls-files 2>/dev/null | grep . || find . \( -path './build*' -o -path './out*' -o -path ./.git \) -prune -o -type f -printf '%P\n'; }
mapfile -t files < <(list | while read -r file; do if [[ -e $file ]]; then echo "$file"; fi; done)
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

right_of() { naming "^ *# *include *[<\"]([./]*|edgefold/)($1)" "$2"; }
for file in $(right_of '(ops|models|examples|tests)/|edgefold.hpp' core) \
            $(right_of '(models|examples|tests)/|edgefold.hpp' ops) \
            $(right_of '(examples|tests)/|edgefold.hpp' models) $(right_of 'tests/' examples); do
  fail "$file includes a folder to its right: $(grep -nE '# *include.*(edgefold.hpp|(ops|models|examples|tests)/)' "$file" | head -1)"
done

mapfile -t tbb < <(naming '# *include *<(tbb|oneapi)/|\b(tbb|oneapi)::' 'core|ops|models|examples')
((${#tbb[@]} <= 1)) || fail "oneTBB is named in more than one file: ${tbb[*]}"
mapfile -t boost < <(naming '# *include *<boost/' 'core|ops|models')
((${#boost[@]} <= 1)) || fail "Boost is included by more than one file: ${boost[*]}"

for file in "${sources[@]}"; do
  lines=$(wc -l <"$file")
  ((lines <= 400)) || fail "$file has $lines lines, 400 is the most"
done
((failures == 0))
