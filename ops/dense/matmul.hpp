/// Products of matrices.
#pragma once
#include <edgefold/core/tensor.hpp>

namespace edgefold {

/// a b: (rows, dims..., k) times (k, m) gives (rows, dims..., m), each vector of a's last dim multiplied by b. Of float
/// and double. Throws where the shapes do not fit.
template <std::floating_point T>
basic_tensor<T> matmul(const basic_tensor<T>& a, const basic_tensor<T>& b);

/// The products of the matrices of a and b one by one: (batch, n, k) times (batch, k, m) gives (batch, n, m). Of float
/// and double. Throws where the shapes do not fit.
template <std::floating_point T>
basic_tensor<T> batched_matmul(const basic_tensor<T>& a, const basic_tensor<T>& b);

}  // namespace edgefold
