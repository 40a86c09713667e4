/// tanh of packs: next to 0 a polynomial or rational function (Moshier 1989, Cephes), elsewhere from exp.
#pragma once
#include <edgefold/core/simd/exp.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// (tanh(x) - x) / x^3 for |x| < 0.625, from z = x^2.
template <int N>
[[gnu::always_inline]] inline pack<float, N> tanh_series(const pack<float, N>& z) {
  static constexpr float c[] = {-3.33332819422e-1F, 1.33314422036e-1F, -5.37397155531e-2F, 2.06390887954e-2F,
                                -5.70498872745e-3F};
  return polynomial(c, z);
}
template <int N>
[[gnu::always_inline]] inline pack<double, N> tanh_series(const pack<double, N>& z) {
  static constexpr double p[] = {-1.61468768441708447952e3, -9.92877231001918586564e1, -9.64399179425052238628e-1};
  static constexpr double q[] = {4.84406305325125486048e3, 2.23548839060100448583e3, 1.12811678491632931402e2, 1};
  return polynomial(p, z) / polynomial(q, z);
}

template <class P>
[[gnu::always_inline]] inline P tanh_of_register(const P& x) {
  using T = typename P::value_type;
  const P a = abs(x), z = a * a;
  const P near = fused(a * z, tanh_series(z), a), far = 1 - 2 / (exp_of_register(a + a) + 1);
  const auto sign = bits_of(x) ^ bits_of(a);
  return from_bits<T, P::lanes>(bits_of(where(a < T(0.625), near, far)) | sign);
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
