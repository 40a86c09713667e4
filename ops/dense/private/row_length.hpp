/// Euclidean lengths of rows whose squares may overflow or vanish. Private to the compiled library.
#pragma once
#include <cmath>

#include <edgefold/ops/dense/private/row_kernels.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// The sum of products of n elements.
template <class T>
T dot_of_rows(const T* x, const T* y, std::int64_t n) {
  return sum_of_terms<T>(n, [x, y](std::int64_t i, auto... active) {
    return load<T, native_lanes<T>>(x + i, active...) * load<T, native_lanes<T>>(y + i, active...);
  });
}

/// |x| = scaled / scale: `scale` is a power of two, and 1 wherever squares can be added as they are.
template <class T>
struct row_length {
  T scale, scaled;
};

/// The squares of numbers so small or large that the plain sum of squares loses some of them, or all.
template <class T>
row_length<T> length_of_odd_row(const T* x, std::int64_t n) {
  T top = 0;
  for (std::int64_t i = 0; i < n; ++i) top = std::abs(x[i]) > top || x[i] != x[i] ? std::abs(x[i]) : top;
  if (!(top > 0) || top > std::numeric_limits<T>::max()) return {1, top};
  constexpr int most = std::numeric_limits<T>::max_exponent - 2;  // of a scale that is no subnormal number
  const T scale = std::ldexp(T(1), -std::clamp(std::ilogb(top), -most, most));
  const T sum = sum_of_terms<T>(n, [x, scale](std::int64_t i, auto... active) {
    const auto scaled = load<T, native_lanes<T>>(x + i, active...) * scale;
    return scaled * scaled;
  });
  return {scale, std::sqrt(sum)};
}

/// The length of a row; of infinities infinite, NaN where an element is.
template <class T>
row_length<T> length_of_row(const T* x, std::int64_t n) {
  constexpr T least = sizeof(T) == 4 ? T(0x1p-100) : T(0x1p-960), most = 1 / least;
  const T sum = dot_of_rows(x, x, n);
  if (sum >= least && sum <= most) return {1, std::sqrt(sum)};
  return length_of_odd_row(x, n);
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
