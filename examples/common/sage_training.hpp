/// Training of GraphSAGE (Hamilton, Ying, Leskovec 2017) by mini-batches with sampled neighbours, or on the whole
/// graph.
#pragma once
#include <functional>
#include <optional>

#include <edgefold/models/layers/sage_conv.hpp>
#include <edgefold/ops/transform/node_data.hpp>

namespace edgefold::examples {

struct sage_settings {
  std::vector<std::int64_t> fan_outs{15, 10};  ///< neighbours a vertex draws in a layer, the first layer's first
  std::int64_t batch = 1024;                   ///< vertices to train on at once
  bool full_batch = false;                     ///< all at once, with all neighbours
  std::int64_t hidden = 64;
  double dropout = 0.5, lr = 0.01, weight_decay = 5e-4;
  int epochs = 10;
  int evaluate = 1;  ///< epochs from one evaluation to the next; the last is evaluated in any case
  int workers = 1;   ///< threads that sample the next batches
  std::uint64_t seed = 0;
};

/// Layers of mean aggregators, ReLU and dropout between them.
struct graphsage {
  std::vector<sage_conv> layers;
  dropout_layer drop;

  graphsage(std::int64_t in, std::int64_t classes, const sage_settings& settings);
  void visit(module_visitor& v);
  /// x (sources of the first block, in) gives a row of logits for each destination of the last; a block for each layer.
  tensor operator()(const std::vector<graph>& blocks, const tensor& x) const;
  /// Logits of all vertices: blocks are the graph itself.
  tensor operator()(const graph& g, const tensor& x) const { return (*this)(std::vector(layers.size(), g), x); }
};

/// Accuracies in percent, with all neighbours.
struct sage_accuracy {
  double train, validation, test;
};

/// What an epoch has come to.
struct sage_epoch {
  int number;                             ///< from 1 on
  double loss;                            ///< mean over the vertices trained on
  double seconds;                         ///< of training, the evaluation not counted
  std::int64_t edges;                     ///< of all blocks
  std::optional<sage_accuracy> accuracy;  ///< none where it was not evaluated
};

/// Trains `net` in place. `after_epoch` is called after each epoch; at a terminal a line on stderr tells the batch. The
/// weights do not depend on workers or threads. Throws std::runtime_error where the loss is no finite number.
void train_sage(graphsage& net, const node_data& data, const sage_settings& settings,
                const std::function<void(const sage_epoch&)>& after_epoch);

}  // namespace edgefold::examples
