/// Parts of graphs as graphs.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold {

// Of all: columns go along, with gradients: gathered, or shared where all vertices are kept. `original_id` of the
// edges, and of the vertices where they are numbered anew, is their id in g; a column of that name in g is replaced.

/// The vertices of `vertices`, numbered in that order, and all edges between them: those into the first, in the order
/// of their ids, then those into the second, ... Throws for a bipartite graph, an id out of range, and one that stands
/// twice.
graph node_subgraph(const graph& g, const id_list& vertices);

/// What becomes of the vertices of a subgraph that is given by edges.
enum class subgraph_vertices : std::uint8_t {
  compact,  ///< only ends of its edges are in it, numbered in their order
  keep      ///< all are in it, under their ids
};

/// The edges of `edges` in that order. Bipartite graphs too. Throws for an id out of range, and one that is given
/// twice.
graph edge_subgraph(const graph& g, const id_list& edges, subgraph_vertices vertices = subgraph_vertices::compact);

/// All edges into `vertices` (out of them), in the order of these ends and their ids, between the vertices of g. Names
/// of destinations (of sources) where g is bipartite. Throws for an id out of range, and one that is given twice.
/// @{
graph in_subgraph(const graph& g, const id_list& vertices);
graph out_subgraph(const graph& g, const id_list& vertices);
/// @}

/// The node_subgraph of all vertices from which at most k edges lead to a seed (to which they lead from one). Vertex i
/// is seeds[i]; further ones follow by distance. Throws for a bipartite graph, an id out of range, one that stands
/// twice, and k < 0.
/// @{
graph khop_in_subgraph(const graph& g, const id_list& seeds, std::int64_t k);
graph khop_out_subgraph(const graph& g, const id_list& seeds, std::int64_t k);
/// @}

/// g without vertices that have no edge, the others in their order; edges keep their ids, and share their columns.
/// Sources and destinations each by themselves where g is bipartite.
graph compact(const graph& g);

}  // namespace edgefold
