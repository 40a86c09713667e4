/// Graphs as text, one edge a line.
#pragma once
#include <filesystem>
#include <string_view>

#include <edgefold/core/graph.hpp>

namespace edgefold {

/// Lines `source target` or `source target weight`, all with as many columns, separated by blanks, a comma or a
/// semicolon; vertices count from 0. Blank lines and those that start with # or % are skipped. Edge i is the i-th line
/// that counts; weights become edata["weight"], shape (edges, 1). Vertices: 0 .. the greatest, or num_vertices of them.
/// Throws std::runtime_error, with the number of the line, for anything else, and where the file cannot be read.
graph read_edge_list(const std::filesystem::path& path, std::int64_t num_vertices = -1);

/// The same from memory; errors call it `name`.
graph parse_edge_list(std::string_view text, std::int64_t num_vertices = -1, std::string_view name = "text");

/// Writes the edges in the order of their ids, with edata["weight"] as third column where there is one, of one number
/// an edge. Columns are separated by a comma in .csv, a tab in .tsv, else a blank. The file does not hold the number of
/// vertices: give it to read_edge_list where the last ones have no edges. Throws std::invalid_argument for a bipartite
/// graph, std::runtime_error where the file cannot be written; it appears whole or not at all.
void write_edge_list(const std::filesystem::path& path, const graph& g);

}  // namespace edgefold
