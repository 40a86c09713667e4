/// Graphs as text, one edge a line.
#pragma once
#include <filesystem>
#include <string_view>

#include <edgefold/core/graph.hpp>
#include <edgefold/core/io/number_type.hpp>

namespace edgefold {

/// Lines `source target` or `source target weight`, all with as many columns, separated by blanks, a comma or a
/// semicolon; vertices count from 0. Blank lines and those that start with # or % are skipped. Edge i is the i-th line
/// that counts; weights become edata["weight"], shape (edges, 1), of the type `weights`. Vertices: 0 .. the greatest,
/// or num_vertices of them. A text without edges is one only where num_vertices is given, or it begins as
/// write_edge_list begins it. Throws std::runtime_error, with the number of the line, for anything else, and where the
/// file cannot be read.
graph read_edge_list(const std::filesystem::path& path, std::int64_t num_vertices = -1,
                     number_type weights = number_type::as_written);

/// The same from memory; errors call it `name`.
graph parse_edge_list(std::string_view text, std::int64_t num_vertices = -1, std::string_view name = "text",
                      number_type weights = number_type::as_written);

/// Writes the edges in the order of their ids, with edata["weight"] as third column where there is one, of one number
/// an edge, which reads back as the same numbers of the same type, but for bools and int32, which become int64. Columns
/// are separated by a comma in .csv, a tab in .tsv, else a blank. The file does not hold the number of
/// vertices: give it to read_edge_list where the last ones have no edges. Throws std::invalid_argument for a bipartite
/// graph, std::runtime_error where the file cannot be written; it appears whole or not at all.
void write_edge_list(const std::filesystem::path& path, const graph& g);

}  // namespace edgefold
