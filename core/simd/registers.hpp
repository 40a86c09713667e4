/// What the functions of packs are made of: whole registers, fused products, bits, numbers in two parts.
#pragma once
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include <edgefold/core/simd/intrinsics.hpp>
#include <edgefold/core/simd/pack.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

#ifdef EDGEFOLD_PORTABLE
template <class T>
using register_pack = pack<T, native_lanes<T>>;

template <class P, class F>
[[gnu::always_inline]] inline P lane_by_lane(const P& x, F&& f) {
  return {decltype(x.v)::each([&](int l) { return f(x.v[l]); })};
}
#else
template <class T>
using batch_of = xsimd::batch<T>;
/// As many lanes as xsimd's registers have, which the functions below are written for.
template <class T>
using register_pack = pack<T, static_cast<int>(batch_of<T>::size)>;

template <class T, int N>
[[gnu::always_inline]] inline batch_of<T> to_batch(const pack<T, N>& x) {
  return batch_of<T>(__builtin_bit_cast(typename batch_of<T>::register_type, x.v));
}
template <class T>
[[gnu::always_inline]] inline register_pack<T> from_batch(const batch_of<T>& x) {
  using lanes = register_type<T, register_pack<T>::lanes>;
  return {__builtin_bit_cast(lanes, static_cast<typename batch_of<T>::register_type>(x))};
}
#endif

/// Applies a function of register packs to packs of any number of lanes, piece by piece.
template <class T, int N, class F, std::same_as<pack<T, N>>... More>
[[gnu::always_inline]] inline pack<T, N> by_registers(F&& f, const pack<T, N>& first, const More&... more) {
  using piece = register_pack<T>;
  if constexpr (N == piece::lanes) {
    return f(first, more...);
  } else {
    constexpr std::size_t pieces = (N + piece::lanes - 1) / piece::lanes;
    auto cut = [](const pack<T, N>& x) {
      std::array<piece, pieces> parts{};
      std::memcpy(&parts, &x.v, sizeof x.v);
      return parts;
    };
    auto all = [&](const auto&... in) {
      std::array<piece, pieces> out;
      for (std::size_t i = 0; i < pieces; ++i) out[i] = f(in[i]...);
      return out;
    };
    const std::array<piece, pieces> out = all(cut(first), cut(more)...);
    pack<T, N> r;
    std::memcpy(&r.v, &out, sizeof r.v);
    return r;
  }
}

/// Functions of the C library's names, of a register pack: xsimd's, or the C library's own lane by lane.
#ifdef EDGEFOLD_PORTABLE
#define EDGEFOLD_REGISTER_FUNCTION(name)                               \
  template <class P>                                                   \
  [[gnu::always_inline]] inline P name##_of_register(const P& x) {     \
    return lane_by_lane(x, [](auto each) { return std::name(each); }); \
  }
#else
#define EDGEFOLD_REGISTER_FUNCTION(name)                                 \
  template <class P>                                                     \
  [[gnu::always_inline]] inline P name##_of_register(const P& x) {       \
    return from_batch<typename P::value_type>(xsimd::name(to_batch(x))); \
  }
#endif
EDGEFOLD_REGISTER_FUNCTION(floor)
EDGEFOLD_REGISTER_FUNCTION(ceil)
EDGEFOLD_REGISTER_FUNCTION(round)
EDGEFOLD_REGISTER_FUNCTION(trunc)
EDGEFOLD_REGISTER_FUNCTION(sinh)
EDGEFOLD_REGISTER_FUNCTION(cosh)
EDGEFOLD_REGISTER_FUNCTION(sin)
EDGEFOLD_REGISTER_FUNCTION(cos)
EDGEFOLD_REGISTER_FUNCTION(log1p)
#if defined(__aarch64__) && !defined(EDGEFOLD_PORTABLE)  // (xsimd 8.1 has NaN for the root of infinity)
template <class P>
[[gnu::always_inline]] inline P sqrt_of_register(const P& x) {
  if constexpr (sizeof(typename P::value_type) == 4) return from_batch<float>(vsqrtq_f32(to_batch(x)));
  else return from_batch<double>(vsqrtq_f64(to_batch(x)));
}
#else
EDGEFOLD_REGISTER_FUNCTION(sqrt)
#endif
#undef EDGEFOLD_REGISTER_FUNCTION

/// a b + c, rounded once where the processor can.
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> fused(const pack<T, N>& a, const pack<T, N>& b, const pack<T, N>& c) {
#ifdef __AVX512F__  // (of which xsimd 8.1 knows no fma)
  if constexpr (sizeof a == 64 && std::same_as<T, float>)
    return {__builtin_bit_cast(register_type<T, N>, _mm512_fmadd_ps(to_batch(a), to_batch(b), to_batch(c)))};
  if constexpr (sizeof a == 64 && std::same_as<T, double>)
    return {__builtin_bit_cast(register_type<T, N>, _mm512_fmadd_pd(to_batch(a), to_batch(b), to_batch(c)))};
#endif
#ifdef EDGEFOLD_FUSED
  return from_batch<T>(xsimd::fma(to_batch(a), to_batch(b), to_batch(c)));
#else
  return a * b + c;
#endif
}

