/// Sums and exponentials of rows, in packs, in an order that depends on the length of the row alone. Private to the
/// compiled library.
#pragma once
#include <algorithm>
#include <limits>

#include <edgefold/core/parallel.hpp>
#include <edgefold/core/simd/math.hpp>
#include <edgefold/core/simd/partial_fold.hpp>
#include <edgefold/core/simd/shuffle.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Calls f(offset) for each of `rows` rows of n elements, many in parallel.
template <class F>
void for_each_row(std::int64_t rows, std::int64_t n, const F& f) {
  parallel_for(rows, (1 << 15) / (8 * n + 32), [&](std::int64_t begin, std::int64_t end) {
    for (; begin < end; ++begin) f(begin * n);
  });
}

/// The sum of n terms; each lane adds up part_length of them, the rest is done in double. term(i) gives a pack of terms
/// from i on, term(i, lanes) one whose other lanes are 0.
template <class T, class Term>
T sum_of_terms(std::int64_t n, const Term& term, std::int64_t first = 0) {
  constexpr int lanes = native_lanes<T>, slots = 4;
  constexpr std::int64_t part = slots * lanes * part_length;
  if (n - first > part) {
    double total = 0;
    for (; first < n; first += part)
      total += static_cast<double>(sum_of_terms<T>(std::min(first + part, n), term, first));
    return static_cast<T>(total);
  }
  pack<T, lanes> sums[slots] = {T(0), T(0), T(0), T(0)};
  std::int64_t i = first;
  for (; i + slots * lanes <= n; i += slots * lanes)
    for (int k = 0; k < slots; ++k) sums[k] += term(i + k * lanes);
  for (; i + lanes <= n; i += lanes) sums[0] += term(i);
  if (i < n) sums[1] += term(i, first_lanes<T, lanes>(static_cast<int>(n - i)));
  return sum_lanes((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/// The sum of n elements.
template <class T>
T sum_of_row(const T* x, std::int64_t n) {
  return sum_of_terms<T>(n, [x](std::int64_t i, auto... active) { return load<T, native_lanes<T>>(x + i, active...); });
}

/// The greatest of n elements, NaN if there is one; -inf of none.
template <class T>
T max_of_row(const T* x, std::int64_t n) {
  constexpr int lanes = native_lanes<T>;
  T top = -std::numeric_limits<T>::infinity();
  std::int64_t i = 0;
  if (n >= lanes) {
    pack<T, lanes> most(top);
    for (; i + lanes <= n; i += lanes) most = max(most, load<T, lanes>(x + i));
    top = combine_runs(most, lanes, [](const auto& a, const auto& b) { return max(a, b); }).v[0];
  }
  for (; i < n; ++i) top = x[i] > top || x[i] != x[i] ? x[i] : top;
  return top;
}

/// Sum of exp(x - shift) over n elements, which are written to `to` where there is one.
template <class T>
T exp_of_row(const T* x, std::int64_t n, T shift, T* to) {
  constexpr int lanes = native_lanes<T>;
  pack<T, lanes> sum(T(0));
  double total = 0;  // of full parts
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    if (i > 0 && i % (part_length * lanes) == 0) {
      total += static_cast<double>(sum_lanes(sum));
      sum = pack<T, lanes>(T(0));
    }
    const pack<T, lanes> e = exp(load<T, lanes>(x + i) - shift);
    sum += e;
    if (to) store(to + i, e);
  }
  if (i < n) {  // filled up with what adds nothing
    T rest[lanes];
    std::fill_n(rest, lanes, -std::numeric_limits<T>::infinity());
    std::copy(x + i, x + n, rest);
    const pack<T, lanes> e = exp(load<T, lanes>(rest) - shift);
    sum += e;
    store(rest, e);
    if (to) std::copy_n(rest, n - i, to + i);
  }
  return static_cast<T>(total + static_cast<double>(sum_lanes(sum)));
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
