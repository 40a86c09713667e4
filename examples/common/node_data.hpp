/// Vertices to classify: a graph with bags of words, labels and a public split (Cora, Citeseer, or any such folder).
#pragma once
#include <filesystem>

#include <edgefold/core/graph.hpp>
#include <edgefold/ops/sparse_matrix.hpp>

namespace edgefold::examples {

/// What a folder of this format holds.
struct node_data {
  graph g;
  sparse_matrix features;                              ///< (vertices, num_features), as in the files
  basic_tensor<std::int64_t> labels;                   ///< (vertices), from 0 on
  std::int64_t num_classes = 0;                        ///< one more than the greatest label
  basic_tensor<std::int64_t> train, validation, test;  ///< ids of vertices
};

/// Reads `folder`: edges.npy (edges, 2), source and target; feat_indptr.npy, feat_indices.npy and feat_values.npy, the
/// features in compressed rows, their number as `num_features` in meta.json; labels.npy, one a vertex; train_idx.npy,
/// val_idx.npy and test_idx.npy. Throws std::runtime_error for what is missing, damaged, out of range or of the wrong
/// length, a split that is empty, and a vertex in two parts of the split.
node_data read_node_data(const std::filesystem::path& folder);

/// The data as a model starts from it: rows of features divided by their sums, and a self-loop at every vertex that has
/// none, after all other edges.
node_data prepared(node_data data);

}  // namespace edgefold::examples
