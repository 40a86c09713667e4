#include <edgefold/models/layers/gin_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/layers/private/reduced.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold::detail {

tensor gin_sum(const graph& g, const layer_input<tensor>& x, const tensor& eps, neighbor_reducer how) {
  check_both_ends(g, x, "gin_conv");
  const tensor own = rows_of_dst(g, x), heard = reduced(g, copy_u(x.src), how);
  check(own.shape() == heard.shape(), "gin_conv", "x_dst has shape ", own.shape(), ", expected ", heard.shape());
  return own * (eps + 1) + heard;
}

}  // namespace edgefold::detail
