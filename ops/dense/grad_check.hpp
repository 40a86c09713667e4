/// Are the gradients that backward() computes those of the function? Asked of differences, in double.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include <edgefold/core/tensor.hpp>

namespace edgefold {

/// How gradients are compared.
struct grad_check_options {
  double step = 1e-6;              ///< x is moved by step * max(1, |x|) to either side
  double tolerance = 1e-6;         ///< greatest `worst` that is taken for agreement
  std::int64_t max_elements = 64;  ///< of an input with more elements a fixed sample of so many is checked
  std::uint64_t seed = 1;          ///< of the weights of the outputs and of the samples
};

/// What `grad_check` has found.
struct grad_check_result {
  bool ok = true;  ///< whether `worst` is within the tolerance
  /// The greatest difference of the two gradients of an element, relative to the largest gradient within its input.
  double worst = 0;
  /// Where that is, and both gradients: "input 1, element (0, 3) of shape (2, 4): backward() gives 2, central
  /// differences give 1". Empty where no element was compared.
  std::string where;
  explicit operator bool() const { return ok; }  ///< `ok`
};

/// A function of several tensors.
using checked_function = std::function<basic_tensor<double>(const std::vector<basic_tensor<double>>&)>;

/// Compares the gradients of `f` at `inputs` with central differences of sum(weight * f), the weights of the outputs
/// being fixed pseudo-random numbers. `f` must give the same for the same inputs, and be smooth within a step of them;
/// what it should not be differentiated by it captures. An input that backward() does not reach counts as one with zero
/// gradients. Differences that rounding explains do not count. The inputs are neither changed nor put on a tape. Throws
/// for an input without storage, options that are not positive, results of changing shapes, and within a no_grad; what
/// `f` throws passes through.
grad_check_result grad_check(const checked_function& f, const std::vector<basic_tensor<double>>& inputs,
                             const grad_check_options& options = {});

}  // namespace edgefold
