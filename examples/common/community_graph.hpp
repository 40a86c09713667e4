/// Vertices to classify that are made to order, for where there is no data.
#pragma once
#include <edgefold/ops/node_data.hpp>

namespace edgefold::examples {

/// Ten communities of equal size, of vertices v with the same v % 10, which are the classes; but a tenth of the
/// vertices have a random label, so that no network is right about more than 91 %. An edge has a random target; its
/// source is drawn from the target's community with the probability `homophily`, else from all vertices. The 32
/// features are noise with a deviation of 1 around the centre of the community, too little to tell it from a vertex
/// alone. 60 % of the vertices are to train, 20 % to validate, 20 % to test. Directed, with parallel edges and
/// self-loops. Throws for less than 10 vertices, a negative number of edges, and a homophily outside of [0, 1].
node_data community_graph(std::int64_t num_vertices, std::int64_t num_edges, double homophily, std::uint64_t seed);

}  // namespace edgefold::examples
