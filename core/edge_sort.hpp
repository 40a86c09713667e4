/// Stable parallel counting sort of edges by one of their ends. Private to the library.
#pragma once
#include <edgefold/core/adjacency.hpp>

namespace edgefold::detail {

/// The arrays behind an `edge_groups`.
struct group_arrays {
  basic_tensor<std::int64_t> offsets;
  basic_tensor<std::int32_t> neighbors;
  basic_tensor<std::int32_t> ids;  // undefined where an id is its position
  basic_tensor<std::int64_t> wide_ids;
  edge_groups view(std::int64_t num_groups) const;
};

/// Groups the edges by `keys`; `others` are their other ends. Where the keys ascend already, `others` is shared.
group_arrays group_edges(const basic_tensor<std::int32_t>& keys, const basic_tensor<std::int32_t>& others,
                         std::int64_t num_groups);

}  // namespace edgefold::detail
