/// Vertices to classify that are made to order, for where there is no data.
#pragma once
#include <edgefold/ops/transform/node_data.hpp>

namespace edgefold::examples {

/// Ten communities of equal size, of vertices v with the same v % 10, which are the classes. An edge has a random
/// target v; its source is drawn from the community of v with a probability of v's own, else from all vertices. These
/// probabilities lie from 0 to 1, with the mean `homophily`: neighbours tell the class of some vertices, and next to
/// nothing of others. The 32 features are noise with a deviation of 1 around the centre of the community, too little to
/// tell it from a vertex alone. 60 % of the vertices are to train, 20 % to validate, 20 % to test. Directed, with
/// parallel edges and self-loops. Throws for less than 10 vertices, a negative number of edges, and a homophily outside
/// of [0, 1].
node_data community_graph(std::int64_t num_vertices, std::int64_t num_edges, double homophily, std::uint64_t seed);

}  // namespace edgefold::examples
