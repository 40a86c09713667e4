/// Elementary functions of packs, by xsimd; found by argument-dependent lookup from a functor.
#pragma once
#include <cmath>
#include <limits>

#include <edgefold/core/simd/intrinsics.hpp>
#include <edgefold/core/simd/pack.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Applies a function of xsimd batches to packs of any number of lanes, in pieces of a register.
template <class T, int N, class F, class... Packs>
[[gnu::always_inline]] inline pack<T, N> by_batches(F&& f, const Packs&... packs) {
  using batch = xsimd::batch<T>;
  constexpr int step = static_cast<int>(batch::size);
  if constexpr (N == step) {
    return {__builtin_bit_cast(register_type<T, N>,
                               f(batch(__builtin_bit_cast(typename batch::register_type, packs.v))...))};
  } else {
    constexpr int pieces = (N + step - 1) / step;
    T out[pieces * step];
    T in[sizeof...(Packs)][pieces * step] = {};
    std::size_t k = 0;
    (std::memcpy(in[k++], &packs.v, sizeof packs.v), ...);
    for (int i = 0; i < pieces; ++i) {
      if constexpr (sizeof...(Packs) == 1) f(batch::load_unaligned(in[0] + i * step)).store_unaligned(out + i * step);
      else
        f(batch::load_unaligned(in[0] + i * step), batch::load_unaligned(in[1] + i * step))
            .store_unaligned(out + i * step);
    }
    pack<T, N> r;
    std::memcpy(&r.v, out, sizeof r.v);
    return r;
  }
}

}  // namespace impl

#define EDGEFOLD_PACK_FUNCTION(name)                                                \
  template <std::floating_point T, int N>                                           \
  [[gnu::always_inline]] inline pack<T, N> name(const pack<T, N>& x) {              \
    return impl::by_batches<T, N>([](const auto& a) { return xsimd::name(a); }, x); \
  }
// Of float and double; outside of their domains, as in the C library.
EDGEFOLD_PACK_FUNCTION(exp)
EDGEFOLD_PACK_FUNCTION(log)
EDGEFOLD_PACK_FUNCTION(log1p)
EDGEFOLD_PACK_FUNCTION(expm1)
EDGEFOLD_PACK_FUNCTION(tanh)
EDGEFOLD_PACK_FUNCTION(sqrt)
EDGEFOLD_PACK_FUNCTION(sin)
EDGEFOLD_PACK_FUNCTION(cos)
#undef EDGEFOLD_PACK_FUNCTION

/// x to the power y as the C library has it: pow(x, 0) is 1, a negative x takes whole y only.
template <std::floating_point T, int N>
[[gnu::always_inline]] inline pack<T, N> pow(const pack<T, N>& x, const pack<T, N>& y) {
  const pack<T, N> r = impl::by_batches<T, N>([](const auto& a, const auto& b) { return xsimd::pow(a, b); }, x, y);
  const pack<T, N> at_zero =
      where(y < 0, pack<T, N>(std::numeric_limits<T>::infinity()), where(y == y, pack<T, N>(0), y));
  return where((y == 0) | (x == 1), pack<T, N>(1), where(x == 0, at_zero, r));  // (xsimd has 0 to any power as 0)
}
template <std::floating_point T, int N, class U>
requires std::is_arithmetic_v<U>
[[gnu::always_inline]] inline pack<T, N> pow(const pack<T, N>& x, U y) { return pow(x, pack<T, N>(y)); }
template <std::floating_point T, int N, class U>
requires std::is_arithmetic_v<U>
[[gnu::always_inline]] inline pack<T, N> pow(U x, const pack<T, N>& y) { return pow(pack<T, N>(x), y); }

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

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
