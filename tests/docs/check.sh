#!/usr/bin/env bash
# check.sh SCRATCH CXX INCLUDE LIBRARY: the C++ in README.md and docs/*.md compiles, its programs print what the page says,
# and links lead to files that are there, as names of files do, in figures too.
#
# Of the blocks that begin with ```cpp, those with `int main` are whole programs; a block ```text output after one is what
# it prints. The rest are fragments: what begins with `struct` stands at namespace scope, all else inside a function that
# sees the names of prelude.hpp.
set -euo pipefail
here=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=${here%/tests/docs}
scratch=$1 cxx=$2 include=$3 library=$4
if [[ -e $scratch && ! -e $scratch/fragments.cpp ]]; then
  echo "docs: there is something else in $scratch" >&2
  exit 2
fi
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$root"
pages=(README.md docs/*.md)
failures=0
fail() {
  echo "docs: $1" >&2
  failures=$((failures + 1))
}

awk -v scratch="$scratch" -v prelude="$here/prelude.hpp" '
  BEGIN { fragments = scratch "/fragments.cpp"; print "#include \"" prelude "\"" >fragments }
  FNR == 1 { page = FILENAME; gsub(/.*\/|\.md$/, "", page); program = "" }
  /^```cpp$/ { inside = 1; text = ""; start = FNR + 1; next }
  /^```text output$/ && program != "" { output = program; next }
  /^```/ && inside {
    inside = 0
    line = "#line " start " \"" FILENAME "\"\n"
    if (text ~ /int main/) {
      program = scratch "/" page "-" start
      printf "%s%s", line, text >(program ".cpp")
      next
    }
    program = ""
    if (text ~ /^struct/) printf "%s%s", line, text >fragments
    else printf "void fragment_%d() {\n%s%s}\n", ++count, line, text >fragments
    next
  }
  /^```/ && output != "" { output = program = "" }
  inside { text = text $0 "\n" }
  output != "" && !/^```/ { print >(output ".expected") }
' "${pages[@]}"

launcher=$(command -v ccache || true)
flags=(-std=c++20 -O1 -I"$include" -pthread)
read -ra dependencies < <(pkg-config --cflags eigen3 xsimd)
read -ra libraries < <(pkg-config --libs tbb libzip zlib)
shopt -s nullglob
for source in "$scratch"/*-*.cpp; do
  name=${source%.cpp}
  # shellcheck disable=SC2086
  if ! $launcher "$cxx" "${flags[@]}" "${dependencies[@]}" -Wall -Wextra -c "$source" -o "$name.o" ||
    ! "$cxx" "$name.o" "$library" "${libraries[@]}" -pthread -Wl,-rpath,"${library%/*}" -o "$name"; then
    fail "$(basename "$name"): does not compile"
  elif ! (cd "$scratch" && "$name") >"$name.output"; then fail "$(basename "$name"): fails"
  elif [[ ! -e $name.expected ]]; then fail "$(basename "$name"): the page does not say what it prints"
  elif ! diff -u "$name.expected" "$name.output"; then fail "$(basename "$name"): prints something else"
  fi
done
"$cxx" "${flags[@]}" "${dependencies[@]}" -w -fsyntax-only "$scratch/fragments.cpp" || fail "a fragment does not compile"

# Links to other places of the tree, and to headings.
headings() { sed -nE 's/^#+ +//p' "$1" | tr '[:upper:] ' '[:lower:]-' | tr -cd '[:alnum:]_\n-'; }
while read -r page link; do
  target=${link%%#*}
  target=$([[ -n $target ]] && echo "$(dirname "$page")/$target" || echo "$page")
  if [[ ! -e $target ]]; then fail "$page: $link is not there"
  elif [[ $link == *#* ]] && ! headings "$target" | grep -qx -- "${link#*#}"; then fail "$page: no heading for $link"
  fi
done < <(awk '
  /^```/ { code = !code }
  !code {
    for (rest = $0; match(rest, /\]\([^)]+\)/); rest = substr(rest, RSTART + RLENGTH))
      print FILENAME, substr(rest, RSTART + 2, RLENGTH - 3)
  }' "${pages[@]}")

# Files and folders named between backticks, and in the figure of the architecture.
while read -r page name; do
  [[ -e $name || -e $name.cpp ]] || fail "$page names $name, which is not there"
done < <(grep -oHE '`(core|ops|models|examples|tests|docs|\.ci)/[A-Za-z0-9_./-]*`' "${pages[@]}" | tr -d '`' | tr ':' ' '
  grep -oHE '(core|ops)/[a-z_/]+(\.hpp)?' docs/figures/update_all.svg | tr ':' ' ')
((failures == 0))
