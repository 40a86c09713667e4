/// Arenas: how many threads work for one caller.
#pragma once
#include <memory>
#include <type_traits>

namespace edgefold {
namespace detail {
void run_in_arena(int threads, void (*body)(void*), void* context);
}

/// Calls `body()` in an arena of `threads` threads of its own, a task_arena of oneTBB: unless set_num_threads said a
/// number, what it computes runs on at most these. What it throws comes out. Throws for less than one thread.
template <class Body>
void run_in_arena(int threads, Body&& body) {
  using plain = std::remove_reference_t<Body>;
  detail::run_in_arena(
      threads, [](void* c) { (*static_cast<plain*>(c))(); },
      const_cast<void*>(static_cast<const void*>(std::addressof(body))));
}

}  // namespace edgefold
