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

namespace {

void check_shape(const features& x, const shape_type& expected, std::string_view name, std::string_view operation) {
  check(x.shape() == expected, operation, name, " has shape ", x.shape(), ", expected ", expected);
}

std::string_view name_of_src(const layer_input<features>& x) { return x.dst ? "x_src" : "x"; }

void check_rows_of_dst(const graph& g, const layer_input<features>& x, std::string_view operation) {
  check(!x.dst || x.dst->rows() == g.num_dst(), operation, "x_dst has ", x.dst ? x.dst->rows() : 0,
        " rows, the graph has ", g.num_dst(), " destinations");
}

}  // namespace

void check_features(const graph& g, const layer_input<features>& x, std::int64_t in, std::string_view operation) {
  check_shape(x.src, {g.num_src(), in}, name_of_src(x), operation);
  check_rows_of_dst(g, x, operation);
}

void check_both_ends(const graph& g, const layer_input<features>& x, std::string_view operation) {
  check(x.src.rows() == g.num_src(), operation, name_of_src(x), " has ", x.src.rows(), " rows, the graph has ",
        g.num_src(), " sources");
  check(x.dst || !g.is_bipartite() || g.is_block(), operation, "one x for a graph of two vertex sets, ", g.num_src(),
        " sources and ", g.num_dst(),
        " destinations: pass {x_src, x_dst}, or make the graph with graph::block where the destinations are the first "
        "of its sources");
  check_rows_of_dst(g, x, operation);
}

void check_both_ends(const graph& g, const layer_input<features>& x, const layer_widths& in,
                     std::string_view operation) {
  check(x.dst || in.src == in.dst, operation, "one x, but widths ", in.src, " and ", in.dst,
        " of sources and destinations: pass {x_src, x_dst}");
  check_shape(x.src, {g.num_src(), in.src}, name_of_src(x), operation);
  if (x.dst) check_shape(*x.dst, {g.num_dst(), in.dst}, "x_dst", operation);
  check_both_ends(g, x, operation);
}

void check_edge_weights(const graph& g, const tensor& edge_weight, std::string_view operation) {
  check(!edge_weight.defined() || edge_weight.shape() == shape_type{g.num_edges(), 1}, operation,
        "the edge weights have shape ", edge_weight.shape(), ", expected ", shape_type{g.num_edges(), 1});
}

bool matrix_first(const features& x, std::int64_t in, std::int64_t out) { return x.is_sparse() || in > out; }

void check_one_set(const graph& g, std::string_view operation) {
  check(!g.is_bipartite() || (g.is_block() && g.num_src() == g.num_dst()), operation, "the graph has two vertex sets, ",
        g.num_src(), " sources and ", g.num_dst(), " destinations, expected one");
}

void check_in_degrees(const graph& g, bool allow_zero_in_degree, std::string_view operation) {
  if (allow_zero_in_degree) return;
  const edge_groups& in = g.topology().in_edges();
  std::int64_t none = 0;
  for (std::int64_t v = 0; v < in.num_groups; ++v) none += in.degree(v) == 0;
  check(none == 0, operation, none, " of ", in.num_groups,
        " vertices have no in-edges, so that nothing arrives there: add self-loops, or set allow_zero_in_degree");
}

tensor rows_of_dst(const graph& g, const tensor& x) {
  return x.rows() == g.num_dst() ? x : slice(x, 0, 0, g.num_dst());
}

features rows_of_dst(const graph& g, const features& x) {
  return x.rows() == g.num_dst() ? x : features(rows_of_dst(g, x.dense()));
}

tensor inverse_sqrt(const tensor& degrees) { return rsqrt(clamp_min(degrees, 1)); }

tensor hop(const graph& g, const tensor& x, const tensor& from, const tensor& to) {
  return update_all(g, copy_u(x * from), reduce::sum{}) * to;
}

}  // namespace edgefold::detail
