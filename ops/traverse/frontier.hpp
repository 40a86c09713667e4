/// Parts of a graph: the in-edges of some vertices, some of the edges.
#pragma once
#include <vector>

#include <edgefold/core/graph.hpp>

namespace edgefold {

namespace detail {

/// In-edges of chosen destinations: group i belongs to vertices[i]. Edge ids are those of the whole graph; where an
/// edge is there twice they are positions in `edges`, so that each has a row of its own to read and to add gradients
/// to.
struct partial_groups {
  basic_tensor<std::int32_t> vertices;  // ascending, each once
  edge_groups groups;
  basic_tensor<std::int64_t> edges;  // their ids in the whole graph where one is there twice, else without storage
};

/// All in-edges of `vertices`, also of those that have none.
partial_groups groups_into(const adjacency& a, const id_list& vertices, std::string_view operation);

/// The edges of `edge_ids`, as often as they stand there, in the order of their ids, at the vertices they arrive at.
partial_groups groups_among(const adjacency& a, const id_list& edge_ids, std::string_view operation);

/// Ids of the out-edges of `vertices`, as often as these stand there.
basic_tensor<std::int64_t> edges_out_of(const adjacency& a, const id_list& vertices, std::string_view operation);

}  // namespace detail
}  // namespace edgefold
