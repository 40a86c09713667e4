/// Graphs without parallel edges.
#pragma once
#include <edgefold/ops/transform/aggregate.hpp>

namespace edgefold {

/// A graph whose parallel edges have become one.
struct simple_graph {
  graph g;                             ///< edges in the order of source, then target
  basic_tensor<std::int64_t> counts;   ///< (edges of g): how many each stands for
  basic_tensor<std::int64_t> edge_of;  ///< (edges before): which edge of g each has become; undefined if not asked for
};

/// Whether to_simple says which edge each has become, which costs a write all over memory.
enum class map_edges : std::uint8_t { no, yes };

/// One edge for all that go from u to v, for each pair (u, v). Columns of vertices are shared; those of edges are put
/// together by `features`, in the order of edge ids, with gradients, and `original_id` is the least id. Bipartite
/// graphs too.
simple_graph to_simple(const graph& g, aggregate features = aggregate::sum, map_edges map = map_edges::no);

/// One edge from u to v and one from v to u wherever there is an edge between them, in the order of source, then
/// target; a vertex with self-loops keeps one. Columns of vertices are shared, those of edges left out: for features
/// see add_reverse_edges and to_simple. Throws for a bipartite graph.
graph to_bidirected(const graph& g);

}  // namespace edgefold
