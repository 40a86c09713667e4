#include "failing_malloc.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <unwind.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <atomic>
#include <new>

namespace {

constinit std::atomic<std::int64_t> made{0}, failing_point{0};
constinit std::atomic<bool> armed{false}, persistent{false}, has_failed{false};
constinit std::atomic<void*> program_begin{nullptr}, starter{nullptr};

bool of_scheduler(const Dl_info& info) { return info.dli_fname && std::strstr(info.dli_fname, "libtbb.so"); }

// Whether oneTBB starts a thread, or one of its threads asks for its own needs: where there is no memory for that,
// oneTBB ends the process or waits for ever, and no caller can keep it from that.
[[gnu::noinline]] bool asked_by_scheduler() {
  static thread_local bool inside = false;
  if (inside) return true;
  inside = true;
  void* callers[64];
  const int count = backtrace(callers, 64);
  bool scheduler = false, program = false, starts = false;
  for (int i = 3; i < count; ++i) {  // beyond this function, `refused` and malloc
    Dl_info info;
    if (!dladdr(callers[i], &info)) continue;
    scheduler = scheduler || of_scheduler(info);
    program = program || info.dli_fbase == program_begin;
    starts = starts || (starter && _Unwind_FindEnclosingFunction(callers[i]) == starter);
  }
  inside = false;
  return starts || (scheduler && !program);
}

[[gnu::noinline]] bool refused() {
  if (!armed.load(std::memory_order_relaxed)) return false;
  if (made.fetch_add(1, std::memory_order_relaxed) + 1 < failing_point) return false;
  if ((!persistent && has_failed) || asked_by_scheduler()) return false;
  if (has_failed.exchange(true) && !persistent) return false;
  errno = ENOMEM;
  return true;
}

}  // namespace

namespace stress {

void start_failing(failing how, std::int64_t point) {
  Dl_info here;
  dladdr(reinterpret_cast<void*>(&start_failing), &here);
  program_begin = here.dli_fbase;
  void* one[1];
  backtrace(one, 1);  // the first call loads a library
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

void* thread_starter() { return starter; }
void set_thread_starter(void* function) { starter = function; }

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
void* memalign(std::size_t alignment, std::size_t bytes) {
  return refused() ? nullptr : ORIGINAL(memalign)(alignment, bytes);
}
int posix_memalign(void** p, std::size_t alignment, std::size_t bytes) {
  *p = refused() ? nullptr : ORIGINAL(memalign)(alignment, bytes);
  return *p ? 0 : ENOMEM;
}
#endif
}

#ifdef EDGEFOLD_WRAP_MALLOC
void* operator new(std::size_t bytes) {
  if (void* p = std::malloc(bytes)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
#endif

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                              void* argument) {
  void* const caller = __builtin_return_address(0);
  Dl_info info;
  if (dladdr(caller, &info) && of_scheduler(info)) starter = _Unwind_FindEnclosingFunction(caller);
  static const auto original = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  return original(thread, attributes, run, argument);
}
