#include <edgefold/ops/transform/gcn_norm.hpp>

#include <edgefold/ops/apply_edges.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/reduce.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

#include <cmath>

namespace edgefold {

tensor gcn_norm(const graph& g) { return gcn_norm(g, ones({g.num_edges(), 1})); }

template <std::floating_point T>
basic_tensor<T> gcn_norm(const graph& g, const basic_tensor<T>& weights) {
  const shape_type expected{g.num_edges(), 1};
  check(weights.shape() == expected, "gcn_norm", "the weights have shape ", weights.shape(), ", expected ", expected);
  const T* const w = weights.data();
  for (edge_id e = 0; e < g.num_edges(); ++e)
    check(w[e] > 0 && std::isfinite(w[e]), "gcn_norm", "the weight of edge ", e, " is ", w[e],
          ", expected a positive and finite one");
  static_cast<void>(g.topology().out_edges());  // so that g keeps the grouping which the reverse then needs
  const graph reverse = graph::bipartite(g.topology().reversed());
  const auto out = update_all(reverse, copy_e(weights), reduce::sum{}),
             in = update_all(g, copy_e(weights), reduce::sum{});
  return weights * apply_edges(g, u_mul_v(rsqrt(out), rsqrt(in)));
}

template basic_tensor<float> gcn_norm(const graph&, const basic_tensor<float>&);
template basic_tensor<double> gcn_norm(const graph&, const basic_tensor<double>&);

}  // namespace edgefold
