/// Layer normalisation (Ba, Kiros, Hinton 2016).
#pragma once
#include <edgefold/models/train/module.hpp>

namespace edgefold {

/// y = (x - mean) / sqrt(var + eps) * weight + bias, with mean and population variance over the last dim: torch's
/// LayerNorm of one dim.
struct layer_norm {
  double eps = 1e-5;  ///< added to the variance
  tensor weight,      ///< (features), ones; without storage: left out
      bias;           ///< (features), zeros; without storage: left out

  /// Throws unless there is a feature.
  explicit layer_norm(std::int64_t features, double epsilon = 1e-5);
  void visit(auto& v) {
    v("weight", weight);
    v("bias", bias);
  }
  /// (rows, dims..., features) gives the same shape. Throws for another last dim.
  tensor operator()(const tensor& x) const;

 private:
  std::int64_t features_;
};

}  // namespace edgefold
