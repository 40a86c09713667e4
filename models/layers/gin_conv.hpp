/// Graph isomorphism layer (Xu et al. 2019, "How powerful are graph neural networks?").
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/layer_input.hpp>
#include <edgefold/models/layers/linear.hpp>
#include <edgefold/models/layers/neighbor_reducer.hpp>

namespace edgefold {

/// Options of `gin_conv`.
struct gin_conv_options {
  neighbor_reducer aggregator = neighbor_reducer::sum;  ///< of the x_u
  double init_eps = 0;                                  ///< eps at the start
  bool learn_eps = false;                               ///< eps is a parameter; else a buffer
};

namespace detail {
/// (1 + eps) x_v + the messages x_u of v's in-edges, reduced.
tensor gin_sum(const graph& g, const layer_input<tensor>& x, const tensor& eps, neighbor_reducer how);
}  // namespace detail

/// y_v = apply_func((1 + eps) x_v + sum over edges (u, v) of x_u), or their mean or maximum; none of no edges. The
/// module `apply_func` is any that maps a tensor to a tensor.
template <module_like Module = linear>
struct gin_conv {
  gin_conv_options options;
  Module apply_func;  ///< a copy of the constructor's f: handles to the same tensors
  tensor eps;         ///< (1)

  /// Takes no random numbers; f brings its own values.
  explicit gin_conv(Module f, const gin_conv_options& chosen = {})
      : options(chosen), apply_func(std::move(f)), eps({1}, {static_cast<float>(chosen.init_eps)}) {
    if (options.learn_eps) eps.set_requires_grad();
  }
  void visit(auto& v) {
    if (options.learn_eps) v("eps", eps);
    else v.buffer("eps", eps);
    v("apply_func", apply_func);
  }
  /// x (num_src, in), and x_dst (num_dst, in) where given, give what apply_func makes of (num_dst, in). Throws for
  /// other numbers of rows, and unlike widths.
  tensor operator()(const graph& g, const layer_input<tensor>& x) const {
    return apply_func(detail::gin_sum(g, x, eps, options.aggregator));
  }
};

}  // namespace edgefold
