#include <edgefold/models/layers/appnp.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

#include <algorithm>

namespace edgefold {
namespace {

// Sums of the weights of each vertex's in-edges, to the power -1/2; 1 where there are none.
tensor weighted_norm(const graph& g, const tensor& edge_weight) {
  const reduce::sum or_one{.empty = 1};
  return rsqrt(update_all(g, copy_e(edge_weight), or_one));
}

}  // namespace

appnp::appnp(const appnp_options& chosen, std::uint64_t seed, std::uint64_t stream)
    : options(chosen), edge_drop(chosen.edge_drop, seed, stream) {
  check(options.k >= 0, "appnp", "k is ", options.k, ", expected at least 0");
  check(options.alpha >= 0 && options.alpha <= 1, "appnp", "alpha is ", options.alpha, ", expected 0 <= alpha <= 1");
}

tensor appnp::operator()(const graph& g, const tensor& x, const tensor& edge_weight) const {
  detail::check_one_set(g, "appnp");
  check(x.rows() == g.num_src(), "appnp", "x has ", x.rows(), " rows, the graph has ", g.num_src(), " vertices");
  const bool weighted = edge_weight.defined();
  detail::check_edge_weights(g, edge_weight, "appnp");
  const auto weights = edge_weight.values();
  check(std::all_of(weights.begin(), weights.end(), [](float w) { return w > 0 && std::isfinite(w); }), "appnp",
        "an edge weight is not positive and finite: their sums are divided by");
  const tensor from =
      weighted ? weighted_norm(graph(g.topology().reversed()), edge_weight) : detail::inverse_sqrt(out_degrees(g));
  const tensor to =
      (weighted ? weighted_norm(g, edge_weight) : detail::inverse_sqrt(in_degrees(g))) * (1 - options.alpha);
  const tensor w = weighted ? edge_weight : edge_drop.active() ? ones({g.num_edges(), 1}) : tensor();
  const tensor home = x * options.alpha;
  tensor h = x;
  for (int round = 0; round < options.k; ++round)
    h = (w.defined() ? update_all(g, u_mul_e(h * from, edge_drop(w)), reduce::sum{}) * to
                     : detail::hop(g, h, from, to)) +
        home;
  return h;
}

}  // namespace edgefold
