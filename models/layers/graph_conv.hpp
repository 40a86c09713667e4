/// Graph convolution (Kipf, Welling 2017, "Semi-supervised classification with graph convolutional networks").
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/layer_input.hpp>
#include <edgefold/models/train/module.hpp>
#include <edgefold/ops/tensor/features.hpp>

namespace edgefold {

/// What a message is divided by: sqrt(out-degree of its source * in-degree of its destination), the in-degree, the
/// out-degree, or nothing. Degrees of 0 count as 1.
enum class degree_norm : std::uint8_t { both, right, left, none };

/// Options of `graph_conv`.
struct graph_conv_options {
  degree_norm norm = degree_norm::both;  ///< what c is
  bool weight = true;                    ///< multiplies by W
  bool bias = true;                      ///< adds b
  bool allow_zero_in_degree = false;     ///< else vertices without in-edges are an error
};

/// y_v = sum over edges (u, v) of w_uv / c_uv x_u W + b, with c as `norm` says and edge weights w of 1 where none are
/// given.
struct graph_conv {
  graph_conv_options options;
  tensor weight,  ///< (in, out), Glorot's uniform, from `stream`
      bias;       ///< (out), zeros

  /// Without a weight, throws unless in equals out.
  graph_conv(std::int64_t in, std::int64_t out, const graph_conv_options& chosen = {}, std::uint64_t seed = 0,
             std::uint64_t stream = 0);
  void visit(auto& v) {
    v("weight", weight);
    v("bias", bias);
  }
  /// x (num_src, in), and edge weights (num_edges, 1) or none, give (num_dst, out); x_dst is not read. Throws for other
  /// shapes, and for vertices without in-edges unless they are allowed.
  tensor operator()(const graph& g, const layer_input<features>& x, const tensor& edge_weight = {}) const;

 private:
  std::int64_t in_;
};

}  // namespace edgefold
