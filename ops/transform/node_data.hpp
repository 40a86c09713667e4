/// Data sets of one graph whose vertices are to be classified.
#pragma once
#include <filesystem>

#include <edgefold/ops/tensor/sparse_matrix.hpp>

namespace edgefold {

/// What a folder of this format holds.
struct node_data {
  graph g;                            ///< without columns
  sparse_matrix features;             ///< (vertices, num_features), as in the files
  basic_tensor<std::int64_t> labels;  ///< (vertices), from 0 on
  std::int64_t num_classes = 0;       ///< one more than the greatest label
  /// Ids of vertices; none is in two of these.
  /// @{
  basic_tensor<std::int64_t> train, validation, test;
  /// @}
};

/// Reads a citation network (Cora, Citeseer: Yang, Cohen and Salakhutdinov 2016) from arrays of NumPy in `folder`:
///   edges.npy                                  (edges, 2): source and target
///   feat_indptr.npy, feat_indices.npy, feat_values.npy   features in compressed rows, float
///   meta.json                                  `num_features`
///   labels.npy                                 (vertices), less than 1,000,000
///   train_idx.npy, val_idx.npy, test_idx.npy   the split
/// Throws std::runtime_error, with the file, for what is missing, damaged, out of range or of the wrong length, a part
/// of the split that is empty, and a vertex in two of them. read_graph reads such a folder with dense features.
node_data read_node_data(const std::filesystem::path& folder);

}  // namespace edgefold
