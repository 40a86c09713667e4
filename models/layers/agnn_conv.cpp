#include <edgefold/models/layers/agnn_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/ops/dense/reduction.hpp>
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {
namespace {

// x / max(|x|, 1e-12), row by row; a row of zeros stays, with a finite gradient.
tensor normalized(const tensor& x) {
  const auto shrink = [](auto a, auto length) { return where(length < 1e-12, a * 1e12, a / length); };
  return elementwise(shrink, x, norm_last(x));
}

}  // namespace

agnn_conv::agnn_conv(const agnn_conv_options& chosen)
    : options(chosen), beta({1}, {static_cast<float>(chosen.init_beta)}) {
  if (options.learn_beta) beta.set_requires_grad();
}

tensor agnn_conv::operator()(const graph& g, const layer_input<tensor>& x) const {
  detail::check_both_ends(g, x, x.src.width(), "agnn_conv");
  detail::check_in_degrees(g, options.allow_zero_in_degree, "agnn_conv");
  const layer_input<tensor> unit = detail::each_end(x, normalized);
  const tensor cosine = apply_edges(g, u_dot_v(unit.src, detail::rows_of_dst(g, unit)));
  return update_all(g, u_mul_e(x.src, edge_softmax(g, cosine * beta)), reduce::sum{});
}

}  // namespace edgefold
