/// Transposition of matrices in memory, a square of registers at a time. Private to the compiled library.
#pragma once
#include <algorithm>
#include <utility>

#include <edgefold/core/simd/memory.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Of two rows, the blocks of `Half` lanes that stay in the upper row (Low) or in the lower one after an exchange of
/// the off-diagonal blocks.
template <bool Low, int Half, class P, std::size_t... L>
[[gnu::always_inline]] inline P exchange_blocks(const P& a, const P& b, std::index_sequence<L...>) {
  constexpr int n = sizeof...(L);
  constexpr auto from = [](int l) {
    const bool even = l / Half % 2 == 0;
    return Low ? (even ? l : n + l - Half) : (even ? l + Half : n + l);
  };
  P r;
  pick_lanes<n, (from(static_cast<int>(L)))...>(r.v, a.v, b.v);
  return r;
}

/// Transposes N x N elements in registers: exchanges off-diagonal halves, then within the quarters, and so on.
template <int Half, class P, int N>
[[gnu::always_inline]] inline void transpose_registers(P (&r)[N]) {
  if constexpr (Half >= 1) {
    constexpr auto lanes = std::make_index_sequence<N>{};
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i)
      if ((i & Half) == 0) {
        const P low = exchange_blocks<true, Half>(r[i], r[i + Half], lanes);
        r[i + Half] = exchange_blocks<false, Half>(r[i], r[i + Half], lanes);
        r[i] = low;
      }
    transpose_registers<Half / 2>(r);
  }
}

/// One square of registers.
template <class T>
[[gnu::always_inline]] inline void transpose_square(const T* from, std::int64_t from_step, T* to,
                                                    std::int64_t to_step) {
  constexpr int n = native_lanes<T>;
  pack<T, n> r[n];
#pragma GCC unroll 16
  for (int k = 0; k < n; ++k) r[k] = load<T, n>(from + k * from_step);
  transpose_registers<n / 2>(r);
#pragma GCC unroll 16
  for (int k = 0; k < n; ++k) store(to + k * to_step, r[k]);
}

/// to[j][i] = from[i][j] for rows x cols elements of `from`; steps are from row to row.
template <class T>
void transpose_block(const T* from, std::int64_t from_step, std::int64_t rows, std::int64_t cols, T* to,
                     std::int64_t to_step) {
  constexpr std::int64_t n = native_lanes<T>, line = 64 / sizeof(T);  // whole cache lines of `to` at once
  const std::int64_t whole_rows = rows - rows % n, whole_cols = cols - cols % n;
  for (std::int64_t top = 0; top < whole_rows; top += line)
    for (std::int64_t j = 0; j < whole_cols; j += n)
      for (std::int64_t i = top; i < std::min(top + line, whole_rows); i += n)
        transpose_square(from + i * from_step + j, from_step, to + j * to_step + i, to_step);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = i < whole_rows ? whole_cols : 0; j < cols; ++j) to[j * to_step + i] = from[i * from_step + j];
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
