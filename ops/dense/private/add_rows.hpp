/// Rows added up where ids say, in an order that no number of threads changes. Private to the compiled library.
#pragma once
#include <edgefold/core/types.hpp>

namespace edgefold::detail {

/// Adds row i of `from`, of `width` values, to row rows[i] of `to`, in the order of i, long sums of floats in parts or
/// in double; `to` has `num_rows` of them.
template <element T>
requires(!std::same_as<T, bool>) void add_rows(const T* from, const vertex_id* rows, std::int64_t count,
                                               std::int64_t width, T* to, std::int64_t num_rows);

}  // namespace edgefold::detail
