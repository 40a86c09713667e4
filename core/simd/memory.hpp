/// Loading and storing packs: whole ones, and the first lanes of one where a row ends.
#pragma once
#include <cstring>

#include <edgefold/core/simd/intrinsics.hpp>
#include <edgefold/core/simd/pack.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// The first `count` of N lanes, 1 <= count <= N. Made once before a loop.
template <class T, int N>
struct first_lanes {
  static constexpr std::size_t bytes = sizeof(lane_type<T>) * N;
  static constexpr bool masked = bytes == EDGEFOLD_PACK_BYTES && sizeof(T) >= 4 && EDGEFOLD_PACK_BYTES > 16;
  int count = N;
  first_lanes() : first_lanes(N) {}
#if EDGEFOLD_PACK_BYTES == 64
  std::uint32_t bits = 0;
  explicit first_lanes(int n) : count(n), bits((1u << n) - 1u) {}
#elif EDGEFOLD_PACK_BYTES == 32
  __m256i bits;
  explicit first_lanes(int n) : count(n), bits(select(n)) {}
  static __m256i select(int n) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n * static_cast<int>(sizeof(lane_type<T>) / 4)), lane);
  }
#else
  explicit first_lanes(int n) : count(n) {}
#endif
};

template <class To, class From>
To bits_as(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  return __builtin_bit_cast(To, from);
}

/// A whole pack.
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> load(const T* p) {
  register_type<T, N> r;
  std::memcpy(&r, p, sizeof r);
  return {r};
}
template <class T, int N>
[[gnu::always_inline]] inline void store(T* p, const pack<T, N>& x) {
  std::memcpy(p, &x.v, sizeof x.v);
}

#if EDGEFOLD_PACK_BYTES == 64
// (Not by casts: g++ 12 warns of the undefined operand inside them.)
[[gnu::always_inline]] inline __m512 widened(__m256 x) {
  return _mm512_maskz_insertf32x8(0xffff, _mm512_setzero_ps(), x, 0);
}
// (The barrier: g++ 12 makes one instruction of this and a masked store, which faults at lanes that are masked out.)
[[gnu::always_inline]] inline __m256 lower_half(__m512 x) {
  __m256 low = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7);
  asm("" : "+v"(low));
  return low;
}
#endif

/// Lanes from `p`; the lanes past the count are 0 and their memory is not read.
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> load(const T* p, const first_lanes<T, N>& lanes) {
  using raw = register_type<T, N>;
#if EDGEFOLD_PACK_BYTES == 64
  if constexpr (first_lanes<T, N>::masked) {
    // Lanes that are masked out in the next cache line are waited for as if they were read: no wider than need be.
    const auto low = static_cast<__mmask8>(lanes.bits);
    if constexpr (sizeof(T) == 4) {
      if (lanes.count <= N / 2) return {bits_as<raw>(widened(_mm256_maskz_loadu_ps(low, p)))};
      return {bits_as<raw>(_mm512_maskz_loadu_ps(static_cast<__mmask16>(lanes.bits), p))};
    } else {
      if (lanes.count <= N / 2) return {bits_as<raw>(widened(_mm256_castpd_ps(_mm256_maskz_loadu_pd(low, p))))};
      return {bits_as<raw>(_mm512_maskz_loadu_pd(low, p))};
    }
  }
#elif EDGEFOLD_PACK_BYTES == 32
  if constexpr (first_lanes<T, N>::masked) {
    // Some processors take many times as long for a mask, even a full one.
    if (lanes.count == N) [[likely]]
      return load<T, N>(p);
    if (lanes.count == N / 2)
      return {bits_as<raw>(_mm256_zextps128_ps256(_mm_loadu_ps(reinterpret_cast<const float*>(p))))};
    return {bits_as<raw>(_mm256_maskload_ps(reinterpret_cast<const float*>(p), lanes.bits))};
  }
#endif
  raw r{};
  if (lanes.count == N) std::memcpy(&r, p, sizeof r);
  else std::memcpy(&r, p, static_cast<std::size_t>(lanes.count & (N - 1)) * sizeof(lane_type<T>));
  return {r};
}

