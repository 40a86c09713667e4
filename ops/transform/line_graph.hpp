/// The line graph: edges as vertices.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold {

/// The line digraph (Harary, Norman 1960): its vertices are the edges of g, with an edge for every pair (e, f) where f
/// leaves the vertex that e enters, a self-loop e = f of g among them. Without `backtracking` not where f also leads
/// back to where e came from. Edge ids ascend by e, then by f. Its ndata are the columns of g.edata, shared. Throws for
/// a bipartite graph, more than 2^31 - 1 edges of g, and more than 2^40 pairs.
graph line_graph(const graph& g, bool backtracking = true);

}  // namespace edgefold
