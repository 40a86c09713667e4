/// How the features of several edges become one row.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold {

/// `sum`, `mean`, `max` and `min`: the reducers of these names, with their scalar types (the mean of integers is a
/// float) and gradients. `first`: the features of the edge with the least id.
enum class aggregate : std::uint8_t { sum, mean, max, min, first };

namespace detail {

/// Rows of x, one an edge, put together group by group: (groups, dims...), zeros for an empty group. `first` needs an
/// edge in each group.
any_tensor aggregate_rows(const any_tensor& x, const edge_groups& groups, aggregate how, std::string_view operation);

}  // namespace detail
}  // namespace edgefold
