/// Vertices to classify that are made to order, for where there is no data.
#pragma once
#include <edgefold/ops/node_data.hpp>

namespace edgefold::examples {

/// Communities as classes: ten of equal size, of vertices v with the same v % 10. An edge has a random target, and a
/// random source, which belongs to the target's community with a probability of 0.37 (0.3 + 0.7 / 10). The 32 features
/// are noise with a deviation of 1 around the centre of the community; the centres are so near to each other that the
/// features alone tell little. 60 % of the vertices are to train, 20 % to validate, 20 % to test. Directed, with
/// parallel edges and self-loops. Throws for less than 10 vertices, or a negative number of edges.
node_data community_graph(std::int64_t num_vertices, std::int64_t num_edges, std::uint64_t seed);

}  // namespace edgefold::examples
