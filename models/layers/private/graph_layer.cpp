#include <edgefold/models/layers/private/graph_layer.hpp>

#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/reduce.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold::detail {

tensor trained(tensor t) {
  t.set_requires_grad();
  return t;
}

linear linear_of(tensor weight, tensor bias) {
  linear l;
  l.weight = trained(std::move(weight));
  if (bias.defined()) l.bias = trained(std::move(bias));
  return l;
}

std::int64_t checked_heads(std::int64_t heads, std::string_view operation) {
  check(heads >= 1, operation, "heads is ", heads, ", expected at least 1");
  return heads;
}

void check_features(const graph& g, const features& x, std::int64_t in, std::string_view operation) {
  check(x.shape() == shape_type{g.num_src(), in}, operation, "x has shape ", x.shape(), ", expected ",
        shape_type{g.num_src(), in});
}

void check_edge_weights(const graph& g, const tensor& edge_weight, std::string_view operation) {
  check(!edge_weight.defined() || edge_weight.shape() == shape_type{g.num_edges(), 1}, operation,
        "the edge weights have shape ", edge_weight.shape(), ", expected ", shape_type{g.num_edges(), 1});
}

bool matrix_first(const features& x, std::int64_t in, std::int64_t out) { return x.is_sparse() || in > out; }

void check_one_set(const graph& g, std::string_view operation) {
  check(g.num_src() == g.num_dst(), operation, "the graph has ", g.num_src(), " sources and ", g.num_dst(),
        " destinations, expected as many");
}

void check_in_degrees(const graph& g, bool allow_zero_in_degree, std::string_view operation) {
  if (allow_zero_in_degree) return;
  const edge_groups& in = g.topology().in_edges();
  std::int64_t none = 0;
  for (std::int64_t v = 0; v < in.num_groups; ++v) none += in.degree(v) == 0;
  check(none == 0, operation, none, " of ", in.num_groups,
        " vertices have no in-edges, so that nothing arrives there: add self-loops, or set allow_zero_in_degree");
}

tensor rows_of_dst(const graph& g, const tensor& x, std::string_view operation) {
  check(g.num_dst() <= x.rows(), operation, "the graph has ", g.num_dst(), " destinations and ", x.rows(),
        " sources, expected a block, whose destinations are the first of its sources");
  return x.rows() == g.num_dst() ? x : slice(x, 0, 0, g.num_dst());
}

features rows_of_dst(const graph& g, const features& x, std::string_view operation) {
  return x.rows() == g.num_dst() ? x : features(rows_of_dst(g, x.dense(), operation));
}

tensor inverse_sqrt(const tensor& degrees) { return rsqrt(clamp_min(degrees, 1)); }

tensor hop(const graph& g, const tensor& x, const tensor& from, const tensor& to) {
  return update_all(g, copy_u(x * from), reduce::sum{}) * to;
}

}  // namespace edgefold::detail
