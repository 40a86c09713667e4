/// Training of a network that predicts links.
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <common/link_network.hpp>

namespace edgefold::examples {

/// How well links are found among false ones: by name, "auc", "mrr", "hits@10", ..., each from 0 to 1.
using link_scores = std::vector<std::pair<std::string, double>>;

/// What one training has come to.
struct link_result {
  int best = 0;           ///< the epoch, from 1 on, of the best validation
  double validation = 0;  ///< its mean reciprocal rank
  link_scores test;       ///< of its weights
  state_map weights;
  double seconds = 0;  ///< of all epochs
};

/// Trains on a split by the seed: binary cross-entropy of the training links and of as many times false ones, all at
/// once; messages pass along the training links alone. Every few epochs the filtered mean reciprocal rank of the
/// validation links tells which weights are the best; the test links are looked at in the end. `progress` is called
/// after each epoch, with its number and its loss. Throws std::runtime_error where the loss is no finite number.
link_result train_links(const link_data& data, const link_split& split, const message_graph& messages,
                        const link_settings& s, std::uint64_t seed, const std::function<void(int, double)>& progress);

}  // namespace edgefold::examples
