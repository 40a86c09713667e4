#include <edgefold/models/layers/graph_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {

graph_conv::graph_conv(std::int64_t in, std::int64_t out, const graph_conv_options& chosen, std::uint64_t seed,
                       std::uint64_t stream)
    : options(chosen), in_(in) {
  check(options.weight || in == out, "graph_conv", "in is ", in, " and out is ", out, ", which needs a weight");
  if (options.weight) weight = detail::trained(xavier_uniform({in, out}, seed, stream));
  if (options.bias) bias = detail::trained(zeros({out}));
}

tensor graph_conv::operator()(const graph& g, const layer_input<features>& x, const tensor& edge_weight) const {
  detail::check_features(g, x, in_, "graph_conv");
  detail::check_in_degrees(g, options.allow_zero_in_degree, "graph_conv");
  detail::check_edge_weights(g, edge_weight, "graph_conv");
  const bool first = weight.defined() && detail::matrix_first(x.src, weight.shape()[0], weight.shape()[1]);
  const degree_norm norm = options.norm;

  tensor h = first ? matmul(x.src, weight) : x.src.dense();
  if (norm == degree_norm::both) h = h * detail::inverse_sqrt(out_degrees(g));
  if (norm == degree_norm::left) h = h / clamp_min(out_degrees(g), 1);
  h = edge_weight.defined() ? update_all(g, u_mul_e(h, edge_weight), reduce::sum{})
                            : update_all(g, copy_u(h), reduce::sum{});
  if (norm == degree_norm::both) h = h * detail::inverse_sqrt(in_degrees(g));
  if (norm == degree_norm::right) h = h / clamp_min(in_degrees(g), 1);
  if (weight.defined() && !first) h = matmul(h, weight);
  return bias.defined() ? h + detail::as_row(bias) : h;
}

}  // namespace edgefold