/// Writes the first lanes to `p`, nothing behind them.
template <class T, int N>
[[gnu::always_inline]] inline void store(T* p, const pack<T, N>& x, const first_lanes<T, N>& lanes) {
#if EDGEFOLD_PACK_BYTES == 64
  if constexpr (first_lanes<T, N>::masked) {
    const auto low = static_cast<__mmask8>(lanes.bits);
    if constexpr (sizeof(T) == 4) {
      if (lanes.count <= N / 2) return _mm256_mask_storeu_ps(p, low, lower_half(bits_as<__m512>(x.v)));
      return _mm512_mask_storeu_ps(p, static_cast<__mmask16>(lanes.bits), bits_as<__m512>(x.v));
    } else {
      if (lanes.count <= N / 2)
        return _mm256_mask_storeu_pd(p, low, _mm256_castps_pd(lower_half(bits_as<__m512>(x.v))));
      return _mm512_mask_storeu_pd(p, low, bits_as<__m512d>(x.v));
    }
  }
#elif EDGEFOLD_PACK_BYTES == 32
  if constexpr (first_lanes<T, N>::masked) {
    if (lanes.count == N) [[likely]]
      return store<T, N>(p, x);
    if (lanes.count == N / 2)
      return _mm_storeu_ps(reinterpret_cast<float*>(p), _mm256_castps256_ps128(bits_as<__m256>(x.v)));
    if (lanes.count == 1) {
      *p = x.v[0];
      return;
    }
    return _mm256_maskstore_ps(reinterpret_cast<float*>(p), lanes.bits, bits_as<__m256>(x.v));
  }
#endif
  if (lanes.count == N) std::memcpy(p, &x.v, sizeof x.v);
  else std::memcpy(p, &x.v, static_cast<std::size_t>(lanes.count & (N - 1)) * sizeof(lane_type<T>));
}

/// Asks for the cache line of `p`. g++ 12 deletes template bodies that hold nothing but the builtin.
[[gnu::always_inline]] inline void prefetch(const void* p) {
#if defined(EDGEFOLD_PORTABLE)
  static_cast<void>(p);
#elif defined(__aarch64__)
  asm volatile("prfm pldl1keep, %a0" : : "p"(p));
#else
  asm volatile("prefetcht0 %0" : : "m"(*static_cast<const char*>(p)));
#endif
}

/// The same, but not into the L1 cache.
[[gnu::always_inline]] inline void prefetch_beyond(const void* p) {
#if defined(EDGEFOLD_PORTABLE)
  static_cast<void>(p);
#elif defined(__aarch64__)
  asm volatile("prfm pldl2keep, %a0" : : "p"(p));
#else
  asm volatile("prefetcht1 %0" : : "m"(*static_cast<const char*>(p)));
#endif
}

/// Writes a whole pack past the caches; `p` is aligned to the pack. `stream_fence` before others read it.
template <class T, int N>
[[gnu::always_inline]] inline void stream(T* p, const pack<T, N>& x) {
#if EDGEFOLD_PACK_BYTES == 64
  if constexpr (sizeof x.v == 64) return _mm512_stream_ps(reinterpret_cast<float*>(p), bits_as<__m512>(x.v));
#elif EDGEFOLD_PACK_BYTES == 32
  if constexpr (sizeof x.v == 32) return _mm256_stream_ps(reinterpret_cast<float*>(p), bits_as<__m256>(x.v));
#endif
  std::memcpy(p, &x.v, sizeof x.v);
}
inline void stream_fence() {
#if EDGEFOLD_PACK_BYTES > 16
  _mm_sfence();
#endif
}

/// Whether n elements at `to` are to be streamed: they are aligned, and more than the caches hold.
template <class T>
bool past_caches(const T* to, std::int64_t n) {
  constexpr std::int64_t cached_bytes = 1 << 25;
  return n * static_cast<std::int64_t>(sizeof(T)) > cached_bytes && reinterpret_cast<std::uintptr_t>(to) % 64 == 0;
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