/// c[0] + c[1] x + c[2] x^2 + ..., in halves that do not wait for each other (Estrin 1960). Powers: x, x^2, x^4, ...
template <class T, std::size_t Powers, class P, std::size_t From, std::size_t Terms, std::size_t All>
[[gnu::always_inline]] inline P polynomial_part(const T (&c)[All], const std::array<P, Powers>& powers) {
  if constexpr (Terms == 1) {
    return P(c[From]);
  } else {
    constexpr auto level = static_cast<std::size_t>(std::bit_width(Terms - 1)) - 1, low = std::size_t{1} << level;
    return fused(polynomial_part<T, Powers, P, From + low, Terms - low>(c, powers), powers[level],
                 polynomial_part<T, Powers, P, From, low>(c, powers));
  }
}
template <class T, int N, std::size_t Terms>
[[gnu::always_inline]] inline pack<T, N> polynomial(const T (&c)[Terms], const pack<T, N>& x) {
  std::array<pack<T, N>, std::bit_width(Terms - 1)> powers{x};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * powers[i - 1];
  return polynomial_part<T, powers.size(), pack<T, N>, 0, Terms>(c, powers);
}

/// x between two limits; NaN stays NaN.
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> clamped(const pack<T, N>& x, T low, T high) {
#ifdef EDGEFOLD_PORTABLE
  return lane_by_lane(x, [&](T each) { return each < low ? low : each > high ? high : each; });
#elif XSIMD_VERSION_MAJOR < 14  // min and max with NaN give the second, later the first
  return from_batch<T>(xsimd::min(batch_of<T>(high), xsimd::max(batch_of<T>(low), to_batch(x))));
#else
  return from_batch<T>(xsimd::min(xsimd::max(to_batch(x), batch_of<T>(low)), batch_of<T>(high)));
#endif
}

// The bits of a float or double, as unsigned numbers.
template <class T>
using bits_type = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
template <class T, int N>
[[gnu::always_inline]] inline register_type<bits_type<T>, N> bits_of(const pack<T, N>& x) {
  return __builtin_bit_cast(register_type<bits_type<T>, N>, x.v);
}
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> from_bits(const register_type<bits_type<T>, N>& bits) {
  return {__builtin_bit_cast(register_type<T, N>, bits)};
}
template <class T>
inline constexpr int mantissa_bits = std::numeric_limits<T>::digits - 1;
template <class T>
inline constexpr int exponent_bias = std::numeric_limits<T>::max_exponent - 1;

template <class T>
inline constexpr bits_type<T> sign_bit = bits_type<T>{1} << (8 * sizeof(T) - 1);
/// `size`, which is not negative, with the sign of x.
template <class P>
[[gnu::always_inline]] inline P with_sign_of(const P& size, const P& x) {
  using T = typename P::value_type;
  return from_bits<T, P::lanes>(bits_of(size) | (bits_of(x) & sign_bit<T>));
}
/// |x|, of -0 and NaN too.
template <class P>
[[gnu::always_inline]] inline P size_of(const P& x) {
  using T = typename P::value_type;
  return from_bits<T, P::lanes>(bits_of(x) & ~sign_bit<T>);
}

/// A number as the sum of two, `low` below the last digit of `high`.
template <class P>
struct two_parts {
  P high, low;
};
/// a + b, where |a| >= |b| or a is 0 (Dekker 1971).
template <class P>
[[gnu::always_inline]] inline two_parts<P> exact_sum(const P& a, const P& b) {
  const P sum = a + b;
  return {sum, (a - sum) + b};
}
/// a b, by Veltkamp's split of the factors where products are not fused.
template <class P>
[[gnu::always_inline]] inline two_parts<P> exact_product(const P& a, const P& b) {
  const P product = a * b;
#ifdef EDGEFOLD_FUSED
  return {product, fused(a, b, -product)};
#else
  using T = typename P::value_type;
  auto split = [](const P& x) {
    constexpr T factor = 1 + static_cast<T>(std::uint64_t{1} << ((std::numeric_limits<T>::digits + 1) / 2));
    const P wide = x * factor, high = wide - (wide - x);
    return two_parts<P>{high, x - high};
  };
  const auto x = split(a), y = split(b);
  return {product, ((x.high * y.high - product) + x.high * y.low + x.low * y.high) + x.low * y.low};
#endif
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
