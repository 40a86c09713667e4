/// Messages through a matrix that a network makes of the edge's features (Gilmer et al. 2017, "Neural message passing
/// for quantum chemistry").
#pragma once
#include <optional>

#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/layer_input.hpp>
#include <edgefold/models/layers/linear.hpp>
#include <edgefold/models/layers/neighbor_reducer.hpp>

namespace edgefold {

/// Options of `nn_conv`.
struct nn_conv_options {
  neighbor_reducer aggregator = neighbor_reducer::mean;  ///< of the products
  bool residual = false;                                 ///< adds x, or res_fc(x) where widths differ
  bool bias = true;                                      ///< adds b
};

/// All of nn_conv but the network.
struct nn_conv_base {
  nn_conv_options options;
  std::int64_t in,               ///< width of sources
      in_dst,                    ///< width of destinations
      out;                       ///< width of results
  tensor bias;                   ///< (out), zeros
  std::optional<linear> res_fc;  ///< without bias; Glorot's normal with gain sqrt(2), from `stream`

  /// Takes one stream of random numbers.
  nn_conv_base(const layer_widths& num_in, std::int64_t num_out, const nn_conv_options& chosen, std::uint64_t seed,
               std::uint64_t stream);
  /// x (num_src, in), x_dst (num_dst, in_dst) where given, and a matrix for each edge, (num_edges, in * out), give
  /// (num_dst, out).
  tensor convolve(const graph& g, const layer_input<tensor>& x, const tensor& matrices) const;
};

/// y_v = sum, or mean, over edges (u, v) of x_u edge_func(e), a matrix (in, out), + b. The maximum is, as in DGL, that
/// of each product x_ui edge_func(e)_io, before their sum over i. `edge_func` is any module that maps a tensor to one.
template <module_like Module = linear>
struct nn_conv : nn_conv_base {
  Module edge_func;  ///< a copy of the constructor's f: handles to the same tensors

  /// Takes one stream of random numbers, for res_fc; f brings its own values.
  nn_conv(const layer_widths& num_in, std::int64_t num_out, Module f, const nn_conv_options& chosen = {},
          std::uint64_t seed = 0, std::uint64_t stream = 0)
      : nn_conv_base(num_in, num_out, chosen, seed, stream), edge_func(std::move(f)) {}
  void visit(auto& v) {
    v("bias", bias);
    v("res_fc", res_fc);
    v("edge_func", edge_func);
  }
  /// x (num_src, in), x_dst (num_dst, in_dst) where given, which is read with `residual` alone, and edge features, of
  /// which edge_func makes (num_edges, in * out), give (num_dst, out). Throws for other shapes.
  tensor operator()(const graph& g, const layer_input<tensor>& x, const tensor& edge_features) const {
    return convolve(g, x, edge_func(edge_features));
  }
};

}  // namespace edgefold
