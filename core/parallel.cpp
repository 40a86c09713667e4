#include <edgefold/core/parallel.hpp>

#include <edgefold/core/arena.hpp>
#include <edgefold/core/error.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#ifdef EDGEFOLD_STD_THREADS
#include <exception>
#include <vector>
#else
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <optional>
#endif

namespace edgefold {
namespace {

constinit std::atomic<int> setting{0};

int hardware_threads() { return static_cast<int>(std::max(1u, std::thread::hardware_concurrency())); }

#ifdef EDGEFOLD_STD_THREADS

thread_local int arena_threads = 0;  // of the arena that this thread is in

int threads_of_caller() { return arena_threads > 0 ? arena_threads : hardware_threads(); }
void prepare_pool(int) {}

void execute(int threads, auto&& body) {
  struct restored {
    int before = arena_threads;
    ~restored() { arena_threads = before; }
  } const scope;
  arena_threads = threads;
  body();
}

void run_chunks(std::int64_t chunks, int threads, auto&& chunk) {
  static thread_local bool inside = false;  // nested calls run on the thread they came from
  if (inside) {
    for (std::int64_t c = 0; c < chunks; ++c) chunk(c);
    return;
  }
  std::atomic<std::int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_lock;
  auto work = [&] {
    inside = true;
    try {
      for (std::int64_t c; (c = next.fetch_add(1)) < chunks;) chunk(c);
    } catch (...) {
      next = chunks;
      std::lock_guard hold(failure_lock);
      if (!failure) failure = std::current_exception();
    }
    inside = false;
  };
  std::vector<std::jthread> helpers;
  for (int t = 1; t < (threads == 0 ? threads_of_caller() : threads); ++t) helpers.emplace_back(work);
  work();
  helpers.clear();
  if (failure) std::rethrow_exception(failure);
}

#else

int threads_of_caller() {
  const std::size_t allowed = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  return std::min(tbb::this_task_arena::max_concurrency(), static_cast<int>(allowed));
}

// An arena as wide as the setting; more threads than the machine has need the global control too.
struct worker_pool {
  explicit worker_pool(int n) : arena(n) {
    if (n > hardware_threads())
      allowed.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(n));
  }
  std::optional<tbb::global_control> allowed;
  tbb::task_arena arena;
};

std::shared_ptr<worker_pool> pool_of(int n) {
  static std::mutex lock;
  static std::shared_ptr<worker_pool> pool;
  static int width = 0;
  std::lock_guard hold(lock);
  if (width != n) {
    pool.reset();
    if (n > 0) pool = std::make_shared<worker_pool>(n);
    width = n;
  }
  return pool;
}
void prepare_pool(int n) { pool_of(n); }

void execute(int threads, auto&& body) { tbb::task_arena(threads).execute(body); }

void run_chunks(std::int64_t chunks, int threads, auto&& chunk) {
  auto all = [&] {
    // Of its own: where a caller's task is cancelled, what it has begun here is still done whole.
    tbb::task_group_context context(tbb::task_group_context::isolated);
    tbb::this_task_arena::isolate([&] {
      tbb::parallel_for(
          tbb::blocked_range<std::int64_t>(0, chunks, 1),
          [&](const tbb::blocked_range<std::int64_t>& r) {
            for (std::int64_t c = r.begin(); c < r.end(); ++c) chunk(c);
          },
          context);
    });
  };
  if (threads == 0) all();
  else pool_of(threads)->arena.execute(all);
}

#endif
}  // namespace

int num_threads() {
  const int n = setting;
  return n == 0 ? threads_of_caller() : n;
}

void set_num_threads(int n) {
  check(n >= 0, "set_num_threads", "expected 0 (the caller's) or more threads, got ", n);
  prepare_pool(n);
  setting = n;
}

namespace detail {
void run_in_arena(int threads, void (*body)(void*), void* context) {
  check(threads >= 1, "run_in_arena", "expected at least 1 thread, got ", threads);
  execute(threads, [=] { body(context); });
}

void parallel_ranges(std::int64_t n, std::int64_t grain, range_body body, void* context) {
  if (n <= 0) return;
  grain = std::max<std::int64_t>(grain, 1);
  const std::int64_t chunks = (n - 1) / grain + 1;
  auto chunk = [&](std::int64_t c) { body(context, c * grain, c * grain + std::min(grain, n - c * grain)); };
  const int threads = setting;
  if (chunks > 1 && threads != 1) return run_chunks(chunks, threads, chunk);
  for (std::int64_t c = 0; c < chunks; ++c) chunk(c);
}
}  // namespace detail
}  // namespace edgefold
