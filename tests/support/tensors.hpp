// Comparing tensors in tests.
#pragma once
#include <doctest/doctest.h>

#include <edgefold/core/tensor.hpp>

#include <cmath>
#include <cstring>
#include <limits>

namespace edgefold::testing {

inline constexpr float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();

// The greatest |a - b| / max(1, |b|) over all elements; infinity where shapes, NaNs or infinities do not agree.
template <class A, class B>
double relative_difference(const basic_tensor<A>& a, const basic_tensor<B>& b) {
  if (a.shape() != b.shape()) return INFINITY;
  double most = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a.data()[i]), y = static_cast<double>(b.data()[i]);
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    if (!std::isfinite(x) || !std::isfinite(y)) return INFINITY;
    most = std::max(most, std::abs(x - y) / std::max(1.0, std::abs(y)));
  }
  return most;
}

template <class T>
bool same_bits(const basic_tensor<T>& a, const basic_tensor<T>& b) {
  return a.shape() == b.shape() &&
         (a.size() == 0 || std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(T)) == 0);
}

// Checks that `expression` throws `exception` with a text that contains `part`.
#define CHECK_THROWS_SAYING(expression, exception, part)            \
  do {                                                              \
    std::string said_ = "(no exception)";                           \
    try {                                                           \
      static_cast<void>(expression);                                \
    } catch (const exception& e) {                                  \
      said_ = e.what();                                             \
    }                                                               \
    CAPTURE(said_);                                                 \
    CHECK(said_.find(std::string_view(part)) != std::string::npos); \
  } while (false)

}  // namespace edgefold::testing
