/// erf and gelu of packs: next to 0 a polynomial; elsewhere from x erfc(x / sqrt(2)) exp(x^2 / 2) / 2, which varies
/// little, by a polynomial in (x - k) / (x + k) (in the way of Shepherd and Laframboise 1981).
#pragma once
#include <edgefold/core/simd/exp.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// `near_series`: erf(x) / x - 1 in x^2 for |x| <= 1, off by 2^-27 and 2^-56 of erf(x); `far_series`: the other for x
/// >= 0.7, by 2^-24 and 2^-57 of it. `last`: beyond it gelu(-x) is 0.
template <class T>
struct erf_constants;
template <>
struct erf_constants<float> {
  static constexpr float last = 14.5F;
  static constexpr float near_series[] = {0.128379166F,   -0.37612626F,    0.112835944F,   -0.0268542115F,
                                          0.00518908724F, -0.00080168643F, 7.87587487e-05F};
  static constexpr float far_series[] = {0.372208029F,    0.0894271284F,  -0.125068426F,  0.0996871367F,
                                         -0.0493215807F,  0.0119398786F,  0.00164444093F, -0.00180244236F,
                                         1.17737973e-05F, 0.000229441081F};
};
template <>
struct erf_constants<double> {
  static constexpr double last = 38.9;
  static constexpr double near_series[] = {0.1283791670955126,      -0.37612638903183754,    0.1128379167095512,
                                           -0.02686617064512984,    0.0052239776254232985,   -0.000854832702193483,
                                           0.00012055332902888736,  -1.4925647567519332e-05, 1.6462045441468418e-06,
                                           -1.6364642158167616e-07, 1.4792401209404813e-08,  -1.216456005728345e-09,
                                           8.709045129053106e-11,   -4.230945824295338e-12};
  static constexpr double far_series[] = {
      0.37220803771796906,     0.08942712969107956,     -0.12506842308291286,   0.0996870205869378,
      -0.04932154805604406,    0.011942025760929294,    0.0016435589366292156,  -0.0018170569985113242,
      1.582206299074972e-05,   0.0002718451584958569,   -4.275599432064367e-06, -4.718671802876364e-05,
      -3.6417688932987766e-06, 8.57901130314278e-06,    2.2457487500038087e-06, -1.3214369203875579e-06,
      -8.167194641626878e-07,  7.471758115544605e-08,   2.177930238958863e-07,  4.72366290471616e-08,
      -4.1468876198825876e-08, -1.9601711973592593e-08, 4.689717070312117e-09,  2.7413254682573992e-09};
};

/// x erfc(x / sqrt(2)) exp(x^2 / 2) / 2.
template <class P>
[[gnu::always_inline]] inline P scaled_tail(const P& x) {
  return polynomial(erf_constants<typename P::value_type>::far_series, (x - 3.5) / (x + 3.5));
}

template <class P>
[[gnu::always_inline]] inline P erf_of_register(const P& x) {
  using T = typename P::value_type;
  using constants = erf_constants<T>;
  constexpr T root = T(1.41421356237309504880);
  const P c = clamped(x, -constants::last, constants::last), z = c * c, a = where(c < 0, -c, c);
  const P near = fused(c, polynomial(constants::near_series, z), c);
  const P far = 1 - root * exp_of_register(-z) * scaled_tail(root * a) / a;
  return where(a < 1, near, where(c < 0, -far, far));
}

template <class P>
[[gnu::always_inline]] inline P gelu_of_register(const P& x) {
  using T = typename P::value_type;
  using constants = erf_constants<T>;
  const P c = clamped(x, -constants::last, constants::last), size = where(c < 0, -c, c);
  const P u = c * T(0.70710678118654752440);
  const P near = 0.5 * x * (1 + fused(u, polynomial(constants::near_series, u * u), u));
  const auto square = exact_product(c, c);
  const P e = exp_of_register(-0.5 * square.high);
  const P tail = (e - 0.5 * square.low * e) * scaled_tail(size);  // -gelu(-|x|)
  return where(size < T(0.7), near, where(x > 0, x - tail, where(x < 0, -tail, x)));
}

}  // namespace impl

/// The error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> erf(const pack<T, N>& x) {
  return impl::by_registers(
      [](const auto& a) __attribute__((always_inline)) { return impl::erf_of_register(a); }, x);
}
/// x (1 + erf(x / sqrt(2))) / 2 (Hendrycks and Gimpel 2016), with all digits of small results too; -0 at -infinity.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> gelu(const pack<T, N>& x) {
  return impl::by_registers(
      [](const auto& a) __attribute__((always_inline)) { return impl::gelu_of_register(a); }, x);
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
