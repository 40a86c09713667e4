/// pow of packs: exp(y log |x|), with digits to spare.
#pragma once
#include <edgefold/core/simd/log.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// (log(m) / s - 2) / s^2 as a series in s^2, for s = (m - 1) / (m + 1): what it is off by, as part of log(m), is below
/// 2^-44.
inline constexpr double power_log_series[] = {.66666666675846487, .3999999560463422, .28572111148221108,
                                              .22176099083634429, .19585528669028582};
/// The same less its first term of 2/3, divided by s^2: 2^-66.
inline constexpr double power_log_rest[] = {.40000000000002273, .28571428570091895, .22222222521353094,
                                            .18181784237141688, .15386763526407773, .13256668976076968,
                                            .13197748903448528};
/// (exp(r) - 1) / r for |r| <= ln(2) / 2: 2^-32 of exp(r).
inline constexpr double power_exp_series[] = {1.0000000047270265,   .500000004708686,   .16666635037449457,
                                              .041666352685277443,  .00833858932058925, .0013941143488833878,
                                              .00017378967872681882};
/// With an exponent beyond it the power is 1, 0 or infinite.
template <class T>
inline constexpr T most_exponent = 0x1p70;

/// a^y in double for a positive finite float a and a float y, to the digits of a float and some; 1e+-86 for what is
/// more.
template <class P>
[[gnu::always_inline]] inline P power_of_widened(const P& a, const P& y) {
  using constants = exp_constants<double>;
  const binary_parts<P, false> parts(a);
  const P s = (parts.m - 1) / (parts.m + 1), z = s * s;
  const P log_m = s * fused(polynomial(power_log_series, z), z, P(2));
  const P x = clamped(fused(parts.k, P(constants::ln2_high + constants::ln2_low), log_m) * y, -200., 200.);
  const exponent<P> n(x);
  const P r = fused(n.k, P(-constants::ln2_high - constants::ln2_low), x);
  const P p = fused(polynomial(power_exp_series, r), r, P(1));
  return from_bits<double, P::lanes>(bits_of(p) +
                                     ((bits_of(n.shifted) - std::uint64_t{2046}) << mantissa_bits<double>));
}

/// The halves in registers of their own. (By way of memory the whole would wait for two stores.)
template <int N, std::size_t... I>
[[gnu::always_inline]] inline pack<float, N> power_by_halves(const pack<float, N>& a, const pack<float, N>& y,
                                                             std::index_sequence<I...>) {
  auto half = [&](auto low) __attribute__((always_inline)) {
    pack<float, N / 2> base, power;
    pick_lanes<N, (static_cast<int>(I) + low.value)...>(base.v, a.v, a.v);
    pick_lanes<N, (static_cast<int>(I) + low.value)...>(power.v, y.v, y.v);
    return convert<float>(power_of_widened(convert<double>(base), convert<double>(power)));
  };
  const auto low = half(std::integral_constant<int, 0>{}), high = half(std::integral_constant<int, N / 2>{});
  pack<float, N> r;
  pick_lanes<N / 2, static_cast<int>(I)..., (N / 2 + static_cast<int>(I))...>(r.v, low.v, high.v);
  return r;
}
template <int N>
[[gnu::always_inline]] inline pack<float, N> power_of_register(const pack<float, N>& a, const pack<float, N>& y) {
  return power_by_halves(a, y, std::make_index_sequence<N / 2>{});
}

/// log(a) in two parts, to about 2^-63, for positive finite a.
template <class P>
[[gnu::always_inline]] inline two_parts<P> long_log(const P& a) {
  using constants = exp_constants<double>;
  const binary_parts<P> parts(a);
  const P f = parts.m - 1;
  const auto below = exact_sum(P(1), parts.m);  // (not always the greater one; the difference is exact all the same)
  const P inverse = 1 / below.high, s = f * inverse;
  const auto back = exact_product(s, below.high);
  const P s_low = (((f - back.high) - back.low) - s * below.low) * inverse;
  auto z = exact_product(s, s);
  z.low += 2 * s * s_low;
  auto series = exact_sum(P(0x1.5555555555555p-1), z.high * polynomial(power_log_rest, z.high));  // 2/3 + ...
  series.low += 0x1.5555555555555p-55;
  auto w = exact_product(z.high, series.high);
  w.low += z.high * series.low + z.low * series.high;
  auto v = exact_product(s, w.high);
  v.low += s * w.low + s_low * w.high;
  const auto log_m = exact_sum(2 * s, v.high);
  const auto sum = exact_sum(parts.k * constants::ln2_high, log_m.high);
  return exact_sum(sum.high, sum.low + (log_m.low + (2 * s_low + v.low) + parts.k * constants::ln2_low));
}

/// a^y for positive finite a, and |y| that is not above `most_exponent`.
template <int N>
[[gnu::always_inline]] inline pack<double, N> power_of_register(const pack<double, N>& a, const pack<double, N>& y) {
  using P = pack<double, N>;
  using constants = exp_constants<double>;
  const auto log_a = long_log(a);
  auto t = exact_product(log_a.high, y);
  t.low = where(abs(t.high) < 1000, fused(log_a.low, y, t.low), P(0));
  const P x = clamped(t.high, constants::low, constants::high);
  const exponent<P> n(x);
  const auto r = exact_sum(fused(n.k, P(-constants::ln2_high), x), fused(n.k, P(-constants::ln2_low), t.low));
  const P rest = fused(polynomial(constants::series, r.high), r.high * r.high, r.low);
  return times_power(1 + (r.high + rest), n);
}

template <class P>
[[gnu::always_inline]] inline P pow_of_register(const P& x, const P& y) {
  using T = typename P::value_type;
  using mask_type = typename P::mask_type;
  constexpr T inf = std::numeric_limits<T>::infinity();
  const P a = size_of(x);
  const mask_type negative{__builtin_bit_cast(typename mask_type::lanes_type, (bits_of(x) & sign_bit<T>) != 0)};
  auto is_whole = [](const P& k) { return trunc_of_register(k) == k; };
  const mask_type whole = is_whole(y);
  P r = power_of_register(a, clamped(y, -most_exponent<T>, most_exponent<T>));
  r = where((a > 0) & (a < inf), r, where(((a == 0) & (y < 0)) | ((a == inf) & (y > 0)), P(inf), P(0)));
  r = where(negative & whole & !is_whole(0.5 * y), -r, r);
  r = where((negative & (a > 0) & (a < inf) & !whole) | (x != x) | (y != y), P(std::numeric_limits<T>::quiet_NaN()), r);
  return where((y == 0) | (x == 1), P(1), r);
}

}  // namespace impl

/// x to the power y as the C library has it: pow(x, 0) and pow(1, y) are 1, a negative x takes whole y only.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> pow(const pack<T, N>& x, const pack<T, N>& y) {
  return impl::by_registers([](const auto& a, const auto& b) { return impl::pow_of_register(a, b); }, x, y);
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
