/// Triples of a knowledge base, some of whose entities have a class (AIFB, or another folder of that format).
#pragma once
#include <filesystem>

#include <edgefold/core/graph.hpp>

namespace edgefold::examples {

/// What a folder of this format holds.
struct relational_data {
  graph g;  ///< an edge from subject to object for each triple, one back for each, and one from each entity to itself
  basic_tensor<std::int64_t> types;  ///< (edges): relation r, r + relations for the way back, the last for itself
  graph rows;                        ///< the same edges, each from row type * entities + source to its destination
  tensor norm;                       ///< (edges, 1): 1 / edges of that type at its destination
  std::int64_t num_relations = 0;    ///< both ways, and to itself
  std::int64_t num_classes = 0;
  basic_tensor<std::int64_t> train, train_labels, test, test_labels;  ///< entities and their classes, from 0 on
};

/// (edges, 1): 1 / the number of edges of the same type into the same vertex.
tensor relation_norm(const graph& g, const basic_tensor<std::int64_t>& types);

/// Reads `folder`: triples.npy (triples, 3), subject, relation, object; train_idx.npy, train_labels.npy, test_idx.npy,
/// test_labels.npy; the number of entities as `num_entities` in meta.json. Throws std::runtime_error for what is
/// missing, damaged, out of range or of the wrong length.
relational_data read_relational_data(const std::filesystem::path& folder);

}  // namespace edgefold::examples
