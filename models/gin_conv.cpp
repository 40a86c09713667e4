#include <edgefold/models/gin_conv.hpp>

#include <edgefold/models/detail/graph_layer.hpp>
#include <edgefold/ops/arithmetic.hpp>
#include <edgefold/ops/builtin.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold::detail {
namespace {

tensor reduced(const graph& g, const tensor& x, neighbor_reducer how) {
  switch (how) {
    case neighbor_reducer::mean:
      return update_all(g, copy_u(x), reduce::mean{});
    case neighbor_reducer::max:
      return update_all(g, copy_u(x), reduce::max{});
    default:
      return update_all(g, copy_u(x), reduce::sum{});
  }
}

}  // namespace

tensor gin_sum(const graph& g, const tensor& x, const tensor& eps, neighbor_reducer how) {
  check(x.rows() == g.num_src(), "gin_conv", "x has ", x.rows(), " rows, the graph has ", g.num_src(), " sources");
  return rows_of_dst(g, x) * (eps + 1) + reduced(g, x, how);
}

}  // namespace edgefold::detail
