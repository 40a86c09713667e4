/// Graph attention whose ranking depends on who asks (Brody, Alon, Yahav 2022, "How attentive are graph attention
/// networks?").
#pragma once
#include <optional>

#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/layer_input.hpp>
#include <edgefold/models/layers/linear.hpp>

namespace edgefold {

/// Options of `gatv2_conv`.
struct gatv2_conv_options {
  double feat_drop = 0,               ///< dropout of the features
      attn_drop = 0;                  ///< dropout of the attention
  double negative_slope = 0.2;        ///< of the leaky ReLU
  bool residual = false;              ///< adds x, or res_fc(x) where widths differ
  bool bias = true;                   ///< of the linear layers
  bool share_weights = false;         ///< fc_dst is fc_src
  bool allow_zero_in_degree = false;  ///< else vertices without in-edges are an error
};

/// h = fc_src(x), k = fc_dst(x), for each head; e_uv = attn . leaky_relu(h_u + k_v); a = softmax of e over the edges
/// into v; y_v = sum over edges (u, v) of a_uv h_u.
struct gatv2_conv {
  gatv2_conv_options options;
  linear fc_src,  ///< weights, this and the next three: Glorot's normal with gain sqrt(2); biases of zeros
      fc_dst;     ///< the same tensors as fc_src's with `options.share_weights`
  tensor attn;    ///< (1, heads, out)
  std::optional<linear> res_fc;  ///< with a bias
  dropout_layer feat_drop,       ///< of x, and of x_dst where given
      attn_drop;                 ///< of a

  /// Throws unless there is a head, and for weights shared by unlike widths. Takes six streams of random numbers, from
  /// `stream` on.
  gatv2_conv(const layer_widths& in, std::int64_t out, std::int64_t heads, const gatv2_conv_options& chosen = {},
             std::uint64_t seed = 0, std::uint64_t stream = 0);
  void visit(auto& v) {
    v("attn", attn);
    v("fc_src", fc_src);
    v("fc_dst", fc_dst);
    v("res_fc", res_fc);
    v("feat_drop", feat_drop);
    v("attn_drop", attn_drop);
  }
  /// x (num_src, in), and x_dst (num_dst, in of destinations) where given, give (num_dst, heads, out). Throws for other
  /// shapes, and for vertices without in-edges unless they are allowed.
  tensor operator()(const graph& g, const layer_input<features>& x) const;
};

}  // namespace edgefold
