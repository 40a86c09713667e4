/// Stable parallel sort of edges by one of their ends. Private to the library.
#pragma once
#include <limits>

#include <edgefold/core/adjacency.hpp>
#include <edgefold/core/autograd.hpp>

namespace edgefold::detail {

/// The arrays behind an `edge_groups`.
struct group_arrays {
  basic_tensor<std::int64_t> offsets;
  basic_tensor<std::int32_t> neighbors;
  basic_tensor<std::int32_t> ids;  // undefined where an id is its position
  basic_tensor<std::int64_t> wide_ids;
  edge_groups view(std::int64_t num_groups) const;
};

/// A tensor of an array of a graph, which is read alone.
template <class T>
basic_tensor<T> view_of(const T* data, std::int64_t n, const std::shared_ptr<const void>& owner) {
  auto t = basic_tensor<T>::wrap(const_cast<T*>(data), {n}, std::const_pointer_cast<void>(owner));
  tape_access<T>::make_constant(t);
  return t;
}

/// Where `group_edges` changes its way; the order it finds is the same. Tests set them low.
struct sort_limits {
  std::int64_t at_once = 1 << 16;                                      // up to so many edges are sorted in one step,
  std::int64_t groups_at_once = 1 << 10;                               // or up to so many groups; others in two
  std::int64_t edges_a_bucket = 1 << 12;                               // on average, or more
  std::int64_t edges_a_run = 1 << 16;                                  // least work for a thread
  std::int64_t narrow_ids = std::numeric_limits<std::int32_t>::max();  // so many ids take 32 bits, more take 64
};

/// Groups the edges by `keys`, ids ascending in each group; `others` are their other ends. Where the keys ascend
/// already, `others` is shared. Takes 4 bytes of scratch an edge, and 12 (16) more for those of the bucket being
/// sorted.
group_arrays group_edges(const basic_tensor<std::int32_t>& keys, const basic_tensor<std::int32_t>& others,
                         std::int64_t num_groups, const sort_limits& limits = {});

}  // namespace edgefold::detail
