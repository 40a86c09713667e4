/// The figures of a network that classifies vertices.
#pragma once
#include <common/node_training.hpp>

namespace edgefold::examples {

/// Draws into `folder`, for the training `best` of `results`: learning.svg, losses and accuracies epoch by epoch, and
/// embedding.svg, the vertices in the plane of the two principal components of their logits, coloured by class; with
/// index.html, which shows both and a table of all trainings. False, and nothing written, where there is no gnuplot;
/// throws std::runtime_error where it fails.
bool draw_nodes(const std::filesystem::path& folder, const node_data& data, const std::vector<node_result>& results,
                std::size_t best);

/// Coordinates along the `dims` principal components of the rows of x: (rows, dims).
tensor principal_components(const tensor& x, std::int64_t dims);

}  // namespace edgefold::examples
