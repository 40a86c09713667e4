/// GraphSAGE (Hamilton, Ying, Leskovec 2017, "Inductive representation learning on large graphs").
#pragma once
#include <optional>

#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/layer_input.hpp>
#include <edgefold/models/layers/linear.hpp>
#include <edgefold/models/layers/lstm_reduce.hpp>

namespace edgefold {

/// What a vertex makes of its neighbours: their mean; the greatest of relu(fc_pool(x)), feature by feature; the mean of
/// theirs and its own; the last state of an LSTM that reads them in the order of the edges. Of none: 0, but gcn.
enum class sage_aggregator : std::uint8_t { mean, pool, gcn, lstm };

/// Options of `sage_conv`.
struct sage_conv_options {
  double feat_drop = 0;  ///< dropout of the features
  bool bias = true;      ///< of fc_self; gcn: adds b
};

/// y_v = fc_self(x_v) + fc_neigh(aggregate of x_u over edges (u, v)). Of gcn:
/// y_v = fc_neigh((sum of x_u + x_v) / (in-degree + 1)) + b.
struct sage_conv {
  sage_aggregator aggregator;  ///< what a vertex makes of its neighbours
  sage_conv_options options;
  std::optional<linear> fc_pool,     ///< of pool alone, in to in; bias torch's
      fc_self;                       ///< not of gcn; bias torch's
  linear fc_neigh;                   ///< without bias; all three weights are Glorot's uniform with gain sqrt(2)
  tensor bias;                       ///< of gcn: (out), zeros
  std::optional<lstm_reducer> lstm;  ///< of lstm alone, in to in
  dropout_layer feat_drop;           ///< of x, and of x_dst where given

  /// Throws for unlike widths of gcn, which adds both ends. Takes ten streams of random numbers, from `stream` on.
  sage_conv(const layer_widths& in, std::int64_t out, sage_aggregator how = sage_aggregator::mean,
            const sage_conv_options& chosen = {}, std::uint64_t seed = 0, std::uint64_t stream = 0);
  void visit(auto& v) {
    v("fc_pool", fc_pool);
    v("lstm", lstm);
    v("fc_neigh", fc_neigh);
    v("fc_self", fc_self);
    v("bias", bias);
    v("feat_drop", feat_drop);
  }
  /// x (num_src, in), and x_dst (num_dst, in of destinations) where given, give (num_dst, out). Throws for other
  /// shapes.
  tensor operator()(const graph& g, const layer_input<features>& x) const;

 private:
  tensor aggregate(const graph& g, const layer_input<tensor>& x) const;
};

}  // namespace edgefold
