/// Sums over rows in an order that no number of threads changes.
#pragma once
#include <edgefold/core/adjacency.hpp>
#include <edgefold/ops/kernel/schedule.hpp>

namespace edgefold::detail {

/// The sum of all rows: shape (1, dims...).
template <std::floating_point T>
basic_tensor<T> sum_rows(const basic_tensor<T>& t);

/// Adds row i of `from`, of `width` values, to row rows[i] of `to`, in the order of i; `to` has `num_rows` of them.
template <std::floating_point T>
void add_rows(const T* from, const vertex_id* rows, std::int64_t count, std::int64_t width, T* to,
              std::int64_t num_rows);

/// Row g of `to` becomes the sum of the rows of `parts` that belong to chunks of group g, in order.
template <std::floating_point T>
void add_chunks(const std::vector<hub_chunk>& chunks, const T* parts, std::int64_t width, T* to);

}  // namespace edgefold::detail
