/// The loop over elements in packs.
#pragma once
#include <edgefold/core/simd/memory.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Calls body(i, lanes) for packs of T that cover elements [begin, end): all lanes of each, the first ones of the last.
template <class T, class Body>
[[gnu::always_inline]] inline void for_packs(std::int64_t begin, std::int64_t end, const Body& body) {
  constexpr int n = native_lanes<T>;
  for (const first_lanes<T, n> all; begin + n <= end; begin += n) body(begin, all);
  if (begin < end) body(begin, first_lanes<T, n>(static_cast<int>(end - begin)));
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
