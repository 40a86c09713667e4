/// Orders in which to visit a graph: breadth-first, depth-first, topological.
#pragma once
#include <vector>

#include <edgefold/core/graph.hpp>

namespace edgefold {

// All of them go along out-edges, an edge of a lower id first; `graph(g.topology().reversed())`, which keeps vertices
// and edge ids, goes the other way. All throw for a source out of range, one that is given twice, and a bipartite
// graph.

/// Vertices, or edges, that are visited together: frontier after frontier.
using frontiers = std::vector<basic_tensor<std::int64_t>>;

/// Breadth-first layers of the vertices in reach of `sources`, which are the first; ascending within one.
frontiers bfs_nodes(const graph& g, const id_list& sources);
/// The edges by which bfs_nodes discovers the vertices of its second, third, ... layer: a forest.
frontiers bfs_edges(const graph& g, const id_list& sources);

/// Each vertex after all its in-neighbours, in the first frontier where that holds; ascending within one. Throws where
/// the graph has a cycle.
frontiers topological_nodes(const graph& g);

/// How a depth-first search meets an edge.
enum class dfs_label : std::int8_t {
  forward,  ///< it discovers its target
  reverse,  ///< the search comes back along an edge by which it went forward
  nontree   ///< its target had been discovered before
};
/// Which edges dfs_labeled_edges tells beside the forward ones.
struct dfs_options {
  bool reverse = false;  ///< those of dfs_label::reverse
  bool nontree = false;  ///< those of dfs_label::nontree
};
/// labels[i][j] is that of edge edges[i][j].
struct labeled_frontiers {
  frontiers edges;                             ///< of their ids
  std::vector<std::vector<dfs_label>> labels;  ///< one for each of them
};

/// The edges of a depth-first search from one source after another, which leaves out what an earlier one has reached.
/// Frontier i holds the i-th edge that each of the searches meets, in the order of the sources.
labeled_frontiers dfs_labeled_edges(const graph& g, const id_list& sources, const dfs_options& options = {});
/// The forward edges alone: a forest.
frontiers dfs_edges(const graph& g, const id_list& sources);

}  // namespace edgefold
