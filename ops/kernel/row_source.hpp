/// Where the rows of operands, results and gradients are, by position of an edge.
#pragma once
#include <edgefold/core/adjacency.hpp>
#include <edgefold/ops/message/operand.hpp>

namespace edgefold::detail {

/// Rows of one operand by edge position. The side is a run-time value: one kernel serves u_add_v, u_add_e, e_add_v, ...
template <class T>
struct row_source {
  const T* base = nullptr;
  std::int64_t by_group = 0;                // elements from one group's row to the next (the grouped end of the edges)
  std::int64_t by_position = 0;             // elements from one position's row to the next (edges in compressed order)
  std::int64_t first = 0;                   // the position of the first of these
  std::int64_t stride = 0;                  // elements of a row, for rows found through the arrays
  const std::int32_t* rows = nullptr;       // row of each position, or
  const std::int64_t* wide_rows = nullptr;  // the same in 64 bits
  bool far = false;                         // rows jump about in a table larger than the cache: worth prefetching

  const T* group(std::int64_t g) const { return base + g * by_group; }
  [[gnu::always_inline]] const T* at(const T* group, std::int64_t position) const {
    const T* p[1];
    find(group, position, p);
    return p[0];
  }
  /// Rows of positions that follow one another.
  template <int Edges>
  [[gnu::always_inline]] void find(const T* group, std::int64_t position, const T* (&p)[Edges]) const {
    if (rows)
      for (int e = 0; e < Edges; ++e) p[e] = group + rows[position + e] * stride;
    else if (wide_rows) [[unlikely]]
      for (int e = 0; e < Edges; ++e) p[e] = group + wide_rows[position + e] * stride;
    else
      for (int e = 0; e < Edges; ++e) p[e] = group + (position - first + e) * by_position;
  }
};

/// The rows of a tensor on `where`, seen from `groups`; `grouped_by` is the end that the edges are grouped by.
template <element T>
row_source<T> rows_from(const basic_tensor<T>& t, side where, const edge_groups& groups, side grouped_by);

/// Where the row of each edge position goes.
template <class V>
struct row_target {
  V* base;
  std::int64_t width;
  const std::int32_t* rows = nullptr;       // row of each position, or
  const std::int64_t* wide_rows = nullptr;  // the same in 64 bits, or positions from `first` on
  std::int64_t first = 0;
  bool large = false;  // too large for the caches, and aligned: written past them
  V* at(std::int64_t position) const {
    return base + (rows ? rows[position] : wide_rows ? wide_rows[position] : position - first) * width;
  }
};

/// Where the gradient of an operand goes. Rows start at 0 unless `whole`.
template <class T>
struct grad_target {
  row_target<T> rows{};   // of an operand with a row an edge; base null: not wanted
  bool by_group = false;  // one row a group instead: the sum over its edges
  bool whole = false;     // as many elements as the message: each is written once
  bool adds = false;      // to what is there already
  bool wanted() const { return rows.base != nullptr; }
  bool sums_up() const { return wanted() && by_group; }
};

}  // namespace edgefold::detail
