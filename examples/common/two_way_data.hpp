/// Triples as an R-GCN takes them.
#pragma once
#include <edgefold/core/io/relational_data.hpp>

namespace edgefold::examples {

/// The data with, after the edges of the triples, an edge back for each, and one from each entity to itself.
struct two_way_data : relational_data {  // whose num_relations counts both ways, and to itself
  basic_tensor<std::int64_t> types;      ///< (edges): relation r, r + relations for the way back, the last for itself
  graph rows;                            ///< the same edges, each from row type * entities + source to its destination
  tensor norm;                           ///< (edges, 1): relation_norm
};

/// (edges, 1): 1 / the number of edges of the same type into the same vertex.
tensor relation_norm(const graph& g, const basic_tensor<std::int64_t>& types);

/// Throws std::runtime_error where relations times entities are too many rows.
two_way_data two_way(const relational_data& data);

}  // namespace edgefold::examples
