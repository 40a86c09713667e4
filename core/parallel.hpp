/// The one seam to threads: everything parallel in the library goes through `parallel_for`.
#pragma once
#include <cstdint>
#include <memory>
#include <type_traits>

namespace edgefold {

/// Threads that an operation uses which the calling thread starts now. Results do not depend on it.
int num_threads();

/// n of 1 or more: operations that start afterwards, on any thread, use n threads of an arena of the library's own. 0,
/// as it is at first: they run in the caller's oneTBB arena, with its concurrency and under the caller's limits;
/// outside an arena, that is all hardware threads. Throws for less than 0.
void set_num_threads(int n);

namespace detail {
using range_body = void (*)(void* context, std::int64_t begin, std::int64_t end);
void parallel_ranges(std::int64_t n, std::int64_t grain, range_body body, void* context);
}  // namespace detail

/// Calls `body(begin, end)` on disjoint ranges that cover [0, n), each of `grain` items (the last may be shorter).
/// Ranges may run at the same time, in any order; where there is one range only, it runs on the calling thread.
/// The first exception that a body throws is rethrown here after all ranges have stopped; nothing else is thrown: where
/// there is no memory or no thread for helpers, the calling thread does the work. While it waits it does no work but
/// this call's: never another task of the caller's, within a scope that was meant for this one.
template <class Body>
void parallel_for(std::int64_t n, std::int64_t grain, Body&& body) {
  using plain = std::remove_reference_t<Body>;
  detail::parallel_ranges(
      n, grain, [](void* c, std::int64_t b, std::int64_t e) { (*static_cast<plain*>(c))(b, e); },
      const_cast<void*>(static_cast<const void*>(std::addressof(body))));
}

}  // namespace edgefold
