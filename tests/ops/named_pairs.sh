#!/usr/bin/env bash
# A file of the library's instruction set uses the library's kernels of named pairs; one of another set compiles its own.
# usage: named_pairs.sh COMPILER INCLUDE_FOLDERS (separated by ;) LEVEL (what version.hpp says of the library)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/include_flags.sh"
compiler=$1
include_flags "$2"
level=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/user.cpp" <<'CODE'
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>
using namespace edgefold;
tensor weighted(const graph& g) { return update_all(g, u_mul_e("h", "w"), reduce::sum{}); }
tensor greatest(const graph& g) { return update_all(g, copy_u("h"), reduce::max{}); }
tensor scores(const graph& g) { return apply_edges(g, u_dot_v("q", "k")); }
CODE
failures=0
sets=([0]=x86-64 [1]=- [2]=- [3]=x86-64-v3 [4]=x86-64-v4)  # by level
for at in 0 3 4; do
  "$compiler" -std=c++20 -O0 "-march=${sets[at]}" "${includes[@]}" -c "$scratch/user.cpp" -o "$scratch/user.o"
  nm -C "$scratch/user.o" >"$scratch/symbols"
  kernels=$(grep -cE ' [TtWwVu] .*(fold_kernel|backward_sweep|message_writer)<' "$scratch/symbols" || true)
  wanted=$(grep -cE ' U .*(recorded_fold|recorded_messages)<' "$scratch/symbols" || true)
  if ((at == level ? kernels != 0 || wanted != 3 : kernels == 0 || wanted != 0)); then
    echo "${sets[at]}, library of level $level: $kernels functions of kernels, $wanted from the library"
    failures=1
  fi
done
exit $failures
