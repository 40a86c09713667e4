#include <edgefold/models/layers/layer_norm.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/ops/dense/reduction.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>

#include <algorithm>
#include <cmath>

namespace edgefold {
namespace {

// Of rows of large elements the power of two that brings the greatest near 1; 1 for the others.
tensor scales_of_rows(const tensor& x) {
  tensor scale = ones(with_last_dim(x.shape(), 1));
  const std::int64_t n = x.shape().back();
  for (std::int64_t r = 0; r < scale.size(); ++r) {
    float top = 0;
    for (std::int64_t k = 0; k < n; ++k) top = std::max(top, std::abs(x.values()[static_cast<std::size_t>(r * n + k)]));
    if (top > 0x1p30F && !std::isinf(top)) scale.mutable_data()[r] = std::ldexp(1.0F, -std::ilogb(top));
  }
  return scale;
}

// x less its mean, over the root of variance and eps.
tensor standardised(const tensor& x, double eps) {
  const tensor d = x - mean(x, -1), var = mean(d * d, -1);
  const bool plain = std::ranges::all_of(var.values(), [](float v) { return v < 0x1p60F; });
  if (plain) return d * elementwise([eps](auto v) { return rsqrt(v + eps); }, var);
  // Squares, or the power -3/2 of one in the gradient, are no floats: the same of x times a constant.
  const tensor scale = scales_of_rows(x), s = x * scale - mean(x * scale, -1);
  return s * elementwise([eps](auto v, auto c) { return rsqrt(v + max(eps * c * c, 1e-30)); }, mean(s * s, -1), scale);
}

}  // namespace

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
  tensor y = standardised(x, eps);
  if (weight.defined()) y = y * detail::as_row(weight);
  return bias.defined() ? y + detail::as_row(bias) : y;
}

}  // namespace edgefold
