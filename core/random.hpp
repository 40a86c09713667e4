/// Counter-based random numbers (Philox 4x32-10; Salmon et al. 2011): element i depends on the seed and i alone, so
/// that neither threads nor the order of filling change a value.
#pragma once
#include <edgefold/core/tensor.hpp>

namespace edgefold {

/// Four random 32-bit words of position `counter` in stream `stream` of `seed`.
struct random_words {
  std::uint32_t word[4];  ///< each from 0 to 2^32 - 1, uniformly
};
/// Philox with `seed` as its key, `counter` and `stream` as the two halves of its counter.
random_words philox(std::uint64_t seed, std::uint64_t counter, std::uint64_t stream = 0);

/// Standard normal elements (Box-Muller). Here and below: tensors of one seed and one stream begin with the same
/// numbers.
template <element T = float>
basic_tensor<T> random_normal(shape_type shape, std::uint64_t seed, std::uint64_t stream = 0);

/// Elements from the half-open range [low, high); throws unless low < high.
template <element T = float>
basic_tensor<T> random_uniform(shape_type shape, std::uint64_t seed, T low = T(0), T high = T(1),
                               std::uint64_t stream = 0);

/// 64-bit integers from 0 to limit - 1, at most 2^32 of them; each with a bias below limit / 2^64. Throws for
/// another limit.
basic_tensor<std::int64_t> random_integers(shape_type shape, std::int64_t limit, std::uint64_t seed,
                                           std::uint64_t stream = 0);

/// 0 .. n - 1 in random order (by random keys of 64 bits; equal ones, which hardly occur, keep theirs): shape (n).
basic_tensor<std::int64_t> random_permutation(std::int64_t n, std::uint64_t seed, std::uint64_t stream = 0);

}  // namespace edgefold
