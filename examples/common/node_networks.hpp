/// The published networks that classify vertices, each with its paper's settings.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <edgefold/core/graph.hpp>
#include <edgefold/models/train/module.hpp>
#include <edgefold/ops/tensor/features.hpp>

namespace edgefold::examples {

/// What a network is made and trained with.
struct node_settings {
  std::int64_t hidden = 16;  ///< width of a hidden layer, of one head where there are several
  int layers = 2, heads = 1;
  double dropout = 0.5;
  double lr = 0.01, weight_decay = 5e-4;
  int epochs = 200;
  int patience = 0;  ///< epochs without an accuracy or a loss as good as the best before it stops; 0: never
};

/// Any of the networks: logits (vertices, classes) of features (vertices, width).
class node_network {
 public:
  virtual ~node_network() = default;
  virtual tensor operator()(const graph& g, const features& x) const = 0;
  virtual void visit(module_visitor& v) = 0;
  /// The parameters that weight decay is for: all, unless the paper says otherwise.
  virtual std::vector<tensor> decayed() const;
};

/// "gcn", "gat", ...
const std::vector<std::string>& node_models();

/// The settings of a model's paper, for Cora and Citeseer. Throws for a name that is not in the list.
node_settings default_settings(const std::string& model);

/// A network with first values by the seed.
std::unique_ptr<node_network> make_network(const std::string& model, std::int64_t in, std::int64_t classes,
                                           const node_settings& settings, std::uint64_t seed);

}  // namespace edgefold::examples
