/// Order statistics of many packs, lane by lane, without sorting.
#pragma once
#include <limits>

#include <edgefold/core/simd/pack.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Integers in the order of the values: for floats, the bits with those of negative numbers turned around.
template <class T, int N>
[[gnu::always_inline]] inline auto ordered_keys(const pack<T, N>& x) {
  using K = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  const auto bits = __builtin_bit_cast(register_type<K, N>, x.v);
  if constexpr (std::floating_point<T>) return pack<K, N>(bits ^ ((bits < 0) & std::numeric_limits<K>::max()));
  else return pack<K, N>(bits);
}
template <class T, int N, class K>
[[gnu::always_inline]] inline pack<T, N> value_of_keys(const pack<K, N>& key) {
  register_type<K, N> bits = key.v;
  if constexpr (std::floating_point<T>) bits = bits ^ ((bits < 0) & std::numeric_limits<K>::max());
  return {__builtin_bit_cast(register_type<T, N>, bits)};
}

/// Values `low` and min(low + 1, n - 1) of x[0 .. n-1] in ascending order (from 0), and where no value is NaN: the
/// greatest key with at most `low` keys below it is found bit by bit, counting at each. Linear in n; x becomes its own
/// keys.
template <class T, int N>
auto select_neighbours(pack<T, N>* x, std::int64_t n, std::int64_t low) {
  using K = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  using keys = pack<K, N>;
  struct result {
    pack<T, N> first, second;
    mask<T, N> clean;
  };
  mask<T, N> clean = pack<T, N>(0) == pack<T, N>(0);
  auto* key = reinterpret_cast<register_type<K, N>*>(x);
  for (std::int64_t j = 0; j < n; ++j) {
    clean = clean & (x[j] == x[j]);
    const keys k = ordered_keys(x[j]);
    std::memcpy(key + j, &k.v, sizeof k.v);
  }
  auto key_at = [key](std::int64_t j) {
    keys k;
    std::memcpy(&k.v, key + j, sizeof k.v);
    return k;
  };
  auto below = [&](const keys& limit) {
    register_type<K, N> count{};
    for (std::int64_t j = 0; j < n; ++j) count -= key_at(j).v < limit.v;
    return keys(count);
  };
  const keys rank(low);
  keys found = where(below(keys(0)) <= rank, keys(0), keys(std::numeric_limits<K>::min()));
  for (int bit = static_cast<int>(sizeof(K)) * 8 - 2; bit >= 0; --bit) {
    const keys higher = found + (K(1) << bit);
    found = where(below(higher) <= rank, higher, found);
  }
  // The next one in order: the same again, or the least of those above.
  register_type<K, N> not_above{};
  keys next(std::numeric_limits<K>::max());
  for (std::int64_t j = 0; j < n; ++j) {
    const keys k = key_at(j);
    not_above -= k.v <= found.v;
    next = where((k > found) & (k < next), k, next);
  }
  next = where((keys(not_above) > rank + 1) | (keys(not_above) == keys(n)), found, next);
  return result{value_of_keys<T, N>(found), value_of_keys<T, N>(next), clean};
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
