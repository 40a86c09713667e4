#include <edgefold/ops/traverse/frontier.hpp>

#include <algorithm>

namespace edgefold {
namespace {

basic_tensor<std::int64_t> tensor_of(const std::vector<std::int64_t>& ids) {
  return basic_tensor<std::int64_t>({std::ssize(ids)}, std::span(ids));
}

template <class Id>
std::vector<Id> ascending(const id_list& ids, bool unique) {
  std::vector<Id> v;
  v.reserve(static_cast<std::size_t>(ids.size()));
  for (std::int64_t i = 0; i < ids.size(); ++i) v.push_back(static_cast<Id>(ids[i]));
  std::sort(v.begin(), v.end());
  if (unique) v.erase(std::unique(v.begin(), v.end()), v.end());
  return v;
}

// Arrays of partial groups while they grow.
struct group_builder {
  std::vector<std::int32_t> vertices, neighbors;
  std::vector<std::int64_t> offsets{0}, ids;

  void add_edge(edge_id e, vertex_id from) {
    ids.push_back(e);
    neighbors.push_back(from);
  }
  void end_group(vertex_id v) {
    vertices.push_back(v);
    offsets.push_back(std::ssize(ids));
  }
  detail::partial_groups build() && {
    basic_tensor<std::int32_t> v({std::ssize(vertices)}, std::span<const std::int32_t>(vertices));
    // Those of one edge follow one another.
    const bool twice = std::adjacent_find(ids.begin(), ids.end()) != ids.end();
    auto self = std::make_shared<const group_builder>(std::move(*this));
    edge_groups g;
    g.num_groups = std::ssize(self->vertices);
    g.num_edges = std::ssize(self->ids);
    g.offsets = self->offsets.data();
    g.neighbors = self->neighbors.data();
    if (!twice) g.wide_edge_ids = self->ids.data();
    g.owner = self;
    return {v, g, twice ? tensor_of(self->ids) : basic_tensor<std::int64_t>()};
  }
};

}  // namespace

namespace detail {

partial_groups groups_into(const adjacency& a, const id_list& vertices, std::string_view operation) {
  vertices.check_range(a.num_dst(), operation, "vertex");
  const edge_groups& in = a.in_edges();
  group_builder b;
  for (const std::int32_t v : ascending<std::int32_t>(vertices, true)) {
    for (std::int64_t k = in.offsets[v]; k < in.offsets[v + 1]; ++k) b.add_edge(in.id_at(k), in.neighbors[k]);
    b.end_group(v);
  }
  return std::move(b).build();
}

partial_groups groups_among(const adjacency& a, const id_list& edge_ids, std::string_view operation) {
  edge_ids.check_range(a.num_edges(), operation, "edge");
  const vertex_id* from = a.sources();
  const vertex_id* to = a.targets();
  std::vector<std::int64_t> ids = ascending<std::int64_t>(edge_ids, false);
  std::stable_sort(ids.begin(), ids.end(), [to](std::int64_t x, std::int64_t y) { return to[x] < to[y]; });
  group_builder b;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    b.add_edge(ids[i], from[ids[i]]);
    if (i + 1 == ids.size() || to[ids[i + 1]] != to[ids[i]]) b.end_group(to[ids[i]]);
  }
  return std::move(b).build();
}

basic_tensor<std::int64_t> edges_out_of(const adjacency& a, const id_list& vertices, std::string_view operation) {
  vertices.check_range(a.num_src(), operation, "vertex");
  const edge_groups& out = a.out_edges();
  std::vector<std::int64_t> ids;
  for (const std::int32_t u : ascending<std::int32_t>(vertices, false))
    for (std::int64_t k = out.offsets[u]; k < out.offsets[u + 1]; ++k) ids.push_back(out.id_at(k));
  return tensor_of(ids);
}

}  // namespace detail
}  // namespace edgefold
