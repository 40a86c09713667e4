/// Elementary functions of packs; found by argument-dependent lookup from a functor. With limits, signed zeros,
/// infinities, NaN and subnormal results as the C library has them. Errors, in units in the last place of float and of
/// double, with AVX-512, AVX2, SSE4.2 and NEON (tests/core/simd/): sqrt 0.5, log, log1p and pow 1, exp, expm1, tanh,
/// elu and rsqrt 1.5, softplus, erf, cbrt, hypot, sinh, cosh, asin, acos, atan and atan2 2, sin, cos and sigmoid 2.5,
/// silu 3, gelu 5; floor, ceil, round, trunc, fmod and sign are exact. Next to a zero below 63, where the value is
/// 1e-15 or less, sin and cos of a double are off by up to 4e-30.
#pragma once
#include <edgefold/core/simd/erf.hpp>
#include <edgefold/core/simd/inverse_trigonometric.hpp>
#include <edgefold/core/simd/pow.hpp>
#include <edgefold/core/simd/roots.hpp>
#include <edgefold/core/simd/rounding.hpp>
#include <edgefold/core/simd/tanh.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {

#define EDGEFOLD_PACK_FUNCTION(name)                                                         \
  template <std::floating_point T, int N>                                                    \
  [[gnu::always_inline]] inline pack<T, N> name(const pack<T, N>& x) {                       \
    return impl::by_registers([](const auto& a) { return impl::name##_of_register(a); }, x); \
  }
/// The C library's functions of these names, lane by lane; angles in radians.
/// @{
EDGEFOLD_PACK_FUNCTION(sinh)
EDGEFOLD_PACK_FUNCTION(cosh)
EDGEFOLD_PACK_FUNCTION(tanh)
EDGEFOLD_PACK_FUNCTION(sqrt)
EDGEFOLD_PACK_FUNCTION(sin)
EDGEFOLD_PACK_FUNCTION(cos)
/// @}
#undef EDGEFOLD_PACK_FUNCTION

/// log(1 + x), without the loss of digits near 0.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> log1p(const pack<T, N>& x) {
  const pack<T, N> r = impl::by_registers([](const auto& a) { return impl::log1p_of_register(a); }, x);
  return where(x == 0, x, r);  // (xsimd loses the sign of -0)
}
/// 1 / sqrt(x), to full precision.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> rsqrt(const pack<T, N>& x) {
  return 1 / sqrt(x);
}
/// 1 / (1 + exp(-x)), from exp(-|x|) alone, which cannot overflow.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> sigmoid(const pack<T, N>& x) {
  const pack<T, N> e = exp(-abs(x));
  return where(x < 0, e, pack<T, N>(1)) / (1 + e);
}
/// x sigmoid(x) (Elfwing, Uchibe and Doya 2018); -0 at -infinity.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> silu(const pack<T, N>& x) {
  using P = pack<T, N>;
  constexpr T shift = sizeof(T) == 4 ? 40 : 300,
              factor = T(sizeof(T) == 4 ? 4.248354255291589e-18 : 5.148200222412014e-131);
  const auto deep = x < -2 * shift;  // there exp(x) may be subnormal where x exp(x) is not
  const P e = exp(where(deep, x + shift, -abs(x)));
  return where(deep, where(e == 0, P(T(-1)), x) * e * factor, where(x < 0, x * e, x) / (1 + e));
}
/// log(1 + exp(x)), which is x where exp(x) would overflow.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> softplus(const pack<T, N>& x) {
  return where(x > 0, x, pack<T, N>(0)) + log1p(exp(-abs(x)));
}
/// x, or alpha (exp(x) - 1) below 0.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> elu(const pack<T, N>& x, double alpha = 1) {
  return where(x > 0, x, alpha * expm1(where(x > 0, pack<T, N>(0), x)));
}
/// max(x, 0); NaN stays NaN.
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> relu(const pack<T, N>& x) {
  return where(x < 0, pack<T, N>(0), x);
}
/// x, or slope * x below 0 (slope 0.01 as in torch; GAT's is 0.2).
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> leaky_relu(const pack<T, N>& x, double slope = 0.01) {
  return where(x < 0, x * slope, x);
}

#define EDGEFOLD_PLAIN_NUMBER(name)                                                                          \
  template <std::floating_point T, int N, class U>                                                           \
  requires std::is_arithmetic_v<U>                                                                           \
  [[gnu::always_inline]] inline pack<T, N> name(const pack<T, N>& x, U y) { return name(x, pack<T, N>(y)); } \
  template <std::floating_point T, int N, class U>                                                           \
  requires std::is_arithmetic_v<U>                                                                           \
  [[gnu::always_inline]] inline pack<T, N> name(U x, const pack<T, N>& y) { return name(pack<T, N>(x), y); }
/// The functions of two numbers with one plain number, converted to T, for all lanes.
/// @{
EDGEFOLD_PLAIN_NUMBER(atan2)
EDGEFOLD_PLAIN_NUMBER(fmod)
EDGEFOLD_PLAIN_NUMBER(hypot)
EDGEFOLD_PLAIN_NUMBER(pow)
/// @}
#undef EDGEFOLD_PLAIN_NUMBER

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
