/// atan, atan2, asin and acos of packs: a polynomial next to 0, where the argument is brought by the addition theorems.
#pragma once
#include <edgefold/core/simd/registers.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// `quarter` + `quarter_low` = pi / 4. `atan_series`: (atan(t) / t - 1) / t^2 in t^2 for |t| <= 0.66, off by 2^-27 and
/// 2^-57 of atan(t); `asin_series`: (asin(t) / t - 1) / t^2 for |t| <= 1/2, 2^-28 and 2^-57.
template <class T>
struct arc_constants;
template <>
struct arc_constants<float> {
  static constexpr float quarter = 0x1.921fb6p-1F, quarter_low = -0x1.777a5cp-26F;
  static constexpr float atan_series[] = {-0.333333313F,  0.199998528F,  -0.142802179F, 0.110323362F,
                                          -0.0853644311F, 0.0556937531F, -0.0206014812F};
  static constexpr float asin_series[] = {0.166666657F,  0.0750009418F, 0.0445994027F,
                                          0.0311006624F, 0.0171492379F, 0.0336908475F};
};
template <>
struct arc_constants<double> {
  static constexpr double quarter = 0x1.921fb54442d18p-1, quarter_low = 0x1.1a62633145c07p-55;
  static constexpr double atan_series[] = {
      -0.3333333333333333,   0.1999999999999985,   -0.1428571428568501,   0.11111111108836472,
      -0.09090908997759227,  0.07692305376190192,  -0.06666628678620888,  0.058819197525669234,
      -0.052596028226888025, 0.047404272781118625, -0.04250950273142407,  0.03671178006583826,
      -0.0286068436972227,   0.01810898317891193,  -0.007928357055551132, 0.001738311157155799};
  static constexpr double asin_series[] = {
      0.16666666666666666,   0.07500000000000118,  0.044642857142551895, 0.03038194447553234,  0.02237215744350722,
      0.017352816540325496,  0.01396378001220357,  0.011566459612121669, 0.009621842970100282, 0.009319560794767446,
      0.0030448799094556773, 0.019554513336123378, -0.01924167174674304, 0.02961201126495512};
};

/// atan(n / d) for n, d >= 0 that are not both 0 or both infinite.
template <class P>
[[gnu::always_inline]] inline P atan_of_ratio(const P& n, const P& d) {
  using T = typename P::value_type;
  using constants = arc_constants<T>;
  const auto far = n > T(1.51) * d, near = n <= T(0.66) * d;  // else atan((n - d) / (n + d)) + pi / 4
  const P t = where(far, -d, where(near, n, n - d)) / where(far, n, where(near, d, n + d));
  const P high = where(far, P(2 * constants::quarter), where(near, P(0), P(constants::quarter)));
  const P low = where(far, P(2 * constants::quarter_low), where(near, P(0), P(constants::quarter_low)));
  const P z = t * t;
  return high + (t + fused(t * z, polynomial(constants::atan_series, z), low));
}

template <class P>
[[gnu::always_inline]] inline P atan_of_register(const P& x) {
  return with_sign_of(atan_of_ratio(size_of(x), P(1)), x);
}

template <class P>
[[gnu::always_inline]] inline P atan2_of_register(const P& y, const P& x) {
  using T = typename P::value_type;
  using constants = arc_constants<T>;
  constexpr T inf = std::numeric_limits<T>::infinity();
  P n = size_of(y), d = size_of(x);
  const auto both = (n == inf) & (d == inf);
  n = where(both, P(1), n), d = where(both | ((n == 0) & (d == 0)), P(1), d);
  // n + d may not overflow, and subnormal numbers have too few digits to be compared.
  const P most = where(n < d, d, n);
  constexpr T lift = T(std::uint64_t{1} << (mantissa_bits<T> + 4)), least = std::numeric_limits<T>::min() * lift;
  const P scale = where(most < least, P(lift), where(most > 1, P(0.25), P(1)));
  n = n * scale, d = d * scale;
  const P r = atan_of_ratio(n, d);
  const auto behind = with_sign_of(P(1), x) < 0;
  return with_sign_of(where(behind, 4 * constants::quarter - (r - 4 * constants::quarter_low), r), y);
}

/// asin of a in [0, 1] is `head` + `tail`, or where a > 1/2, pi/2 - 2 (head + tail), by asin(a) = pi/2 - 2 asin(sqrt((1
/// - a) / 2)).
template <class P>
struct arc_sine {
  typename P::mask_type far;
  P head, tail;
  [[gnu::always_inline]] explicit arc_sine(const P& a) : far(a > typename P::value_type(0.5)) {
    const P z = where(far, 0.5 * (1 - a), a * a);
    head = where(far, sqrt_of_register(z), a);
    const auto square = exact_product(head, head);
    const P rest = ((z - square.high) - square.low) / (head + head);  // of the root
    tail = fused(head * z, polynomial(arc_constants<typename P::value_type>::asin_series, z),
                 where(far & (head > 0), rest, P(0)));
  }
};

template <class P>
[[gnu::always_inline]] inline P asin_of_register(const P& x) {
  using constants = arc_constants<typename P::value_type>;
  const arc_sine<P> s(size_of(x));
  const P far = 2 * ((constants::quarter - s.head) - (s.tail - constants::quarter_low));
  return with_sign_of(where(s.far, far, s.head + s.tail), x);
}

template <class P>
[[gnu::always_inline]] inline P acos_of_register(const P& x) {
  using constants = arc_constants<typename P::value_type>;
  const arc_sine<P> s(size_of(x));
  const P right = 2 * (s.head + s.tail);
  const P left = 4 * constants::quarter - (right - 4 * constants::quarter_low);
  const P middle =
      2 * constants::quarter - (with_sign_of(s.head, x) - (2 * constants::quarter_low - with_sign_of(s.tail, x)));
  return where(s.far, where(x > 0, right, left), middle);
}

}  // namespace impl

/// The C library's functions of these names, in radians: NaN outside of [-1, 1] for asin and acos; atan2(y, x) is the
/// angle of the point (x, y), in [-pi, pi].
/// @{
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> atan(const pack<T, N>& x) {
  return impl::by_registers([](const auto& a) { return impl::atan_of_register(a); }, x);
}
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> atan2(const pack<T, N>& y, const pack<T, N>& x) {
  return impl::by_registers([](const auto& a, const auto& b) { return impl::atan2_of_register(a, b); }, y, x);
}
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> asin(const pack<T, N>& x) {
  return impl::by_registers([](const auto& a) { return impl::asin_of_register(a); }, x);
}
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> acos(const pack<T, N>& x) {
  return impl::by_registers([](const auto& a) { return impl::acos_of_register(a); }, x);
}
/// @}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
