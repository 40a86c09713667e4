/// The lanes of a pack: a vector of the compiler's, or with EDGEFOLD_PORTABLE an array that it may make one of.
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <edgefold/core/isa.hpp>

namespace edgefold {
namespace detail {}
inline namespace EDGEFOLD_ISA {

/// Not for users, and compiled for one instruction set; `detail` is the same for what does not depend on it.
namespace impl {
using namespace edgefold::detail;

template <class T>
using lane_type = std::conditional_t<std::same_as<T, bool>, unsigned char, T>;

#ifdef EDGEFOLD_PORTABLE

template <std::size_t Bytes>
using truth_type = std::conditional_t<
    Bytes == 1, std::int8_t,
    std::conditional_t<Bytes == 2, std::int16_t, std::conditional_t<Bytes == 4, std::int32_t, std::int64_t>>>;

/// What operators do on vectors, lane by lane; a comparison gives -1 where it holds, else 0.
template <class T, int N>
struct alignas(sizeof(T) * N) array_lanes {
  using truth = array_lanes<truth_type<sizeof(T)>, N>;
  T of[N];

  T& operator[](int l) { return of[l]; }
  const T& operator[](int l) const { return of[l]; }

  template <class R = array_lanes, class F>
  static R each(F&& f) {
    R r;
    for (int l = 0; l < N; ++l) r.of[l] = static_cast<std::remove_cvref_t<decltype(r.of[0])>>(f(l));
    return r;
  }
#define EDGEFOLD_LANES_OPERATOR(op)                                            \
  friend array_lanes operator op(const array_lanes& a, const array_lanes& b) { \
    return each([&](int l) { return a.of[l] op b.of[l]; });                    \
  }                                                                            \
  friend array_lanes operator op(const array_lanes& a, T b) {                  \
    return each([&](int l) { return a.of[l] op b; });                          \
  }                                                                            \
  friend array_lanes operator op(T a, const array_lanes& b) {                  \
    return each([&](int l) { return a op b.of[l]; });                          \
  }                                                                            \
  array_lanes& operator op##=(const array_lanes& b) { return *this = *this op b; }
  EDGEFOLD_LANES_OPERATOR(+)
  EDGEFOLD_LANES_OPERATOR(-)
  EDGEFOLD_LANES_OPERATOR(*)
  EDGEFOLD_LANES_OPERATOR(/)
  EDGEFOLD_LANES_OPERATOR(&)
  EDGEFOLD_LANES_OPERATOR(|)
  EDGEFOLD_LANES_OPERATOR(^)
#undef EDGEFOLD_LANES_OPERATOR
#define EDGEFOLD_LANES_COMPARISON(op)                                       \
  friend truth operator op(const array_lanes& a, const array_lanes& b) {    \
    return each<truth>([&](int l) { return a.of[l] op b.of[l] ? -1 : 0; }); \
  }                                                                         \
  friend truth operator op(const array_lanes& a, T b) {                     \
    return each<truth>([&](int l) { return a.of[l] op b ? -1 : 0; });       \
  }
  EDGEFOLD_LANES_COMPARISON(<)
  EDGEFOLD_LANES_COMPARISON(<=)
  EDGEFOLD_LANES_COMPARISON(>)
  EDGEFOLD_LANES_COMPARISON(>=)
  EDGEFOLD_LANES_COMPARISON(==)
  EDGEFOLD_LANES_COMPARISON(!=)
#undef EDGEFOLD_LANES_COMPARISON
  friend array_lanes operator<<(const array_lanes& a, int bits) {
    return each([&](int l) { return a.of[l] << bits; });
  }
  friend array_lanes operator>>(const array_lanes& a, int bits) {
    return each([&](int l) { return a.of[l] >> bits; });
  }
  friend array_lanes operator-(const array_lanes& a) {
    return each([&](int l) { return -a.of[l]; });
  }
  friend array_lanes operator~(const array_lanes& a) {
    return each([&](int l) { return ~a.of[l]; });
  }
};

template <class T, int N>
using register_type = array_lanes<lane_type<T>, N>;

#else

template <class T, int N>
struct register_of {
  typedef lane_type<T> type __attribute__((vector_size(N * sizeof(lane_type<T>))));  // NOLINT(modernize-use-using)
};
template <class T, int N>
using register_type = typename register_of<T, N>::type;

#endif

/// Lanes of a full register; a bool has as many as a float, so that sums of bools widen lane by lane.
template <class T>
inline constexpr int native_lanes = EDGEFOLD_PACK_BYTES / (std::same_as<T, bool> ? 4 : static_cast<int>(sizeof(T)));

// Lanes are not returned: how a vector wider than a register is returned depends on the compiler's flags.

/// Lane by lane conversion to `To`.
template <class To, int N, class From>
[[gnu::always_inline]] inline void convert_lanes(register_type<To, N>& to, const From& from) {
#ifdef EDGEFOLD_PORTABLE
  for (int l = 0; l < N; ++l) to[l] = static_cast<lane_type<To>>(from[l]);
#else
  to = __builtin_convertvector(from, register_type<To, N>);
#endif
}

/// Puts x into all lanes. (Scalars smaller than an int do not broadcast in vector arithmetic: they are promoted.)
template <class T, int N>
void splat(register_type<T, N>& lanes, T x) {
#ifdef EDGEFOLD_PORTABLE
  for (int l = 0; l < N; ++l) lanes[l] = x;
#else
  if constexpr (std::same_as<T, bool>)
    convert_lanes<bool, N>(lanes, std::int32_t{x} - register_type<std::int32_t, N>{});
  else lanes = x - register_type<T, N>{};
#endif
}

/// Lane l is lane L[l] of a, or of b where it is N or more.
template <int N, int... L, class To, class V>
[[gnu::always_inline]] inline void pick_lanes(To& to, const V& a, const V& b) {
#ifdef EDGEFOLD_PORTABLE
  constexpr int from[] = {L...};
  for (int l = 0; l < static_cast<int>(sizeof...(L)); ++l) to[l] = from[l] < N ? a[from[l]] : b[from[l] - N];
#else
  to = __builtin_shufflevector(a, b, L...);
#endif
}

/// Keeps what v holds from being folded into the operation that takes it.
template <class V>
[[gnu::always_inline]] inline void keep(V& v) {
#if defined(EDGEFOLD_PORTABLE)
  static_cast<void>(v);  // compiled with -ffp-contract=off
#else
  if constexpr (sizeof(V) <= EDGEFOLD_PACK_BYTES) {
#ifdef __aarch64__
    asm("" : "+w"(v));
#else
    asm("" : "+v"(v));
#endif
  } else {
    using lane = std::remove_cvref_t<decltype(v[0])>;
    typedef lane half __attribute__((vector_size(sizeof(V) / 2)));  // NOLINT(modernize-use-using)
    struct {
      half low, high;
    } halves = __builtin_bit_cast(decltype(halves), v);
    keep(halves.low), keep(halves.high);
    v = __builtin_bit_cast(V, halves);
  }
#endif
}

/// chosen ? a : b. Of a select and what computes its operands, g++ 12 makes masked operations of AVX-512, drops the
/// results of some, and crashes over those that are left.
template <class M, class V>
[[gnu::always_inline]] inline void select(V& result, const M& chosen, const V& a, const V& b) {
#ifdef EDGEFOLD_PORTABLE
  result = V::each([&](int l) { return chosen[l] ? a[l] : b[l]; });
#else
  V x = a, y = b;
#if EDGEFOLD_PACK_BYTES == 64
  if constexpr (sizeof(V) >= 16) keep(x), keep(y);
#endif
  result = chosen ? x : y;
#endif
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
