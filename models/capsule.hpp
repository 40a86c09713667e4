/// Capsules routed by agreement (Sabour, Frosst, Hinton 2017), as message passing on a bipartite graph.
#pragma once
#include <string>

#include <edgefold/core/generators.hpp>
#include <edgefold/ops/builtin.hpp>
#include <edgefold/ops/arithmetic.hpp>
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/elementwise.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {

/// Shrinks the vectors along the last dim to lengths below 1 and keeps their directions: s |s| / (1 + |s|^2), which is
/// equation 1 of the paper; 0 for 0.
template <tensor_like X>
auto squash(const X& s) {
  const auto& t = as_tensor(s);
  return elementwise([](auto x, auto square) { return x * sqrt(square) / (1 + square); }, t, sum_last(t * t));
}

/// Shannon entropy, in nats, of the distributions along the last dim, which becomes 1: the sum of -p log p, with 0 log
/// 0 taken as 0.
template <tensor_like X>
auto entropy(const X& p) {
  return sum_last(elementwise([](auto x) { return where(x == 0, x, -x * log(x)); }, p));
}

/// Procedure 1 of the paper: predictions u_hat (edges, d) or (edges, batch, d), one for each pair of capsules, are
/// routed for `iterations` rounds; gives v (vertices, d) or (vertices, batch, d), of which the out-capsules' rows are
/// the result. Pure: the logits start at 0 and are not kept; the last round does not update them.
inline tensor dynamic_routing(const graph& g, const tensor& u_hat, int iterations) {
  check(iterations >= 1, "dynamic_routing", "iterations is ", iterations, ", expected at least 1");
  check(u_hat.num_dims() > 1 && u_hat.rows() == g.num_edges(), "dynamic_routing", "u_hat has shape ", u_hat.shape(),
        ", expected ", g.num_edges(), " rows of predictions");
  shape_type logits = u_hat.shape();
  logits.back() = 1;
  tensor b = zeros(logits), v;
  for (int r = 0; r < iterations; ++r) {
    tensor c = edge_softmax(g, b, norm_by::src);
    v = squash(update_all(g, mul(edge(c), edge(u_hat)), reduce::sum{}));
    if (r + 1 < iterations) b = b + apply_edges(g, dot(edge(u_hat), dst(v)));
  }
  return v;
}

/// The routing layer of DGL's capsule tutorial: keeps its logits b from one call to the next, and updates them in every
/// iteration, the last one too, so that ten calls of one iteration equal one call of ten.
class routing_layer {
 public:
  /// Edges from each of `in` to each of `out` capsules of `features` dims: edge i * out + j goes from vertex i to
  /// vertex in + j.
  routing_layer(std::int64_t in, std::int64_t out, std::int64_t features)
      : routing_layer(generate::complete_bipartite(in, out), features) {
    check(in >= 1 && out >= 1, "routing_layer", "in is ", in, " and out is ", out, ", expected at least 1 each");
  }
  /// Any bipartite graph of one vertex set or two.
  routing_layer(const graph& capsules, std::int64_t features) : g(capsules), features_(features) {
    check(features >= 1, "routing_layer", "features is ", features, ", expected at least 1");
    reset();
  }

  /// Forgets the logits.
  void reset() { g.edata["b"] = zeros({g.num_edges(), 1}); }

  /// Routes u_hat (edges, features) for `iterations` more rounds. Afterwards g.dstdata["v"] holds the capsules,
  /// g.edata["c"] the couplings that the last round used and g.edata["b"] the logits after it.
  void operator()(const tensor& u_hat, int iterations = 1) {
    check(u_hat.shape() == shape_type{g.num_edges(), features_}, "routing_layer", "u_hat has shape ", u_hat.shape(),
          ", expected ", shape_type{g.num_edges(), features_});
    check(iterations >= 1, "routing_layer", "iterations is ", iterations, ", expected at least 1");
    g.edata["u_hat"] = u_hat;
    for (int r = 0; r < iterations; ++r) {
      g.edata["c"] = edge_softmax(g, g.edata["b"], norm_by::src);
      g.update_all(mul(edge("c"), edge("u_hat")), reduce::sum{}, "s");
      g.dstdata["v"] = squash(g.dstdata["s"]);
      g.apply_edges(e_dot_v("u_hat", "v"), "agreement");
      g.edata["b"] = g.edata["b"] + g.edata["agreement"];
    }
  }

  graph g;  ///< the capsules and their columns

 private:
  std::int64_t features_;
};

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
