/// Parts of a graph: the in-edges of some vertices, some of the edges; and orders in which to visit all vertices.
#pragma once
#include <vector>

#include <edgefold/core/graph.hpp>

namespace edgefold {

/// Vertices visited together, frontier after frontier.
using frontiers = std::vector<basic_tensor<std::int64_t>>;

/// Breadth-first layers from `sources` along out-edges; vertices out of reach are in none. Throws for a source out of
/// range.
frontiers bfs_frontiers(const graph& g, const id_list& sources);

/// Each vertex after all its in-neighbours, as early as possible. Throws where the graph has a cycle.
frontiers topological_frontiers(const graph& g);

namespace detail {

/// In-edges of chosen destinations: group i belongs to vertices[i]; edge ids are those of the whole graph.
struct partial_groups {
  basic_tensor<std::int32_t> vertices;  // ascending, each once
  edge_groups groups;
};

/// All in-edges of `vertices`, also of those that have none.
partial_groups groups_into(const adjacency& a, const id_list& vertices, std::string_view operation);

/// The edges of `edge_ids`, in the order of their ids, at the vertices they arrive at.
partial_groups groups_among(const adjacency& a, const id_list& edge_ids, std::string_view operation);

/// Ids of the out-edges of `vertices`.
basic_tensor<std::int64_t> edges_out_of(const adjacency& a, const id_list& vertices, std::string_view operation);

/// Rows `ids` of t, and the reverse: rows of `from` become rows `ids` of `to`.
template <element T>
basic_tensor<T> gather_rows(const basic_tensor<T>& t, const basic_tensor<std::int32_t>& ids) {
  shape_type shape = t.shape();
  shape[0] = ids.size();
  auto out = basic_tensor<T>::uninitialized(std::move(shape));
  T* to = out.data();
  for (std::int64_t i = 0; i < ids.size(); ++i)
    std::copy_n(t.data() + ids.data()[i] * t.width(), t.width(), to + i * t.width());
  return out;
}
template <element T>
void scatter_rows(const basic_tensor<T>& from, const basic_tensor<std::int32_t>& ids, basic_tensor<T>& to) {
  T* rows = to.data();
  for (std::int64_t i = 0; i < ids.size(); ++i)
    std::copy_n(from.data() + i * from.width(), from.width(), rows + ids.data()[i] * from.width());
}

}  // namespace detail
}  // namespace edgefold
