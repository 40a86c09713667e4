/// Edge convolution (Wang et al. 2019, "Dynamic graph CNN for learning on point clouds").
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/layer_input.hpp>
#include <edgefold/models/layers/linear.hpp>

namespace edgefold {

/// Options of `edge_conv`.
struct edge_conv_options {
  bool allow_zero_in_degree = false;  ///< else vertices without in-edges are an error
};

/// y_v = max over edges (u, v) of theta(x_v - x_u) + phi(x_v), feature by feature.
struct edge_conv {
  edge_conv_options options;
  linear theta,  ///< of x_v - x_u; torch's
      phi;       ///< of x_v; torch's

  /// Takes four streams of random numbers, from `stream` on.
  edge_conv(std::int64_t in, std::int64_t out, const edge_conv_options& chosen = {}, std::uint64_t seed = 0,
            std::uint64_t stream = 0);
  void visit(auto& v) {
    v("theta", theta);
    v("phi", phi);
  }
  /// x (num_src, in), and x_dst (num_dst, in) where given, give (num_dst, out). Throws for other shapes, and for
  /// vertices without in-edges unless they are allowed.
  tensor operator()(const graph& g, const layer_input<tensor>& x) const;
};

}  // namespace edgefold
