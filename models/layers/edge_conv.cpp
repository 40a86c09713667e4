#include <edgefold/models/layers/edge_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {

edge_conv::edge_conv(std::int64_t in, std::int64_t out, const edge_conv_options& chosen, std::uint64_t seed,
                     std::uint64_t stream)
    : options(chosen), theta(in, out, seed, stream), phi(in, out, seed, stream + 2) {}

// theta is linear: theta(x_v - x_u) + phi(x_v) = (t_v + phi(x_v) + bias) - t_u with t = x theta'. So vertices are
// transformed, not edges.
tensor edge_conv::operator()(const graph& g, const layer_input<tensor>& x) const {
  detail::check_both_ends(g, x, theta.weight.shape()[1], "edge_conv");
  detail::check_in_degrees(g, options.allow_zero_in_degree, "edge_conv");
  const auto times_theta = [&](const tensor& rows) { return matmul(rows, transpose(theta.weight, 0, 1)); };
  const layer_input<tensor> t = detail::each_end(x, times_theta);
  const tensor here = detail::rows_of_dst(g, t) + phi(detail::rows_of_dst(g, x)) + detail::as_row(theta.bias);
  return update_all(g, v_sub_u(here, t.src), reduce::max{});
}

}  // namespace edgefold
