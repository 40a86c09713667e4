#!/usr/bin/env bash
# A file uses the library's kernels of named pairs, whatever instruction set it is compiled for, and nothing of the library
# that depends on one. usage: named_pairs.sh COMPILER INCLUDE_FOLDERS (separated by ;)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../support/own_compiler.sh" "$@"
cat >"$scratch/user.cpp" <<'CODE'
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>
using namespace edgefold;
tensor weighted(const graph& g) { return update_all(g, u_mul_e("h", "w"), reduce::sum{}); }
tensor greatest(const graph& g) { return update_all(g, copy_u("h"), reduce::max{}); }
tensor scores(const graph& g) { return apply_edges(g, u_dot_v("q", "k")); }
CODE
failures=0
instruction_sets "$compiler"
for set in "${sets[@]}"; do
  "$compiler" -std=c++20 -O0 "-march=$set" "${includes[@]}" -c "$scratch/user.cpp" -o "$scratch/user.o"
  nm -C "$scratch/user.o" >"$scratch/symbols"
  kernels=$(grep -cE ' [TtWwVu] .*(fold_kernel|backward_sweep|message_writer)<' "$scratch/symbols" || true)
  wanted=$(grep -cE ' U edgefold::detail::named_(fold|messages)\(' "$scratch/symbols" || true)
  bound=$(grep -cE ' U .*::isa_' "$scratch/symbols" || true)
  if ((kernels != 0 || wanted != 2 || bound != 0)); then
    echo "$set: $kernels functions of kernels, $wanted of 2 from the library, $bound that depend on the instruction set"
    failures=1
  fi
done
exit $failures
