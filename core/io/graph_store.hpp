/// Graphs with all that belongs to them, in one file that is mapped into memory.
#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <edgefold/core/hetero_graph.hpp>
#include <edgefold/core/io/tensor_map.hpp>

namespace edgefold {

/// A graph of one or two vertex sets, or of several types.
using any_graph = std::variant<graph, hetero_graph>;

/// What a file of graphs holds.
struct saved_graphs {
  std::vector<any_graph> graphs;  ///< with their columns
  tensor_map labels;              ///< what belongs to all graphs of the file, by name
};

/// Writes graphs, their columns, and tensors that belong to all of them (the labels of a data set), bit by bit. The
/// file is of the safetensors format; docs/graph_store_format.md says what is where. Columns are written as values,
/// without a tape. It appears whole or not at all; one that was there is replaced, and what was loaded from that stays
/// as it is. Throws std::invalid_argument for a label without storage, names that are no UTF-8 and more than 100 MB of
/// names and shapes, std::runtime_error where the file cannot be written. A vector of graphs: `{all.begin(),
/// all.end()}`.
void save_graphs(const std::filesystem::path& path, const std::vector<any_graph>& graphs,
                 const std::map<std::string, any_tensor>& labels = {});

/// All graphs of a file, or those of these numbers, in that order; and all labels. Columns and edges are in the file's
/// own pages, mapped: a column costs nothing until it is read, a graph that is not asked for costs nothing, and the
/// mapping lives as long as a tensor or a topology in it. Writing into a column does not reach the file. As with any
/// mapped file, no other program may change or cut it meanwhile; replacing it, as save_graphs does, is harmless.
/// Throws std::invalid_argument for a number out of range, std::runtime_error for a file of another kind or version, a
/// truncated one, counts that do not agree, ids out of range, a column of a type that no tensor has and whatever else
/// is not as the format says; a label of such a type is `unreadable`.
/// @{
saved_graphs load_graphs(const std::filesystem::path& path);
saved_graphs load_graphs(const std::filesystem::path& path, const id_list& numbers);
/// @}

/// All graphs of a file in memory, of which a copy is kept; errors call it `name`.
saved_graphs parse_graphs(std::span<const std::byte> bytes, std::string_view name = "bytes");

}  // namespace edgefold
