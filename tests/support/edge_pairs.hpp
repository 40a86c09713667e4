// The edges of a graph as a list that tests can compare.
#pragma once
#include <edgefold/core/graph.hpp>

#include <vector>

namespace edgefold::testing {

using pairs = std::vector<graph::edge_pair>;

// (source, target) by edge id.
inline pairs edges_of(const graph& g) {
  pairs all;
  for (edge_id e = 0; e < g.num_edges(); ++e) all.emplace_back(g.source(e), g.target(e));
  return all;
}

}  // namespace edgefold::testing
