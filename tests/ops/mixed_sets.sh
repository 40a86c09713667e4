#!/usr/bin/env bash
# One program of parts compiled for different instruction sets, each with functors of its own, linked in either order: every part
# computes what a loop does.
# usage: mixed_sets.sh COMPILER INCLUDE_FOLDERS (separated by ;) LIBRARY
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/own_compiler.sh" "$@"

# Without optimisation functions stay apart, and the linker keeps one of those with the same name.
cat >"$scratch/messages.cpp" <<'CODE'
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/reduce.hpp>
#include <edgefold/ops/update_all.hpp>
using namespace edgefold;

int PART() {  // how many results are wrong
  const graph g({{0, 2}, {1, 2}});
  basic_tensor<std::int32_t> whole({3, 37});
  tensor x({3, 37});
  for (int i = 0; i < 74; ++i) whole.mutable_data()[i] = i + 1, x.mutable_data()[i] = static_cast<float>(i + 1);
  const auto twice = [](auto m) { return m + m; };
  const auto mean = update_all(g, message(twice, src(whole)), reduce::mean{});
  const auto root = update_all(g, message([](auto m) { return sqrt(m); }, src(x)), reduce::power_mean{2});
  int wrong = 0;
  for (int k = 0; k < 37; ++k) {
    const double a = k + 1, b = k + 38;
    wrong += std::abs(static_cast<double>(mean.at(2, k)) - (a + b)) > 1e-4;
    wrong += std::abs(static_cast<double>(root.at(2, k)) - std::sqrt((a + b) / 2)) > 1e-4;
  }
  return wrong;
}
CODE

# With it, what allocates and what frees may come from different parts. (Of Eigen's own functions, which have one name for all sets,
# clang leaves some that allocate apart: there they are to do alike, as docs/installing.md tells who mixes sets.)
eigen=()
if "$compiler" --version | grep -q clang; then eigen=(-DEIGEN_MAX_ALIGN_BYTES=64); fi
cat >"$scratch/matrices.cpp" <<'CODE'
#include <edgefold/core/tensor.hpp>

int PART() {
  int wrong = 0;
  for (int rows = 2; rows < 20; ++rows) {
    Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> m(rows, 5);
    m.setConstant(2);
    const auto sum = edgefold::tensor::from(m + m);
    const auto taken = edgefold::tensor::from(std::move(m));
    wrong += taken.at(1, 2) != 2 || sum.at(1, 2) != 4;
  }
  return wrong;
}
CODE

instruction_sets "$compiler"
if [[ ${sets[0]} == x86-64 ]]; then sets+=(ivybridge "x86-64-v3 -mavx512f"); fi
forth=() back=() declared='' calls=''
for set in "${sets[@]}"; do
  runs_here "$set" || continue
  for file in messages matrices; do
    part=${file}_${#forth[@]} object=$scratch/$file-${#forth[@]}.o
    level=-O1
    if [[ $file == messages ]]; then level=-O0; fi
    # shellcheck disable=SC2086
    "$compiler" -std=c++20 $level -march=$set "${eigen[@]}" "-DPART=$part" "${includes[@]}" -c "$scratch/$file.cpp" -o "$object"
    forth+=("$object") back=("$object" "${back[@]}")
    declared+="int $part();"
    calls+="if (const int n = $part()) wrong = 1, std::printf(\"$file, $set: %d wrong\\n\", n);"
  done
done
echo "#include <cstdio>
$declared
int main() { int wrong = 0; $calls return wrong; }" >"$scratch/main.cpp"

for order in forth back; do
  declare -n objects=$order
  link "$scratch/$order" "$scratch/main.cpp" "${objects[@]}"
  "$scratch/$order"
  echo "${#forth[@]} parts, linked $order: right"
done
