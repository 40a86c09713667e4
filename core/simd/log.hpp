/// log of packs, and pow by way of it.
#pragma once
#include <edgefold/core/simd/exp.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Lg1, Lg2, ... of FreeBSD's msun (e_log.c, e_logf.c): log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R(s^2)), s = f / (2 +
/// f).
template <class T>
inline constexpr T log_series[] = {T(0)};
template <>
inline constexpr float log_series<float>[] = {0xaaaaaa.0p-24F, 0xccce13.0p-25F, 0x91e9ee.0p-25F, 0xf89e26.0p-26F};
template <>
inline constexpr double log_series<double>[] = {
    6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
    1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01};

/// x = 2^k m with m in [sqrt(1/2), sqrt(2)), for positive finite x, and subnormal ones where they are expected.
template <class P, bool Subnormal = true>
struct binary_parts {
  P k, m;
  [[gnu::always_inline]] explicit binary_parts(const P& x) {
    using T = typename P::value_type;
    using B = bits_type<T>;
    constexpr int digits = mantissa_bits<T>;
    constexpr T lift = T(std::uint64_t{1} << (digits + 1)), whole = T(std::uint64_t{1} << digits);
    constexpr B root = __builtin_bit_cast(B, T(.70710678118654752)), one = __builtin_bit_cast(B, T(1));
    P scaled = x, offset(whole + exponent_bias<T>);
    if constexpr (Subnormal) {
      const auto tiny = x < std::numeric_limits<T>::min();
      scaled = where(tiny, x * lift, x), offset = where(tiny, offset + T(digits + 1), offset);
    }
    const auto bits = bits_of(scaled) + (one - root);
    // An exponent below the digits of 2^digits is that number plus the exponent.
    k = from_bits<T, P::lanes>((bits >> digits) | __builtin_bit_cast(B, whole)) - offset;
    m = from_bits<T, P::lanes>((bits & ((B{1} << digits) - 1)) + root);
  }
};

template <class P>
[[gnu::always_inline]] inline P log_of_register(const P& x) {
  using T = typename P::value_type;
  using constants = exp_constants<T>;
  const binary_parts<P> parts(x);
  const P f = parts.m - 1, s = f / (2 + f), z = s * s, half = 0.5 * f * f;
  const P rest = fused(s, fused(polynomial(log_series<T>, z), z, half), parts.k * constants::ln2_low);
  const P r = fused(parts.k, P(constants::ln2_high), f + (rest - half));
  constexpr T inf = std::numeric_limits<T>::infinity();
  const P limit = where(x == 0, P(-inf), where(x < 0, P(std::numeric_limits<T>::quiet_NaN()), x));
  return where((x > 0) & (x < inf), r, limit);
}

}  // namespace impl

/// The natural logarithm: -infinity at 0, NaN below.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> log(const pack<T, N>& x) {
  return impl::by_registers(
      [](const auto& a) __attribute__((always_inline)) { return impl::log_of_register(a); }, x);
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
