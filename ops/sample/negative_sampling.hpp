/// Negative sampling: pairs of vertices that no edge joins.
#pragma once
#include <utility>

#include <edgefold/core/graph.hpp>

namespace edgefold {

/// Which pairs of a source and a destination may be drawn.
struct negative_options {
  bool exclude_edges = true;       ///< no pair that an edge joins (source to destination)
  bool exclude_self_loops = true;  ///< no vertex with itself; of no effect on a bipartite graph
  std::uint64_t seed = 0;          ///< of the random numbers
};

/// Sources and destinations of pairs, each (pairs).
using vertex_pairs = std::pair<basic_tensor<std::int64_t>, basic_tensor<std::int64_t>>;

/// `count` pairs, each drawn uniformly from all that the options allow; a pair may come several times. Throws for a
/// negative count, and where the options allow no pair.
vertex_pairs negative_edges(const graph& g, std::int64_t count, const negative_options& options = {});

/// For each of `edge_ids`, k pairs of its source with a destination drawn uniformly from those that the options allow:
/// pairs i * k .. i * k + k - 1 belong to edge_ids[i]. Throws for an id out of range, k less than 1, and a source
/// for which the options allow no destination.
vertex_pairs corrupt_targets(const graph& g, const id_list& edge_ids, std::int64_t k,
                             const negative_options& options = {});

}  // namespace edgefold
