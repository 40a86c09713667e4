/// The figures of a network that classifies vertices.
#pragma once
#include <filesystem>
#include <vector>

#include <edgefold/models/train/state.hpp>
#include <edgefold/ops/transform/node_data.hpp>

namespace edgefold::examples {

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

/// Draws into `folder`, for the training `best` of `results`: learning.svg, losses and accuracies epoch by epoch, and
/// embedding.svg, the vertices in the plane of the two principal components of their logits, coloured by class; with
/// index.html, which shows both and a table of all trainings. False, and nothing written, where there is no gnuplot;
/// throws std::runtime_error where it fails.
bool draw_nodes(const std::filesystem::path& folder, const node_data& data, const std::vector<node_result>& results,
                std::size_t best);

/// Coordinates along the `dims` principal components of the rows of x: (rows, dims).
tensor principal_components(const tensor& x, std::int64_t dims);

}  // namespace edgefold::examples
