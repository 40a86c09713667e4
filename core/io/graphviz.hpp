/// Graphs as pictures: DOT, the language of Graphviz.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include <edgefold/core/graph.hpp>

namespace edgefold {

/// What is written at vertices and edges: a line "name: numbers" for each of these columns. That of a vertex follows
/// its number.
struct graphviz_options {
  std::vector<std::string> node_columns = {};  ///< of ndata, or of srcdata and dstdata
  std::vector<std::string> edge_columns = {};  ///< of edata
};

/// Writes vertices by number and edges by id, for `dot -Tsvg`. A bipartite graph has its sources, s0, s1, ..., to the
/// left and its destinations, d0, d1, ..., to the right; a column that only one of the two sets has is shown there.
/// Throws std::invalid_argument for a column that there is not, std::runtime_error where the file or stream cannot be
/// written; the file appears whole or not at all.
/// @{
void write_graphviz(const std::filesystem::path& path, const graph& g, const graphviz_options& options = {});
void write_graphviz(std::ostream& out, const graph& g, const graphviz_options& options = {});
/// @}

}  // namespace edgefold
