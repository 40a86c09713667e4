/// The messages of all edges as a tensor.
#pragma once
#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/kernel/message_writer.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Calls `body(group, begin, end)` for the edge positions in [begin, end), cut where groups end.
template <class Body>
void for_groups_of(const edge_groups& groups, std::int64_t begin, std::int64_t end, Body&& body) {
  const std::int64_t* o = groups.offsets;
  std::int64_t g = std::upper_bound(o, o + groups.num_groups + 1, begin) - o - 1;
  for (; begin < end; ++g) {
    const std::int64_t stop = std::min(end, o[g + 1]);
    if (begin < stop) body(g, begin, stop);
    begin = std::max(begin, stop);
  }
}

/// Writes the message rows of all edges, by edge id, to where `make_out(features)` says.
template <any_message M, class MakeOut>
void write_messages(const M& m, const edge_groups& groups, std::string_view operation, MakeOut&& make_out) {
  const message_writer<M> rows(m, groups, operation);
  const std::int64_t width = num_elements(rows.features());
  row_target<typename M::value_type> target{make_out(rows.features()), width, groups.edge_ids, groups.wide_edge_ids};
  target.large = past_caches(target.base, width * groups.num_edges);
  constexpr std::int64_t task_elements = 1 << 15;
  const std::int64_t grain = std::max<std::int64_t>(task_elements / std::max<std::int64_t>(width, 8), 16);
  parallel_for(groups.num_edges, grain, [&](std::int64_t begin, std::int64_t end) {
    for_groups_of(groups, begin, end,
                  [&](std::int64_t g, std::int64_t b, std::int64_t e) { rows.write(g, b, e, target); });
  });
}

/// The same as a new tensor (num_edges, features...).
template <any_message M>
auto edge_messages(const M& m, const edge_groups& groups, std::string_view operation) {
  basic_tensor<typename M::value_type> out;
  write_messages(m, groups, operation, [&](const shape_type& features) {
    shape_type shape{groups.num_edges};
    shape.insert(shape.end(), features.begin(), features.end());
    out = out.uninitialized(std::move(shape));
    return out.mutable_data();
  });
  return out;
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
