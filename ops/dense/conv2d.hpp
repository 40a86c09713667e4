/// Convolution of images.
#pragma once
#include <edgefold/core/tensor.hpp>

namespace edgefold {

/// The cross-correlation of images with a bank of filters, as torch defines it: x (batch, c, h, w), weight (o, c, kh,
/// kw) and bias (o) give y (batch, o, h', w') with h' = (h + 2 padding - kh) / stride + 1, rounded down, w' likewise:
/// y[b, o, i, j] = bias[o] + sum over c, u, v of weight[o, c, u, v] x[b, c, i stride + u - padding, j stride + v -
/// padding], x being 0 outside of the image. A bias without storage is none. Of float and double. Throws where shapes
/// do not fit, the filter is larger than the padded image, or that is larger than any memory.
template <std::floating_point T>
basic_tensor<T> conv2d(const basic_tensor<T>& x, const basic_tensor<T>& weight, const basic_tensor<T>& bias,
                       std::int64_t stride = 1, std::int64_t padding = 0);

}  // namespace edgefold
