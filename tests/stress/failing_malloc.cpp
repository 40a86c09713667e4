#include "failing_malloc.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include <atomic>
#include <new>

namespace {

constinit std::atomic<std::int64_t> made{0}, failing_point{0};
constinit std::atomic<bool> armed{false}, persistent{false}, has_failed{false};

bool refused() {
  if (!armed.load(std::memory_order_relaxed)) return false;
  const std::int64_t number = made.fetch_add(1, std::memory_order_relaxed) + 1, point = failing_point;
  if (number != point && (number < point || !persistent)) return false;
  has_failed = true;
  errno = ENOMEM;
  return true;
}

}  // namespace

namespace stress {

void start_failing(failing how, std::int64_t point) {
  made = 0;
  failing_point = point;
  persistent = how == failing::from_then_on;
  has_failed = false;
  armed = true;
}

bool stop_failing() {
  armed = false;
  return has_failed;
}

}  // namespace stress

// The functions of C, which the linker takes from here: for the program alone where a sanitizer has its own ones
// (EDGEFOLD_WRAP_MALLOC, with the linker's option --wrap), else for all libraries too.
#ifdef EDGEFOLD_WRAP_MALLOC
#define REPLACED(name) __wrap_##name
#define ORIGINAL(name) __real_##name
#else
#define REPLACED(name) name
#define ORIGINAL(name) __libc_##name
#endif

extern "C" {
void* ORIGINAL(malloc)(std::size_t);
void* ORIGINAL(calloc)(std::size_t, std::size_t);
void* ORIGINAL(realloc)(void*, std::size_t);
#ifdef EDGEFOLD_WRAP_MALLOC
void* ORIGINAL(aligned_alloc)(std::size_t, std::size_t);
#else
void* ORIGINAL(memalign)(std::size_t, std::size_t);
#endif

void* REPLACED(malloc)(std::size_t bytes) { return refused() ? nullptr : ORIGINAL(malloc)(bytes); }
void* REPLACED(calloc)(std::size_t count, std::size_t bytes) {
  return refused() ? nullptr : ORIGINAL(calloc)(count, bytes);
}
void* REPLACED(realloc)(void* p, std::size_t bytes) { return refused() ? nullptr : ORIGINAL(realloc)(p, bytes); }
void* REPLACED(aligned_alloc)(std::size_t alignment, std::size_t bytes) {
#ifdef EDGEFOLD_WRAP_MALLOC
  return refused() ? nullptr : ORIGINAL(aligned_alloc)(alignment, bytes);
#else
  return refused() ? nullptr : ORIGINAL(memalign)(alignment, bytes);
#endif
}
#ifndef EDGEFOLD_WRAP_MALLOC
void* memalign(std::size_t alignment, std::size_t bytes) { return aligned_alloc(alignment, bytes); }
int posix_memalign(void** p, std::size_t alignment, std::size_t bytes) {
  *p = aligned_alloc(alignment, bytes);
  return *p ? 0 : ENOMEM;
}
#endif
}

#ifdef EDGEFOLD_WRAP_MALLOC
void* operator new(std::size_t bytes) {
  if (void* p = std::malloc(bytes)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
#endif
