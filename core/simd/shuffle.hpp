/// Moving lanes: permutations by a table, and sums over classes of lanes in a fixed order.
#pragma once
#include <utility>

#include <edgefold/core/simd/memory.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Which lane each lane is taken from: `of[l]`, 0 <= of[l] < N.
struct alignas(64) lane_table {
  static constexpr int most_lanes = 16;
  std::int32_t of[most_lanes] = {};
};

#if EDGEFOLD_PACK_BYTES > 16
/// The first eight entries of a table, `offset` added.
[[gnu::always_inline]] inline __m256i from_lanes(const lane_table& table, int offset) {
  return _mm256_add_epi32(_mm256_load_si256(reinterpret_cast<const __m256i*>(table.of)), _mm256_set1_epi32(offset));
}
#endif

/// Lane l of the result is lane table.of[l] + offset of x.
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> permute(const pack<T, N>& x, const lane_table& table, int offset = 0) {
  static_assert(N <= lane_table::most_lanes);
  using raw = register_type<T, N>;
#if EDGEFOLD_PACK_BYTES == 64
  // (The zeroing forms: g++ 12 warns of the undefined operand inside the plain ones.)
  if constexpr (sizeof(raw) == 64 && sizeof(T) == 4)
    return {bits_as<raw>(_mm512_maskz_permutexvar_ps(
        0xffff, _mm512_add_epi32(_mm512_load_si512(table.of), _mm512_set1_epi32(offset)), bits_as<__m512>(x.v)))};
  else if constexpr (sizeof(raw) == 64)
    return {bits_as<raw>(_mm512_maskz_permutexvar_pd(0xff, _mm512_maskz_cvtepi32_epi64(0xff, from_lanes(table, offset)),
                                                     bits_as<__m512d>(x.v)))};
#elif EDGEFOLD_PACK_BYTES == 32
  if constexpr (sizeof(raw) == 32 && sizeof(T) == 4)
    return {bits_as<raw>(_mm256_permutevar8x32_ps(bits_as<__m256>(x.v), from_lanes(table, offset)))};
#endif
  raw r{};
  for (int l = 0; l < N; ++l) r[l] = x.v[table.of[l] + offset];
  return {r};
}

/// 0, 1, 2, ...
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> lane_numbers() {
  register_type<T, N> lane{};
  for (int l = 0; l < N; ++l) lane[l] = static_cast<lane_type<T>>(l);
  return {lane};
}

/// Lane l of the result is lane l ^ Distance of x.
template <int Distance, class T, int N, std::size_t... L>
[[gnu::always_inline]] inline pack<T, N> exchange(const pack<T, N>& x, std::index_sequence<L...>) {
  pack<T, N> r;
  pick_lanes<N, (static_cast<int>(L) ^ Distance)...>(r.v, x.v, x.v);
  return r;
}

/// Combines, in each of some packs, all lanes whose numbers differ by a distance that `takes_part`: halves first, the
/// same order on every call. Every lane gets the value of its class.
template <int Distance, class T, int N, std::size_t Packs, class Takes, class Op>
[[gnu::always_inline]] inline void combine_lanes(pack<T, N> (&x)[Packs], const Takes& takes_part, const Op& op) {
  if constexpr (Distance >= 1) {
    if (takes_part(Distance))
      for (pack<T, N>& each : x) each = op(each, exchange<Distance>(each, std::make_index_sequence<N>{}));
    combine_lanes<Distance / 2>(x, takes_part, op);
  }
}

/// Over lanes whose numbers agree modulo `period`, a power of two.
template <class T, int N, class Op>
[[gnu::always_inline]] inline pack<T, N> combine_modulo(const pack<T, N>& x, int period, const Op& op) {
  pack<T, N> all[] = {x};
  combine_lanes<N / 2>(
      all, [period](int distance) { return distance >= period; }, op);
  return all[0];
}
/// Over `run` neighbouring lanes, a power of two.
template <class T, int N, std::size_t Packs, class Op>
[[gnu::always_inline]] inline void combine_runs(pack<T, N> (&x)[Packs], int run, const Op& op) {
  combine_lanes<N / 2>(
      x, [run](int distance) { return distance < run; }, op);
}
template <class T, int N, class Op>
[[gnu::always_inline]] inline pack<T, N> combine_runs(const pack<T, N>& x, int run, const Op& op) {
  pack<T, N> all[] = {x};
  combine_runs(all, run, op);
  return all[0];
}

/// All lanes added up, halves first.
template <class T, int N>
[[gnu::always_inline]] inline T sum_lanes(const pack<T, N>& x) {
  return static_cast<T>(combine_runs(x, N, [](const auto& a, const auto& b) { return a + b; }).v[0]);
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
