/// Attention by cosine (Thekumparampil et al. 2018, "Attention-based graph neural network for semi-supervised
/// learning").
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/layer_input.hpp>
#include <edgefold/models/train/module.hpp>

namespace edgefold {

/// Options of `agnn_conv`.
struct agnn_conv_options {
  double init_beta = 1;               ///< beta at the start
  bool learn_beta = true;             ///< beta is a parameter; else a buffer
  bool allow_zero_in_degree = false;  ///< else vertices without in-edges are an error
};

/// p = softmax of beta cos(x_u, x_v) over the edges into v; y_v = sum over edges (u, v) of p_uv x_u.
struct agnn_conv {
  agnn_conv_options options;
  tensor beta;  ///< (1)

  /// Takes no widths and no random numbers: beta is all that is learned.
  explicit agnn_conv(const agnn_conv_options& chosen = {});
  void visit(auto& v) {
    if (options.learn_beta) v("beta", beta);
    else v.buffer("beta", beta);
  }
  /// x (num_src, d), and x_dst (num_dst, d) where given, give (num_dst, d). Throws for other shapes, and for vertices
  /// without in-edges unless they are allowed.
  tensor operator()(const graph& g, const layer_input<tensor>& x) const;
};

}  // namespace edgefold
