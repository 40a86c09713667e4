/// A graph of several types as a graph of one, and back; a softmax over relations.
#pragma once
#include <edgefold/core/hetero_graph.hpp>
#include <edgefold/ops/edge_softmax.hpp>

namespace edgefold {

/// All vertices and edges of a hetero_graph in one graph: type after type, and in their order within each.
struct homogeneous_graph {
  graph g;  ///< with the columns that were asked for
  /// (vertices), (edges): numbers in the lists of the same names.
  /// @{
  basic_tensor<std::int32_t> vertex_types, edge_types;
  /// @}
  /// The first of each type, and the number of all.
  /// @{
  std::vector<std::int64_t> vertex_begin, edge_begin;
  /// @}
};

/// `vertex_columns` and `edge_columns` go along, with gradients. Throws where a type lacks one of them, or has it with
/// another scalar type or feature shape, and for more than 2^31 - 1 vertices.
homogeneous_graph to_homogeneous(const hetero_graph& g, const std::vector<std::string>& vertex_columns = {},
                                 const std::vector<std::string>& edge_columns = {});

/// Vertices and edges of g by type, in their order within each; all columns go along, with gradients. `types` and
/// `relations` name the types. Throws unless there is a type for each vertex and each edge, and for an edge whose ends
/// are of other types than its relation says.
hetero_graph to_heterogeneous(const graph& g, const id_list& vertex_types, const id_list& edge_types,
                              const std::vector<std::string>& types, const std::vector<edge_type>& relations);

/// One relation's scores, (edges, dims...).
template <std::floating_point T>
struct relation_scores {
  relation_name relation;  ///< whose edges have them
  basic_tensor<T> scores;  ///< by edge id
};

/// Softmax over all edges of these relations that share a destination (or a source), feature by feature: tensors of the
/// shapes of the scores, in their order. For one relation alone: edge_softmax(g["name"], scores). Throws for a relation
/// twice, another number of rows, and unlike feature shapes where relations meet.
/// @{
std::vector<tensor> edge_softmax(const hetero_graph& g, const std::vector<relation_scores<float>>& scores,
                                 norm_by norm = norm_by::dst);
std::vector<basic_tensor<double>> edge_softmax(const hetero_graph& g,
                                               const std::vector<relation_scores<double>>& scores,
                                               norm_by norm = norm_by::dst);
/// @}

}  // namespace edgefold
