/// Edges turned around, in place of the edges or beside them.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold {

/// Every edge turned around under its id. Topology and all columns are shared, nothing is copied; those of a bipartite
/// graph's sources belong to the destinations of the result, and the other way round.
graph reverse(const graph& g);

/// Which edges get a reverse, and with which features.
struct reverse_edge_options {
  bool copy_features = true;  ///< a reverse edge has the features of its edge; false: zeros
  bool self_loops = false;    ///< self-loops, too, get a reverse edge: a second loop
};

/// The edges of g, and behind them the reverse of each that is no self-loop, in their order. Columns of vertices are
/// shared, those of edges continued, with gradients. Throws for a bipartite graph.
graph add_reverse_edges(const graph& g, const reverse_edge_options& options = {});

}  // namespace edgefold
