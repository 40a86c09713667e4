/// Whole numbers, remainders and signs of packs.
#pragma once
#include <edgefold/core/simd/registers.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

template <class P>
[[gnu::always_inline]] inline P fmod_of_register(const P& x, const P& y) {
  using T = typename P::value_type;
  constexpr T digits = T(std::uint64_t{1} << mantissa_bits<T>), inf = std::numeric_limits<T>::infinity();
  constexpr T large = std::numeric_limits<T>::max() / T(std::uint64_t{1} << (mantissa_bits<T> / 2 + 3));
  const P a = size_of(x), b = size_of(y), ratio = a / b;
  P r = a;
  const auto plain = (ratio < digits) & (a < large);
  const auto product = exact_product(trunc_of_register(ratio), b);  // the quotient, or one more
  r = (a - product.high) - product.low;
  r = where(r < 0, r + b, r);
  r = where(r >= b, r - b, r);
  r = where(a < b, a, r);
  for (int l = 0; l < P::lanes; ++l)
    if (!plain.v[l] && a.v[l] < inf && b.v[l] > 0 && a.v[l] >= b.v[l]) r.v[l] = std::fmod(a.v[l], b.v[l]);
  const auto none = (a == inf) | (b == 0) | (x != x) | (y != y);
  return where(none, P(std::numeric_limits<T>::quiet_NaN()), with_sign_of(r, x));
}

}  // namespace impl

#define EDGEFOLD_PACK_FUNCTION(name)                                                         \
  template <std::floating_point T, int N>                                                    \
  [[gnu::always_inline]] inline pack<T, N> name(const pack<T, N>& x) {                       \
    return impl::by_registers([](const auto& a) { return impl::name##_of_register(a); }, x); \
  }
/// The C library's functions of these names: the whole number below, above, next to x (halves away from 0), and towards
/// 0. Their derivatives are 0.
/// @{
EDGEFOLD_PACK_FUNCTION(floor)
EDGEFOLD_PACK_FUNCTION(ceil)
EDGEFOLD_PACK_FUNCTION(round)
EDGEFOLD_PACK_FUNCTION(trunc)
/// @}
#undef EDGEFOLD_PACK_FUNCTION

/// x - n y for the whole n towards 0 of x / y, exactly; the sign is that of x. NaN where y is 0 or x infinite.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> fmod(const pack<T, N>& x, const pack<T, N>& y) {
  return impl::by_registers([](const auto& a, const auto& b) { return impl::fmod_of_register(a, b); }, x, y);
}
/// -1, 0 or 1; NaN of NaN. Its derivative is 0.
template <class T, int N>
requires(!std::same_as<T, bool>) [[gnu::always_inline]] inline pack<T, N> sign(const pack<T, N>& x) {
  return where(x > 0, pack<T, N>(1), where(x < 0, pack<T, N>(T(-1)), x));
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
