/// Data sets of small graphs to classify.
#pragma once
#include <filesystem>
#include <vector>

#include <edgefold/core/graph.hpp>

namespace edgefold {

/// What a folder of this format holds.
struct graph_data {
  std::vector<graph> graphs;                                ///< with ndata["label"], int64 (vertices), from 0 on
  basic_tensor<std::int64_t> labels;                        ///< (graphs): their classes, from 0 on
  std::int64_t num_classes = 0;                             ///< one more than the greatest
  std::int64_t num_vertex_labels = 0;                       ///< likewise, over all graphs
  std::int64_t size() const { return std::ssize(graphs); }  ///< how many graphs
};

/// Reads a set of TU Dortmund's collection (Morris et al. 2020, "TUDataset") from arrays of NumPy in `folder`:
///   graph_node_offsets.npy  (graphs + 1): graph i owns vertices offsets[i] .. offsets[i + 1] - 1
///   edges.npy               (edges, 2): source and target, by these numbers; edges keep their order in their graph
///   node_labels.npy         (vertices)
///   graph_labels.npy        (graphs)
/// Labels are less than 100,000. Throws std::runtime_error, with the file and the entry, for what is missing, damaged,
/// out of range or of the wrong length, and an edge between graphs.
graph_data read_graph_data(const std::filesystem::path& folder);

}  // namespace edgefold
