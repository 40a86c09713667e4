/// cbrt and hypot of packs, and a square root with a gradient at 0.
#pragma once
#include <edgefold/core/simd/log.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// The cube root of m in [2^-3/2, 2^3/2], to 2^-10.
template <class T>
inline constexpr T cbrt_series[] = {T(0.405420601), T(1.12071645),   T(-0.937187254),  T(0.5995664),
                                    T(-0.23327215), T(0.0491158627), T(-0.00428088102)};

/// x = 2^(3 q) m: a guess, a step of Halley's, one of Newton's with all digits of m - c^3.
template <class P>
[[gnu::always_inline]] inline P cbrt_of_register(const P& x) {
  using T = typename P::value_type;
  constexpr T whole = T(std::uint64_t{3} << (mantissa_bits<T> - 1));
  const P a = size_of(x);
  const binary_parts<P> parts(a);
  const P q = (parts.k * T(1. / 3) + whole) - whole, rest = parts.k - 3 * q;
  const P m = parts.m * where(rest > 0, P(2), where(rest < 0, P(0.5), P(1)));
  const P guess = polynomial(cbrt_series<T>, m), cube = guess * guess * guess;
  const P c = guess * ((cube + 2 * m) / (2 * cube + m));
  const auto square = exact_product(c, c);
  const auto product = exact_product(square.high, c);
  const P off = ((m - product.high) - product.low) - square.low * c;
  const P root = c + off / (3 * square.high);
  const P power = from_bits<T, P::lanes>(bits_of(q + (whole + exponent_bias<T>)) << mantissa_bits<T>);
  return where((a > 0) & (a < std::numeric_limits<T>::infinity()), with_sign_of(root * power, x), x);
}

template <class P>
[[gnu::always_inline]] inline P hypot_of_register(const P& x, const P& y) {
  constexpr auto inf = std::numeric_limits<typename P::value_type>::infinity();
  const P a = size_of(x), b = size_of(y), most = where(a < b, b, a), ratio = where(a < b, a, b) / most;
  const P r = most * sqrt_of_register(fused(ratio, ratio, P(1)));
  return where((a == inf) | (b == inf), P(inf), where(a + b == 0, P(0), r));
}

}  // namespace impl

/// The cube root, negative for negative x.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> cbrt(const pack<T, N>& x) {
  return impl::by_registers([](const auto& a) { return impl::cbrt_of_register(a); }, x);
}
/// sqrt(x^2 + y^2), where the squares may overflow or vanish; infinite where x or y is.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> hypot(const pack<T, N>& x, const pack<T, N>& y) {
  return impl::by_registers([](const auto& a, const auto& b) { return impl::hypot_of_register(a, b); }, x, y);
}
/// sqrt(x), whose derivative at 0 is taken as 0, not infinity.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> safe_sqrt(const pack<T, N>& x) {
  return impl::by_registers([](const auto& a) { return impl::sqrt_of_register(a); }, x);
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
