// How far a function of packs is off from the C library's in higher precision, over all magnitudes and at every edge.
#pragma once
#include <edgefold/core/simd/math.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace edgefold::testing {

template <class T>
using higher = std::conditional_t<std::same_as<T, float>, double, long double>;
template <class T>
using limits = std::numeric_limits<T>;

// How many units in the last place `got` is off; subnormal results have those of the least normal number. 1e30 for
// another kind of number, or another sign of a zero.
template <class T>
double ulps(T got, higher<T> expected) {
  if (std::isnan(expected) || std::isnan(got)) return std::isnan(expected) == std::isnan(got) ? 0 : 1e30;
  const T rounded = static_cast<T>(expected);
  if (std::isinf(rounded) || std::isinf(got)) {
    const bool at_the_limit = std::abs(expected) >= limits<T>::max() / (1 + limits<T>::epsilon());
    return got == rounded ? 0 : at_the_limit && (got > 0) == (expected > 0) ? 1 : 1e30;
  }
  if (got == 0 && rounded == 0) return std::signbit(got) == std::signbit(expected) ? 0 : 1e30;
  int exponent = 0;
  std::frexp(rounded, &exponent);
  exponent = std::max(exponent, limits<T>::min_exponent);
  return static_cast<double>(std::abs(static_cast<higher<T>>(got) - expected) /
                             std::ldexp(higher<T>(1), exponent - limits<T>::digits));
}

template <class T>
std::vector<T> edges_of() {
  using L = limits<T>;
  std::vector<T> x{0,
                   L::infinity(),
                   L::quiet_NaN(),
                   L::max(),
                   L::min(),
                   L::denorm_min(),
                   L::min() / 2,
                   L::epsilon(),
                   1 + L::epsilon(),
                   1 - L::epsilon() / 2,
                   L::epsilon() / 4};
  for (double value : {.5,     1.,         2.,     3.,         1. / 3, 1e5,    1e10,   6.8e12, 1e20,  1e30,  1e-30,
                       0x1p24, 0x1p24 - 1, 0x1p53, 0x1p53 - 1, 87.3,   87.4,   88.,    88.4,   88.72, 88.73, 100.,
                       103.9,  104.,       708.3,  708.5,      709.5,  709.78, 709.79, 745.1,  745.2, 800.})
    x.push_back(static_cast<T>(value));
  for (std::size_t i = 0, n = x.size(); i < n; ++i) x.push_back(-x[i]);
  return x;
}

// The edges, then numbers of all bit patterns, then of the magnitudes where functions are neither 0 nor infinite.
template <class T>
std::vector<T> numbers() {
  std::vector<T> x = edges_of<T>();
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const impl::bits_type<T> bits = static_cast<impl::bits_type<T>>(random());
    x.push_back(__builtin_bit_cast(T, bits));
    x.push_back(std::ldexp(static_cast<T>(static_cast<std::int64_t>(random())), -63 + i % 50 - 38));
  }
  while (x.size() % pack<T>::lanes) x.push_back(1);
  return x;
}

// The most that f is off, and nothing else than the C library's infinities, NaN and zeros.
template <class T, class F, class Exact>
void check_within(double most, const std::string& name, const F& f, const Exact& exact) {
  CAPTURE(name);
  static const std::vector<T> x = numbers<T>();
  double worst = 0;
  T at = 0;
  for (std::size_t i = 0; i < x.size(); i += pack<T>::lanes) {
    pack<T> p;
    std::memcpy(&p.v, x.data() + i, sizeof p.v);
    const pack<T> y = f(p);
    for (int l = 0; l < pack<T>::lanes; ++l) {
      const volatile higher<T> expected =
          exact(static_cast<higher<T>>(p.v[l]));  // (clang 19 loses the sign of x < 0 ? 0 : x)
      const double off = ulps<T>(y.v[l], expected);
      if (off > worst) worst = off, at = p.v[l];
    }
  }
  CAPTURE(at);
  CHECK(worst <= most);
}

}  // namespace edgefold::testing
