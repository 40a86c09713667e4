#include <edgefold/ops/multi_update_all.hpp>

#include <edgefold/core/private/group_offsets.hpp>

namespace edgefold::detail {

graph rows_across(const std::vector<adjacency>& relations, bool all) {
  const std::int64_t n = relations[0].num_dst(), count = std::ssize(relations);
  std::vector<const edge_groups*> in;
  for (const adjacency& r : relations) in.push_back(&r.in_edges());
  const auto reaches = [&](std::int64_t r, std::int64_t v) { return in[static_cast<std::size_t>(r)]->degree(v) > 0; };

  constexpr std::int64_t grain = 1 << 14;
  auto offsets = group_offsets(n, grain, [&](std::int64_t v) {
    std::int64_t reached = 0;
    for (std::int64_t r = 0; r < count; ++r) reached += reaches(r, v);
    return all || reached == 0 ? count : reached;
  });
  const std::int64_t* const begin = offsets.data();
  auto sources = basic_tensor<std::int64_t>::uninitialized({begin[n]});
  std::int64_t* const row = sources.mutable_data();
  parallel_for(n, grain, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t v = first; v < last; ++v) {
      const bool each = begin[v + 1] - begin[v] == count;
      for (std::int64_t r = 0, k = begin[v]; r < count; ++r)
        if (each || reaches(r, v)) row[k++] = r * n + v;
    }
  });
  return graph::bipartite(adjacency::from_csc(std::move(offsets), std::move(sources), count * n));
}

}  // namespace edgefold::detail
