/// Training of a network that classifies vertices, all of the graph at once.
#pragma once
#include <functional>

#include <common/node_networks.hpp>
#include <edgefold/models/train/state.hpp>
#include <edgefold/ops/transform/node_data.hpp>

namespace edgefold::examples {

/// The data as a model starts from it: rows of features divided by their sums, and a self-loop at every vertex that has
/// none, after all other edges.
node_data prepared(node_data data);

/// What an epoch has reached; accuracies in percent.
struct node_epoch {
  double train_loss, train_accuracy, validation_loss, validation_accuracy, test_accuracy;
};

/// What one training has come to.
struct node_result {
  std::vector<node_epoch> epochs;
  std::size_t best = 0;  ///< the epoch of the best validation accuracy, of those the one of the least loss
  double seconds = 0;    ///< of all epochs
  state_map weights;     ///< those of that epoch
  tensor logits;         ///< of all vertices with them
};

/// Trains a network of `settings` from the seed on; the test vertices are looked at for the report alone. `progress` is
/// called after each epoch. Throws std::runtime_error where the loss is no finite number.
node_result train_nodes(const node_data& data, const std::string& model, const node_settings& settings,
                        std::uint64_t seed, const std::function<void(const node_epoch&)>& progress = {});

}  // namespace edgefold::examples
