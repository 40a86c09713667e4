#include <edgefold/models/layers/layer_norm.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/ops/dense/reduction.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>

namespace edgefold {

layer_norm::layer_norm(std::int64_t features, double epsilon)
    : eps(epsilon),
      weight(detail::trained(ones({features}))),
      bias(detail::trained(zeros({features}))),
      features_(features) {
  check(features >= 1, "layer_norm", "features is ", features, ", expected at least 1");
}

tensor layer_norm::operator()(const tensor& x) const {
  check(x.num_dims() >= 2 && x.shape().back() == features_, "layer_norm", "x has shape ", x.shape(),
        ", expected a last dim of ", features_);
  const tensor d = x - mean(x, -1), var = mean(d * d, -1);
  tensor y = d * elementwise([e = eps](auto v) { return rsqrt(v + e); }, var);
  if (weight.defined()) y = y * detail::as_row(weight);
  return bias.defined() ? y + detail::as_row(bias) : y;
}

}  // namespace edgefold
