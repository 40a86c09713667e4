#include <edgefold/models/layers/gin_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/layers/private/reduced.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold::detail {

tensor gin_sum(const graph& g, const tensor& x, const tensor& eps, neighbor_reducer how) {
  check(x.rows() == g.num_src(), "gin_conv", "x has ", x.rows(), " rows, the graph has ", g.num_src(), " sources");
  return rows_of_dst(g, x, "gin_conv") * (eps + 1) + reduced(g, copy_u(x), how);
}

}  // namespace edgefold::detail
