/// Graph attention (Velickovic et al. 2018, "Graph attention networks").
#pragma once
#include <optional>

#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/layer_input.hpp>
#include <edgefold/models/layers/linear.hpp>

namespace edgefold {

/// Options of `gat_conv`.
struct gat_conv_options {
  double feat_drop = 0,               ///< dropout of the features
      attn_drop = 0;                  ///< dropout of the attention
  double negative_slope = 0.2;        ///< of the leaky ReLU
  bool residual = false;              ///< adds x, or res_fc(x) where widths differ
  bool bias = true;                   ///< adds b, as that of res_fc where there is one
  bool allow_zero_in_degree = false;  ///< else vertices without in-edges are an error
};

/// h = x W, for each head; e_uv = leaky_relu(attn_l . h_u + attn_r . h_v); a = softmax of e over the edges into v;
/// y_v = sum over edges (u, v) of a_uv h_u + b. With two widths h_v = x_v V.
struct gat_conv {
  gat_conv_options options;
  linear fc;                     ///< without bias; this and the next four: Glorot's normal with gain sqrt(2)
  std::optional<linear> fc_dst;  ///< V, of two widths; fc is then called "fc_src", all as DGL's
  tensor attn_l,                 ///< (1, heads, out), of sources
      attn_r;                    ///< (1, heads, out), of destinations
  std::optional<linear> res_fc;  ///< with the bias of the layer, which then has none of its own
  tensor bias;                   ///< (heads * out), zeros
  dropout_layer feat_drop,       ///< of x, and of x_dst where given
      attn_drop;                 ///< of a

  /// Throws unless there is a head. Takes six streams of random numbers, from `stream` on; of two widths seven.
  gat_conv(const layer_widths& in, std::int64_t out, std::int64_t heads, const gat_conv_options& chosen = {},
           std::uint64_t seed = 0, std::uint64_t stream = 0);
  void visit(auto& v) {
    v("attn_l", attn_l);
    v("attn_r", attn_r);
    v("bias", bias);
    v(fc_dst ? "fc_src" : "fc", fc);
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
