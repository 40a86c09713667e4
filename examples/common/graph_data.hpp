/// Small graphs to classify (MUTAG, or another set in the converted form of TU Dortmund's collection).
#pragma once
#include <filesystem>

#include <edgefold/ops/batch.hpp>

namespace edgefold::examples {

/// What a folder of this format holds.
struct graph_data {
  std::vector<graph> graphs;          ///< ndata["label"] (vertices) int64, ndata["x"] the same one-hot, float
  basic_tensor<std::int64_t> labels;  ///< one a graph, from 0 on
  std::int64_t num_classes = 0, num_vertex_labels = 0;
  std::int64_t size() const { return std::ssize(graphs); }
};

/// Reads `folder`: graph_node_offsets.npy (graphs + 1), graph i owns vertices offsets[i] .. offsets[i + 1] - 1;
/// edges.npy (edges, 2), by these numbers; node_labels.npy, one a vertex; graph_labels.npy, one a graph. Throws
/// std::runtime_error for what is missing, damaged, out of range or of the wrong length, and an edge between graphs.
graph_data read_graph_data(const std::filesystem::path& folder);

/// The graphs of these numbers as one, and their labels.
struct labelled_batch {
  graph_batch graphs;
  basic_tensor<std::int64_t> labels;
};
labelled_batch pick(const graph_data& data, std::span<const std::int64_t> ids);

/// Numbers of graphs, class by class dealt out in turn to `folds` parts after shuffling by the seed: each part has its
/// share of every class.
std::vector<std::vector<std::int64_t>> stratified_folds(const graph_data& data, int folds, std::uint64_t seed);

}  // namespace edgefold::examples
