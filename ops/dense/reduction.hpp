/// Sums, means, softmax and argmax of a tensor over one of its dims or all. (Over the edges of a graph:
/// ops/reduce.hpp.)
#pragma once
#include <edgefold/core/tensor.hpp>

namespace edgefold {

// Of float and double. Dim 0 is the rows; negative dims count from the end, -1 is the last. The dim that is summed over
// stays, with size 1. Sums run in parts of fixed length, whatever the number of threads. All throw for a tensor without
// storage and a dim that there is not.

/// Sum over one dim: (..., n, ...) gives (..., 1, ...). No elements add up to 0.
template <std::floating_point T>
basic_tensor<T> sum(const basic_tensor<T>& x, std::int64_t dim);

/// Mean over one dim, likewise; throws where that has size 0.
template <std::floating_point T>
basic_tensor<T> mean(const basic_tensor<T>& x, std::int64_t dim);

/// Sum of all elements: shape (1, 1).
template <std::floating_point T>
basic_tensor<T> sum_all(const basic_tensor<T>& x);

/// Mean of all elements: shape (1, 1). Throws where there are none.
template <std::floating_point T>
basic_tensor<T> mean_all(const basic_tensor<T>& x);

/// Euclidean length along the last dim, which becomes 1: (rows, dims..., k) gives (rows, dims..., 1). Its gradient is
/// x / |x|, and 0 where all elements are. No square overflows or vanishes: the length of (3e38, 3e-39) is exact, and
/// only one above the greatest number is infinite. Throws for a tensor of rows only.
template <std::floating_point T>
basic_tensor<T> norm_last(const basic_tensor<T>& x);

/// exp(x) / sum(exp(x)) over the last dim, computed from x - max(x): no overflow. Shape of x.
template <std::floating_point T>
basic_tensor<T> softmax(const basic_tensor<T>& x);

/// log(softmax(x)), computed without it: exact where the softmax would vanish. Shape of x.
template <std::floating_point T>
basic_tensor<T> log_softmax(const basic_tensor<T>& x);

/// The place of the greatest element along the last dim: (rows, dims..., k) gives (rows, dims...). Of equals the first;
/// NaN is greater than all numbers. Throws for a tensor of rows only, and where the last dim has size 0.
template <std::floating_point T>
basic_tensor<std::int64_t> argmax_last(const basic_tensor<T>& x);

}  // namespace edgefold
