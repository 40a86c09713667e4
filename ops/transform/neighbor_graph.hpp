/// Graphs of points in space: an edge from each of its neighbours to a point.
#pragma once
#include <limits>
#include <vector>

#include <edgefold/core/graph.hpp>

namespace edgefold {

/// Which points an edge may join.
struct neighbor_options {
  bool self_loops = false;  ///< whether a point is among its own neighbours
  /// How many points each graph has, as in graph_batch: no edge joins two graphs. Empty: one graph of all.
  std::vector<std::int64_t> num_vertices = {};
};

/// From each point's k nearest others (with self-loops: the point itself and k - 1 others) to the point, by Euclidean
/// distance, which edata["distance"] holds: (edges, 1), without gradient. `points` are (vertices, dims). Edge ids
/// ascend by target, then by distance, then by source: of equally distant points those of the least ids are taken. A
/// k-d tree (nanoflann) finds them; many points in one place take it time with the square of their number. Throws for
/// coordinates that are not numbers of magnitude up to 1e38, k of less than 1, a graph with too few points for k, and
/// counts that do not add up.
graph knn_graph(const tensor& points, std::int64_t k, const neighbor_options& options = {});

/// The same from all other points at a distance of at most r, or from the nearest `max_neighbors` of them. r is rounded
/// to float, as coordinates are: points 0 and 0.1F are joined by r = 0.1. Throws for the same points and counts, and
/// unless r is positive and max_neighbors at least 1.
graph radius_graph(const tensor& points, double r, const neighbor_options& options = {},
                   std::int64_t max_neighbors = std::numeric_limits<std::int64_t>::max());

}  // namespace edgefold
