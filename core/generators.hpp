/// Graphs made to order. All throw std::invalid_argument for a number out of range; more than 2^31 - 1 vertices is one.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold::generate {

/// in x out edges, edge i * out + j from vertex i to vertex in + j of one vertex set (in + out vertices).
graph complete_bipartite(std::int64_t in, std::int64_t out);

/// The same edges between two vertex sets, which have no vertex in common: edge i * out + j from source i to
/// destination j.
graph complete_block(std::int64_t in, std::int64_t out);

/// Both ends of every edge drawn uniformly: a multigraph that may have self-loops.
graph random_uniform(std::int64_t num_vertices, std::int64_t num_edges, std::uint64_t seed);

/// R-MAT (Chakrabarti, Zhan, Faloutsos 2004): 2^scale vertices; each edge descends `scale` times into one of four
/// quadrants with probabilities a, b, c and 1 - a - b - c. Defaults are Graph500's.
graph rmat(int scale, std::int64_t num_edges, std::uint64_t seed, double a = 0.57, double b = 0.19, double c = 0.19);

/// rows x columns vertices, row by row, with edges in both directions between neighbours in a row and in a column.
graph grid(std::int64_t rows, std::int64_t columns);

/// 0 -> 1 -> ... -> n - 1.
graph path(std::int64_t num_vertices);

/// Every other vertex points to vertex 0: edge i from i + 1.
graph star(std::int64_t num_vertices);

}  // namespace edgefold::generate
