/// Edges of several types, each with a matrix of its own. Private to the compiled library.
#pragma once
#include <vector>

#include <edgefold/core/graph.hpp>

namespace edgefold::detail {

/// One row for each pair of a type and a source that edges of this type leave: at most as many as edges, and as
/// types times sources. So a source is transformed once for each type, not once for each edge.
struct typed_edges {
  basic_tensor<std::int32_t> source;  ///< of each pair; the pairs are sorted by type
  std::vector<std::int64_t> begin;    ///< the first pair of each type, and the number of pairs
  graph edges;                        ///< each edge of the graph, by its id, from its pair to its destination

  /// Throws unless there is a type, 0 .. num_types - 1, for each edge.
  typed_edges(const graph& g, const id_list& types, std::int64_t num_types, std::string_view operation);
};

/// Row i of the result is row i of x times the matrix of its type: x (pairs, in) sorted by type as `begin` says,
/// weight (types, blocks, in / blocks, out / blocks), whose blocks are those along the diagonal of a matrix
/// (in, out). Gives (pairs, out).
tensor typed_matmul(const tensor& x, const std::vector<std::int64_t>& begin, const tensor& weight);

}  // namespace edgefold::detail
