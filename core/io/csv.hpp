/// Graphs as tables of text: one of edges, and one of nodes.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <edgefold/core/graph.hpp>
#include <edgefold/core/io/number_type.hpp>

namespace edgefold {

/// How tables are read and written. The names of columns are those of DGL's CSVDataset.
struct csv_options {
  std::string source = "src_id",                  ///< column of the table of edges: where they begin
      target = "dst_id";                          ///< likewise: where they end
  std::string node = "node_id";                   ///< column of the table of nodes
  bool named = false;                             ///< ids are any texts; else they are the numbers of vertices
  std::vector<std::string> ignored = {};          ///< columns that are neither read nor written
  std::int64_t num_vertices = -1;                 ///< see read_csv
  char separator = ',';                           ///< a comma, a semicolon, a bar or a tab
  number_type numbers = number_type::as_written;  ///< of what is read, but for
  std::map<std::string, number_type> types = {};  ///< columns by name, which must be there
};

/// A graph, and the ids by which its files call the vertices: as many as there are, or none where they are numbers.
struct csv_graph {
  graph g;                         ///< ndata and edata hold the columns that are no ids
  std::vector<std::string> names;  ///< by vertex
};

/// A graph from comma-separated values (RFC 4180, gzipped or not) with a header. Edge i is row i of the table of edges,
/// vertex i row i of the table of nodes. Without that (an empty path) vertices are 0 .. the greatest id, or
/// num_vertices of them; named ones, of which there are at most num_vertices then, are numbered in order of first
/// appearance, the source of an edge before its target. Every other column becomes a column of edata or ndata, of shape
/// (rows, k): a field holds one number, or the same count k of them with commas between, in quotes. Its type is what
/// the options say. Columns without a name ahead of all others are an index, as pandas writes it, and not read. Blanks
/// around a field do not count unless they are in quotes, nor do empty lines. Throws std::invalid_argument for options
/// that contradict each other or the tables, std::runtime_error, with file, line and column, for anything else.
csv_graph read_csv(const std::filesystem::path& edges, const std::filesystem::path& nodes = {},
                   const csv_options& options = {});
/// The same from memory, where empty `nodes` are no table.
csv_graph parse_csv(std::string_view edges, std::string_view nodes = {}, const csv_options& options = {});

/// Writes edges and their columns, and unless the path is empty vertices and theirs, so that read_csv with the same
/// options gives them back: integers and bools as int64, floats and doubles with all their digits, rows of more than
/// one dim flat. What has neither digits nor rows, as NaN alone, comes back as float. Vertices are called by `names`,
/// where there are as many as vertices, else by their numbers. Throws std::invalid_argument where both paths lead to
/// one file, for a bipartite graph, names that are given twice or of another number, columns without elements or with
/// the name of an id column; std::runtime_error where a file cannot be written. A file appears whole or not at all.
void write_csv(const std::filesystem::path& edges, const std::filesystem::path& nodes, const graph& g,
               const std::vector<std::string>& names = {}, const csv_options& options = {});

}  // namespace edgefold
