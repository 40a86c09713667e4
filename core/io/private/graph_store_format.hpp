/// What a file of graphs says of them, and what its tensors are called. Private to its reader and writer.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <edgefold/core/hetero_graph.hpp>
#include <edgefold/core/io/private/safetensors_format.hpp>

namespace edgefold::detail {

/// The metadata's key of the description.
inline constexpr std::string_view graphs_key = "edgefold.graphs";

enum class graph_kind { homogeneous, bipartite, heterogeneous, block };

/// A graph without its edges and columns.
struct graph_description {
  graph_kind kind = graph_kind::homogeneous;
  std::vector<vertex_count> vertices;
  std::vector<edge_type> relations;
};

/// The description as JSON. Throws std::invalid_argument "[operation] name: ..." for names that are no UTF-8.
std::string description_text(const std::vector<graph_description>& graphs, std::string_view operation,
                             std::string_view name);

/// The description of a file; throws where it has none, or of another version, or not as the format says.
std::vector<graph_description> read_description(const safetensors_view& file);

/// `3/nodes/0/feat`: a tensor's graph, the part of it, the number of the type or relation there, and a name.
struct tensor_place {
  std::size_t graph = 0;
  std::string_view part;
  std::size_t number = 0;
  std::string_view name;
};
inline constexpr std::string_view nodes_part = "nodes", edges_part = "edges", topology_part = "topology";
inline constexpr std::string_view labels_prefix = "labels/";

std::string to_string(const tensor_place& place);
/// None where `name` is not of this form.
std::optional<tensor_place> place_of(std::string_view name);

}  // namespace edgefold::detail
