/// The affine layer x W^T + b.
#pragma once
#include <edgefold/models/train/module.hpp>
#include <edgefold/ops/tensor/features.hpp>

namespace edgefold {

/// (rows, dims..., in) gives (rows, dims..., out), as torch's Linear with its names and its initialisation: weight
/// (out, in) and bias (out) uniform within 1 / sqrt(in), the bias from the stream after the weight's.
struct linear {
  tensor weight,  ///< W
      bias;       ///< b; without storage: none

  linear() = default;
  /// Takes two streams of random numbers, from `stream` on; without a bias one.
  linear(std::int64_t in, std::int64_t out, std::uint64_t seed, std::uint64_t stream = 0, bool with_bias = true);

  void visit(auto& v) {
    v("weight", weight);
    v("bias", bias);
  }
  /// Throws where the last dim of x is not `in`.
  tensor operator()(const features& x) const;
};

}  // namespace edgefold
