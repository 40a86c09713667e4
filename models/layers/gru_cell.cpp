#include <edgefold/models/layers/gru_cell.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold {

gru_cell::gru_cell(std::int64_t in, std::int64_t hidden, std::uint64_t seed, std::uint64_t stream, bool with_bias)
    : weight_ih(detail::trained(kaiming_uniform({3 * hidden, in}, hidden, seed, stream))),
      weight_hh(detail::trained(kaiming_uniform({3 * hidden, hidden}, hidden, seed, stream + 1))) {
  if (!with_bias) return;
  bias_ih = detail::trained(kaiming_uniform({3 * hidden}, hidden, seed, stream + 2));
  bias_hh = detail::trained(kaiming_uniform({3 * hidden}, hidden, seed, stream + 3));
}

tensor gru_cell::operator()(const tensor& x, const tensor& h) const {
  const std::int64_t hidden = weight_hh.shape()[1];
  check(h.shape() == shape_type{x.rows(), hidden}, "gru_cell", "h has shape ", h.shape(), ", expected ",
        shape_type{x.rows(), hidden});
  const auto affine = [](const tensor& t, const tensor& weight, const tensor& bias) {
    const tensor y = matmul(t, transpose(weight, 0, 1));
    return bias.defined() ? y + detail::as_row(bias) : y;
  };
  const tensor i = affine(x, weight_ih, bias_ih), j = affine(h, weight_hh, bias_hh);
  const auto gate = [hidden](const tensor& t, std::int64_t k) { return slice(t, 1, k * hidden, (k + 1) * hidden); };
  const tensor r = sigmoid(gate(i, 0) + gate(j, 0)), z = sigmoid(gate(i, 1) + gate(j, 1));
  const tensor n = tanh(gate(i, 2) + r * gate(j, 2));
  return n + z * (h - n);
}

}  // namespace edgefold
