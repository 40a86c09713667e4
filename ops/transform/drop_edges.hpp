/// Random removal of edges.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold {

/// A graph of the same vertices without some of the edges, each of which is dropped with probability p (DropEdge; Rong
/// et al. 2020). Which ones depends on the seed, the stream and the edge id alone. Columns of vertices are shared,
/// those of edges go along, with gradients, and edata[original_id] names the edges of g. Throws unless 0 <= p <= 1.
graph drop_edges(const graph& g, double p, std::uint64_t seed, std::uint64_t stream = 0);

}  // namespace edgefold
