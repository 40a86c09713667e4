/// Softmax and its gradient, in packs: of elements that follow one another, and of columns. Private to the compiled
/// library.
#pragma once
#include <algorithm>
#include <array>
#include <limits>

#include <edgefold/core/simd/for_packs.hpp>
#include <edgefold/core/simd/math.hpp>
#include <edgefold/core/simd/partial_fold.hpp>
#include <edgefold/core/simd/shuffle.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// y = exp(x - max) / sum(exp(x - max)).
template <class T>
struct softmax_rows {
  static constexpr std::size_t inputs = 1;
  static constexpr int lanes = native_lanes<T>;
  using P = pack<T, lanes>;
  static constexpr T lowest = -std::numeric_limits<T>::infinity();

  /// n elements, those that agree modulo the period together.
  static void packed(const std::array<const T*, 1>& in, T* y, std::int64_t n, int period) {
    const T* x = in[0];
    const std::int64_t whole = n / lanes * lanes;
    const first_lanes<T, lanes> all, active(static_cast<int>(n - whole));
    P top(lowest), tail(lowest);
    if (n > whole) {
      T padded[lanes];
      std::fill_n(padded, lanes, lowest);
      std::copy_n(x + whole, n - whole, padded);
      tail = load<T, lanes>(padded, all);
    }
    for (std::int64_t i = 0; i < whole; i += lanes) top = max(top, load<T, lanes>(x + i, all));
    top = combine_modulo(max(top, tail), period, [](const P& a, const P& b) { return max(a, b); });
    partial_sums<P> sums;
    for (std::int64_t i = 0; i < whole; i += lanes) {
      const P e = exp(load<T, lanes>(x + i, all) - top);
      sums.add(e);
      store<T, lanes>(y + i, e, all);
    }
    tail = n > whole ? exp(tail - top) : P(0);
    const P total = combine_modulo(sums.total() + tail, period, [](const P& a, const P& b) { return a + b; });
    for (std::int64_t i = 0; i < whole; i += lanes) store<T, lanes>(y + i, load<T, lanes>(y + i, all) / total, all);
    if (n > whole) store<T, lanes>(y + whole, tail / total, active);
  }

  /// One pack of columns of rows [k0, k1), row(k) elements from the start of the arrays; the exponentials wait in the
  /// output.
  template <class Row>
  static void columns(const std::array<const T*, 1>& in, T* y, std::int64_t k0, std::int64_t k1, const Row& row,
                      const first_lanes<T, lanes>& active) {
    P top(lowest);
    partial_sums<P> sums;
    for (std::int64_t k = k0; k < k1; ++k) top = max(top, load<T, lanes>(in[0] + row(k), active));
    for (std::int64_t k = k0; k < k1; ++k) {
      const P e = exp(load<T, lanes>(in[0] + row(k), active) - top);
      sums.add(e);
      store<T, lanes>(y + row(k), e, active);
    }
    const P total = sums.total();
    for (std::int64_t k = k0; k < k1; ++k)
      store<T, lanes>(y + row(k), load<T, lanes>(y + row(k), active) / total, active);
  }
};

/// From y and the gradient g of y: y (g - sum(y g)).
template <class T>
struct softmax_rows_vjp {
  static constexpr std::size_t inputs = 2;
  static constexpr int lanes = native_lanes<T>;
  using P = pack<T, lanes>;

  static void packed(const std::array<const T*, 2>& in, T* dx, std::int64_t n, int period) {
    const T* const y = in[0];
    const T* const g = in[1];
    partial_sums<P> sums;
    for_packs<T>(0, n,
                 [&](std::int64_t i, const auto& active) { sums.add(load(y + i, active) * load(g + i, active)); });
    const P total = combine_modulo(sums.total(), period, [](const P& a, const P& b) { return a + b; });
    for_packs<T>(0, n, [&](std::int64_t i, const auto& active) {
      store(dx + i, load(y + i, active) * (load(g + i, active) - total), active);
    });
  }

  template <class Row>
  static void columns(const std::array<const T*, 2>& in, T* dx, std::int64_t k0, std::int64_t k1, const Row& row,
                      const first_lanes<T, lanes>& active) {
    partial_sums<P> sums;
    for (std::int64_t k = k0; k < k1; ++k)
      sums.add(load<T, lanes>(in[0] + row(k), active) * load<T, lanes>(in[1] + row(k), active));
    const P total = sums.total();
    for (std::int64_t k = k0; k < k1; ++k)
      store<T, lanes>(dx + row(k),
                      load<T, lanes>(in[0] + row(k), active) * (load<T, lanes>(in[1] + row(k), active) - total),
                      active);
  }
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
