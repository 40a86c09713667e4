/// exp and expm1 of packs: x = k ln 2 + r with a whole k, a polynomial in r, and a product with 2^k that rounds once,
/// so that results overflow and vanish where the C library's do.
#pragma once
#include <edgefold/core/simd/registers.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// `low` and `high`: beyond them exp is 0 and infinity. `shift` + k has k, and twice the bias of
/// exponents, in its last bits. k `ln2_high` is exact.
/// `series`: (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2, with the least relative error of exp(r): 2^-28, 2^-58.
template <class T>
struct exp_constants;
template <>
struct exp_constants<float> {
  static constexpr float low = -104, high = 89, low_of_expm1 = -25, shift = 0x1.8p23F + 254;
  static constexpr float ln2_high = .693145751953125F, ln2_low = 1.42860682e-6F;
  static constexpr float series[] = {.49999994F, .166665196F, .0416683927F, .00836878084F, .00138144672F};
};
template <>
struct exp_constants<double> {
  static constexpr double low = -746, high = 710, low_of_expm1 = -50, shift = 0x1.8p52 + 2046;
  static constexpr double ln2_high = 0x1.62e42fefa3000p-1, ln2_low = 0x1.3de6af278ece6p-42;
  static constexpr double series[] = {.50000000000000111,     .1666666666666641,      .041666666666529191,
                                      .008333333333495627,    .0013888888943922556,   .00019841269504757152,
                                      2.4801492762837084e-05, 2.7557587350023017e-06, 2.7630378614888184e-07,
                                      2.4999962752161227e-08};
};

/// `shifted`: the whole number next to x / ln 2, plus `shift`; k without it.
template <class P>
struct exponent {
  using constants = exp_constants<typename P::value_type>;
  P shifted, k;
  [[gnu::always_inline]] explicit exponent(const P& x)
      : shifted(fused(x, P(1.44269504088896340736), P(constants::shift))), k(shifted - constants::shift) {}
};

/// p 2^k, for |k| up to twice the greatest exponent of a number.
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> times_power(const pack<T, N>& p, const exponent<pack<T, N>>& n) {
#ifdef __AVX512F__  // (masked by ones: g++ 12 warns of the plain forms)
  if constexpr (sizeof p == 64 && std::same_as<T, float>)
    return {__builtin_bit_cast(register_type<T, N>, _mm512_maskz_scalef_ps(0xffff, to_batch(p), to_batch(n.k)))};
  if constexpr (sizeof p == 64 && std::same_as<T, double>)
    return {__builtin_bit_cast(register_type<T, N>, _mm512_maskz_scalef_pd(0xff, to_batch(p), to_batch(n.k)))};
#endif
  // Two factors, each of half the exponent: the first product is exact.
  const auto both = bits_of(n.shifted), half = both >> 1;
  return p * from_bits<T, N>(half << mantissa_bits<T>) * from_bits<T, N>((both - half) << mantissa_bits<T>);
}

template <class P>
[[gnu::always_inline]] inline P exp_of_register(const P& a) {
  using constants = exp_constants<typename P::value_type>;
  const P x = clamped(a, constants::low, constants::high);
  const exponent<P> n(x);
  const P r = fused(n.k, P(-constants::ln2_low), fused(n.k, P(-constants::ln2_high), x));
  return times_power(1 + fused(polynomial(constants::series, r), r * r, r), n);
}

/// 2^k (exp(r) - 1 + (1 - 2^-k)); r in two parts where k is not 0.
template <class P>
[[gnu::always_inline]] inline P expm1_of_register(const P& a) {
  using T = typename P::value_type;
  using constants = exp_constants<T>;
  const P x = clamped(a, constants::low_of_expm1, constants::high);
  const exponent<P> n(x);
  const auto r = exact_sum(fused(n.k, P(-constants::ln2_high), x), n.k * -constants::ln2_low);
  const P rest = fused(polynomial(constants::series, r.high), r.high * r.high, r.low);
  const P turned = clamped(-n.k, T(-100), T(100)) + (constants::shift - exponent_bias<T>);
  const auto sum = exact_sum(1 - from_bits<T, P::lanes>(bits_of(turned) << mantissa_bits<T>), r.high);
  return where(a == 0, a, times_power(sum.high + (sum.low + rest), n));
}

}  // namespace impl

/// e to the power x.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> exp(const pack<T, N>& x) {
  return impl::by_registers(
      [](const auto& a) __attribute__((always_inline)) { return impl::exp_of_register(a); }, x);
}
/// exp(x) - 1, without the loss of digits near 0.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> expm1(const pack<T, N>& x) {
  return impl::by_registers(
      [](const auto& a) __attribute__((always_inline)) { return impl::expm1_of_register(a); }, x);
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
