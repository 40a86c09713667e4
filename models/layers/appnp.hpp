/// Personalised propagation of predictions (Klicpera, Bojchevski, Guennemann 2019, "Predict then propagate").
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>

namespace edgefold {

/// Options of `appnp`.
struct appnp_options {
  int k = 10;            ///< rounds
  double alpha = 0.1;    ///< how much of x comes back in each
  double edge_drop = 0;  ///< dropout of the edges' weights, anew in each round
};

/// h = x, then k times h <- (1 - alpha) D_in^-1/2 A D_out^-1/2 h + alpha x. With edge weights, A holds those and the
/// degrees are their sums; without, degrees of 0 count as 1.
struct appnp {
  appnp_options options;
  dropout_layer edge_drop;  ///< of the edges' weights, which are 1 where none are given

  /// Throws for a negative k, and an alpha that is not in [0, 1]. Takes one stream of random numbers.
  explicit appnp(const appnp_options& chosen = {}, std::uint64_t seed = 0, std::uint64_t stream = 0);
  void visit(auto& v) { v("edge_drop", edge_drop); }
  /// x (n, dims...), and positive, finite edge weights (num_edges, 1) or none, give the shape of x. Throws for other
  /// shapes, and unlike numbers of sources and destinations.
  tensor operator()(const graph& g, const tensor& x, const tensor& edge_weight = {}) const;
};

}  // namespace edgefold
