/// Batch normalisation (Ioffe, Szegedy 2015).
#pragma once
#include <edgefold/models/train/module.hpp>

namespace edgefold {

/// Options of `batch_norm`.
struct batch_norm_options {
  double eps = 1e-5;      ///< added to the variance
  double momentum = 0.1;  ///< share of a batch in the running statistics
};

/// y = (x - mean) / sqrt(var + eps) * weight + bias, column by column: torch's BatchNorm1d. While training, with the
/// mean and the population variance of the batch, which also move the running statistics (the variance as that of a
/// sample); else with the running ones. A variance above the greatest float (deviations of 1.8e19) is infinite.
struct batch_norm {
  batch_norm_options options;
  tensor weight,                                                  ///< (features), ones
      bias;                                                       ///< (features), zeros
  tensor running_mean,                                            ///< (features), a buffer: zeros
      running_var;                                                ///< (features), a buffer: ones
  basic_tensor<std::int64_t> num_batches_tracked{shape_type{1}};  ///< (1), a buffer
  bool training = true;                                           ///< set by `set_training`

  /// Throws unless there is a feature.
  explicit batch_norm(std::int64_t features, const batch_norm_options& chosen = {});
  void visit(auto& v) {
    v("weight", weight);
    v("bias", bias);
    v.buffer("running_mean", running_mean);
    v.buffer("running_var", running_var);
    v.buffer("num_batches_tracked", num_batches_tracked);
  }
  /// (rows, features) gives the same shape. Throws for another shape and, while training, for fewer than two rows.
  tensor operator()(const tensor& x) const;

 private:
  void track(const tensor& mean, const tensor& var, std::int64_t rows) const;
};

}  // namespace edgefold
