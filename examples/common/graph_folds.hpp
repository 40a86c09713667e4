/// Parts of a set of graphs: batches to train on, folds to test on.
#pragma once
#include <edgefold/core/io/graph_data.hpp>
#include <edgefold/ops/transform/batch.hpp>

namespace edgefold::examples {

/// The data as a model starts from it: ndata["x"] is the one-hot of ndata["label"], float.
graph_data prepared(graph_data data);

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
