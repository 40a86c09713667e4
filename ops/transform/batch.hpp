/// Many small graphs as one, and back.
#pragma once
#include <vector>

#include <edgefold/core/graph.hpp>

namespace edgefold {

/// The disjoint union of graphs: what runs on a graph runs on all of them at once. Vertices and edges of graph 0 come
/// first, then those of graph 1, ...
struct graph_batch {
  graph all;  ///< the union, with the columns of the graphs
  /// Of each graph.
  /// @{
  std::vector<std::int64_t> num_vertices, num_edges;
  /// @}

  /// How many graphs.
  std::int64_t size() const { return std::ssize(num_vertices); }
};

/// Columns are put one behind another, with gradients. Throws for a bipartite graph, and where a column is not in all
/// graphs with one scalar type and one feature shape.
graph_batch batch(const std::vector<graph>& graphs);

/// The graphs again, each with its part of the columns that `b.all` has now, with gradients. Throws where a count
/// is negative, the counts do not add up to what `b.all` has, or an edge joins two graphs.
std::vector<graph> unbatch(const graph_batch& b);

/// One row a graph for each of its vertices, or edges: (graphs, dims...) gives (vertices, dims...). With gradients.
/// Throws for another number of rows, and negative counts.
/// @{
template <element T>
basic_tensor<T> broadcast_nodes(const graph_batch& b, const basic_tensor<T>& x);
template <element T>
basic_tensor<T> broadcast_edges(const graph_batch& b, const basic_tensor<T>& x);
/// @}

}  // namespace edgefold
