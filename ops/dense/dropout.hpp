/// Dropout (Srivastava et al. 2014).
#pragma once
#include <edgefold/core/tensor.hpp>

namespace edgefold {

/// Each element of x is 0 with probability p, else x / (1 - p), so that the mean stays. Which ones are 0 depends on the
/// seed, the stream and the place of the element alone (Philox), not on threads: a layer counts its calls in `stream`.
/// The gradient draws the same numbers again; no mask is kept. p = 1 gives zeros. Of float and double. Throws unless
/// 0 <= p <= 1.
template <std::floating_point T>
basic_tensor<T> dropout(const basic_tensor<T>& x, double p, std::uint64_t seed, std::uint64_t stream = 0);

}  // namespace edgefold
