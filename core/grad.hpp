/// Gradients as results, instead of in the leaves.
#pragma once
#include <vector>

#include <edgefold/core/tensor.hpp>

namespace edgefold {

/// How grad() weighs outputs.
template <std::floating_point T>
struct grad_options {
  /// One for each output, of its shape: the gradient of what the caller is after with respect to it. None, or one
  /// without storage, stands for 1, where the output has one element.
  std::vector<basic_tensor<T>> seeds;
};

/// The gradients of `outputs`, weighed by the seeds and summed, with respect to `inputs`, leaves or results: a tensor
/// of each one's shape, without storage where no operation leads from it to an output. No leaf's grad() changes.
/// Operations that lie between are freed, as backward() frees them; others are not run. Throws for outputs and inputs
/// that are not on the tape, for seeds that do not fit, and as backward() does.
/// @{
std::vector<basic_tensor<float>> grad(const std::vector<basic_tensor<float>>& outputs,
                                      const std::vector<basic_tensor<float>>& inputs,
                                      const grad_options<float>& options = {});
std::vector<basic_tensor<double>> grad(const std::vector<basic_tensor<double>>& outputs,
                                       const std::vector<basic_tensor<double>>& inputs,
                                       const grad_options<double>& options = {});
/// @}

}  // namespace edgefold
