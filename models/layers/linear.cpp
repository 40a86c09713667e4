#include <edgefold/models/layers/linear.hpp>

#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold {

linear::linear(std::int64_t in, std::int64_t out, std::uint64_t seed, std::uint64_t stream, bool with_bias)
    : weight(kaiming_uniform({out, in}, in, seed, stream)) {
  weight.set_requires_grad();
  if (!with_bias) return;
  bias = kaiming_uniform({out}, in, seed, stream + 1);
  bias.set_requires_grad();
}

tensor linear::operator()(const features& x) const {
  const tensor y = matmul(x, transpose(weight, 0, 1));
  return bias.defined() ? y + bias.reshape({1, -1}) : y;
}

}  // namespace edgefold
