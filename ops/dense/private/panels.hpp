/// Panels as `multiply_tile` reads them. Private to the compiled library.
#pragma once
#include <cstring>

#include <edgefold/core/memory.hpp>
#include <edgefold/ops/dense/private/register_tile.hpp>
#include <edgefold/ops/dense/private/transpose_block.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Panels that `count` rows take, or columns.
template <class T>
constexpr std::int64_t row_panels(std::int64_t count) {
  return (count + register_tile<T>::rows - 1) / register_tile<T>::rows;
}
template <class T>
constexpr std::int64_t col_panels(std::int64_t count) {
  return (count + register_tile<T>::cols - 1) / register_tile<T>::cols;
}

/// Fills what is left of the last panel of `rows` rows, so that no tile reads memory that was never written.
template <class T>
void pad_panel_by_row(std::int64_t rows, std::int64_t depth, T* panels) {
  for (std::int64_t i = rows; i % register_tile<T>::rows != 0; ++i)
    std::fill_n(panels + i * register_tile<T>::depth, depth, T(0));
}

/// Panels of A, by row, of rows that lie `step` apart, their elements together.
template <class T>
void pack_by_row(const T* from, std::int64_t step, std::int64_t rows, std::int64_t depth, T* to) {
  for (std::int64_t i = 0; i < rows; ++i) std::copy_n(from + i * step, depth, to + i * register_tile<T>::depth);
  pad_panel_by_row(rows, depth, to);
}

/// Panels of A, by depth, of rows whose elements lie `step` apart, the rows side by side.
template <class T>
void pack_by_depth(const T* from, std::int64_t step, std::int64_t rows, std::int64_t depth, T* to) {
  constexpr int n = register_tile<T>::rows;
  const std::int64_t whole = rows / n, rest = rows % n;
  for (std::int64_t p = 0; p < depth; ++p)
    for (std::int64_t i = 0; i < whole; ++i)
      std::memcpy(to + i * register_tile<T>::a_panel + p * n, from + p * step + i * n, n * sizeof(T));
  if (rest == 0) return;
  from += whole * n;
  to += whole * register_tile<T>::a_panel;
  for (std::int64_t k = 0; k < n; ++k)  // (copies of a short length known at run time only are slower)
    for (std::int64_t p = 0; p < depth; ++p) to[p * n + k] = k < rest ? from[p * step + k] : T(0);
}

/// One panel of B of columns that lie side by side, rows `step` apart; at most as many as a panel has.
template <class T>
void pack_columns(const T* from, std::int64_t step, std::int64_t cols, std::int64_t depth, T* to) {
  constexpr int n = register_tile<T>::cols, lanes = register_tile<T>::lanes;
  if (cols == n) {
    for (std::int64_t p = 0; p < depth; ++p) std::memcpy(to + p * n, from + p * step, n * sizeof(T));
    return;
  }
  const int left = static_cast<int>(std::min<std::int64_t>(cols, lanes)), right = static_cast<int>(cols) - left;
  const first_lanes<T, lanes> active(left), more(std::max(right, 1));
  for (std::int64_t p = 0; p < depth; ++p) {
    store(to + p * n, load(from + p * step, active));
    store(to + p * n + lanes, right > 0 ? load(from + p * step + lanes, more) : pack<T, lanes>(T(0)));
  }
}

/// The same of columns that lie `step` apart, their elements together.
template <class T>
void pack_columns_transposed(const T* from, std::int64_t step, std::int64_t cols, std::int64_t depth, T* to) {
  constexpr int n = register_tile<T>::cols;
  if (cols < n) std::fill_n(to, depth * n, T(0));
  transpose_block(from, step, cols, depth, to, n);
}

/// Panels of A of `rows` rows times one panel of B, to `rows` x `cols` elements of `c`, whose rows lie `step` apart.
template <panel_order Order, class T>
void multiply_panels(const T* a, const T* b, std::int64_t depth, T* c, std::int64_t step, std::int64_t rows,
                     std::int64_t cols, bool add) {
  constexpr int n = register_tile<T>::rows;
  tile_target<T> to;
  to.cols = static_cast<int>(cols);
  to.add = add;
  for (std::int64_t i = 0; i < rows; i += n, a += register_tile<T>::a_panel) {
    to.rows = static_cast<int>(std::min<std::int64_t>(n, rows - i));
    for (int k = 0; k < to.rows; ++k) to.row[k] = c + (i + k) * step;
    multiply_tile<Order>(a, b, depth, to);
  }
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
