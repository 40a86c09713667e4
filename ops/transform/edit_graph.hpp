/// Graphs with more or fewer vertices and edges.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold {

/// Features of new vertices or edges by column, one row each.
using new_features = std::map<std::string, any_tensor>;

// A graph never changes: these give another one, and leave g as it is. Bipartite graphs where it says so.

/// g and `count` vertices without edges behind its own. Columns of vertices continue with `features`, zeros where that
/// has none; with gradients; those of edges are shared. Throws for a bipartite graph, count < 0, features for a column
/// that g does not have, and such as do not fit it.
graph add_nodes(const graph& g, std::int64_t count, const new_features& features = {});

/// g and edges from sources[i] to targets[i] behind its own, between its vertices. Columns of edges continue likewise,
/// those of vertices are shared. Bipartite graphs too. Throws for an id out of range, lists of unlike length, and
/// features as above.
graph add_edges(const graph& g, const id_list& sources, const id_list& targets, const new_features& features = {});

/// g without some vertices and all their edges; the others keep their order. Columns are gathered, with gradients, and
/// `original_id` of vertices and edges is their id in g. Throws for a bipartite graph, an id out of range, and one that
/// is given twice.
graph remove_nodes(const graph& g, const id_list& vertices);

/// g without some edges; the others keep their order, vertices stay. Columns of edges are gathered, with original ids,
/// those of vertices shared. Bipartite graphs too. Throws for an id out of range, and one that is given twice.
graph remove_edges(const graph& g, const id_list& edges);

}  // namespace edgefold
