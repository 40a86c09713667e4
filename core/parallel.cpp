#include <edgefold/core/parallel.hpp>

#include <edgefold/core/arena.hpp>
#include <edgefold/core/error.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#ifndef EDGEFOLD_STD_THREADS
#include <tbb/cache_aligned_allocator.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#endif

namespace edgefold {
namespace {

constinit std::atomic<int> setting{0};

int hardware_threads() { return static_cast<int>(std::max(1u, std::thread::hardware_concurrency())); }

// Chunks of work, cut into one share for each thread. Who has done a share helps with the others', so that it does not
// matter which helpers came, or whether any did.
template <class Chunk>
class shared_work {
 public:
  shared_work(std::int64_t chunks, int threads, Chunk& chunk)
      : chunk_(chunk), count_(static_cast<int>(std::min<std::int64_t>({chunks, threads, most_shares}))) {
    for (std::int64_t i = 0, begin = 0; i < count_; ++i) {
      shares_[i].next.store(begin, std::memory_order_relaxed);
      shares_[i].end = begin += chunks / count_ + (i < chunks % count_ ? 1 : 0);
    }
  }
  int shares() const { return count_; }

  // Does what nobody has begun, share `first` before the others.
  void run(int first) noexcept {
    for (int i = 0; i < count_; ++i) {
      share& s = shares_[(first + i) % count_];
      while (!failed_.load(std::memory_order_relaxed)) {
        const std::int64_t c = s.next.fetch_add(1, std::memory_order_relaxed);
        if (c >= s.end) break;
        try {
          chunk_(c);
        } catch (...) {
          if (!failed_.exchange(true)) failure_ = std::current_exception();
        }
      }
    }
  }
  // When all helpers have returned: does what is left, and throws what a chunk has thrown.
  void finish() {
    run(0);
    if (failed_) std::rethrow_exception(failure_);
  }

 private:
  static constexpr int most_shares = 64;
  struct alignas(64) share {
    std::atomic<std::int64_t> next{0};
    std::int64_t end = 0;
  };
  Chunk& chunk_;
  const int count_;
  std::atomic<bool> failed_{false};
  std::exception_ptr failure_;
  share shares_[most_shares];
};

#ifdef EDGEFOLD_STD_THREADS

thread_local int arena_threads = 0;  // of the arena that this thread is in

int threads_of_caller() { return arena_threads > 0 ? arena_threads : hardware_threads(); }
void prepare_arena(int) {}

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
  shared_work work(chunks, inside ? 1 : threads == 0 ? threads_of_caller() : threads, chunk);
  const auto run = [&work](int first) {
    const bool before = std::exchange(inside, true);
    work.run(first);
    inside = before;
  };
  {
    std::vector<std::jthread> helpers;
    try {
      for (int t = 1; t < work.shares(); ++t) helpers.emplace_back(run, t);
    } catch (...) {  // those that there are will do
    }
    run(0);
  }
  work.finish();
}

#else

// What oneTBB makes once, on first use: where memory is out then, it waits for it for ever, or loading its allocator
// crashes. So it is made when the program starts.
const struct made_early {
  made_early() noexcept {
    try {
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
      tbb::cache_aligned_allocator<char> allocator;
      allocator.deallocate(allocator.allocate(1), 1);
    } catch (...) {  // then on first use
    }
  }
} early;

int allowed_threads() {
  return static_cast<int>(tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
}
int threads_of_caller() { return std::min(tbb::this_task_arena::max_concurrency(), allowed_threads()); }

// Where work runs whose number of threads is set. oneTBB prints a warning where an arena is wider than is allowed, and
// of several controls the least counts: so there is one of ours, and no arena that is wider than it could use.
class own_arena {
 public:
  // At most n threads; none for 0. What may throw leaves the next call to make it anew.
  std::shared_ptr<tbb::task_arena> of(int n) {
    const std::lock_guard hold(lock_);
    if (n > 0 && n == wanted_ && (width_ == n || allowed_threads() <= width_)) return arena_;
    arena_ = nullptr;
    wanted_ = width_ = 0;
    control_.reset();
    if (n == 0) return nullptr;
    if (n > hardware_threads())
      control_.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(n));
    width_ = std::min(n, allowed_threads());
    auto made = std::make_shared<tbb::task_arena>(width_);
    made->initialize();  // where this fails on first use instead, oneTBB waits for it for ever
    arena_ = std::move(made);
    wanted_ = n;
    return arena_;
  }
  // For one call.
  void make(std::optional<tbb::task_arena>& arena, int threads) {
    const std::lock_guard hold(lock_);
    arena.emplace(std::min(threads, allowed_threads())).initialize();
  }

 private:
  std::mutex lock_;
  std::optional<tbb::global_control> control_;  // more threads than the machine has need it
  std::shared_ptr<tbb::task_arena> arena_;
  int wanted_ = 0, width_ = 0;
};

own_arena& set_arena() {
  static own_arena arena;
  return arena;
}
void prepare_arena(int n) { set_arena().of(n); }

void execute(int threads, auto&& body) {
  std::optional<tbb::task_arena> arena;
  set_arena().make(arena, threads);
  arena->execute(body);
}

void run_in_caller(auto& work) {
  // Of its own: where a caller's task is cancelled, what it has begun here is still done whole.
  tbb::task_group_context context(tbb::task_group_context::isolated);
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(
        tbb::blocked_range<int>(0, work.shares(), 1),
        [&](const tbb::blocked_range<int>& r) {
          for (int i = r.begin(); i < r.end(); ++i) work.run(i);
        },
        tbb::simple_partitioner(), context);
  });
}

void run_chunks(std::int64_t chunks, int threads, auto&& chunk) {
  shared_work work(chunks, threads == 0 ? threads_of_caller() : threads, chunk);
  try {
    if (work.shares() == 1) work.run(0);
    else if (threads == 0) run_in_caller(work);
    else set_arena().of(threads)->execute([&] { run_in_caller(work); });
  } catch (...) {  // no chunk throws this: oneTBB had no memory
  }
  work.finish();
}

#endif
}  // namespace

int num_threads() {
  const int n = setting;
  return n == 0 ? threads_of_caller() : n;
}

void set_num_threads(int n) {
  check(n >= 0, "set_num_threads", "expected 0 (the caller's) or more threads, got ", n);
  prepare_arena(n);
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
