/// Data sets of triples, some of whose entities have a class.
#pragma once
#include <filesystem>

#include <edgefold/core/graph.hpp>

namespace edgefold {

/// What a folder of this format holds.
struct relational_data {
  graph g;  ///< edge i goes from subject to object of triple i; edata["type"], int64 (triples), is its relation
  std::int64_t num_relations = 0;    ///< one more than the greatest
  std::int64_t num_classes = 0;      ///< likewise
  basic_tensor<std::int64_t> train,  ///< (n): entities to learn from
      train_labels,                  ///< (n): their classes, from 0 on
      test,                          ///< (m): entities to test on
      test_labels;                   ///< (m): their classes
};

/// Reads a knowledge base (AIFB and others of Ristoski and Paulheim 2016) from arrays of NumPy in `folder`:
///   triples.npy                         (triples, 3): subject, relation, object
///   train_idx.npy, test_idx.npy         entities with a class
///   train_labels.npy, test_labels.npy   their classes, less than 100,000
///   meta.json                           `num_entities`
/// Throws std::runtime_error, with the file and the entry, for what is missing, damaged, out of range or of the wrong
/// length.
relational_data read_relational_data(const std::filesystem::path& folder);

}  // namespace edgefold
