// In a program that has threads of its own: the arenas and limits of the caller's oneTBB.
#include <doctest/doctest.h>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <support/thread_counts.hpp>

#include <stdio.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include <edgefold/core/arena.hpp>

using namespace edgefold;
using testing::thread_scope;

namespace {

// Brings as many threads together as it gets within a while, `wanted` at most, and says how many.
int threads_that_meet(int wanted, std::chrono::milliseconds patience) {
  std::atomic<int> here{0}, most{0};
  const auto until = std::chrono::steady_clock::now() + patience;
  parallel_for(wanted, 1, [&](std::int64_t, std::int64_t) {
    const int now = ++here;
    for (int m = most; m < now && !most.compare_exchange_weak(m, now);) {
    }
    while (most < wanted && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    --here;
  });
  return most;
}

constexpr std::chrono::seconds long_wait(20);
constexpr std::chrono::milliseconds short_wait(50);

}  // namespace

TEST_CASE("work runs in the caller's arena") {
  const tbb::global_control enough(tbb::global_control::max_allowed_parallelism, 4);
  for (const int width : {1, 2, 3}) {
    CAPTURE(width);
    tbb::task_arena arena(width);
    arena.execute([&] {
      CHECK(num_threads() == width);
      CHECK(threads_that_meet(width, long_wait) == width);
      CHECK(threads_that_meet(4, short_wait) <= width);
    });
  }
}

TEST_CASE("the caller's limit on threads holds") {
  const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  CHECK(num_threads() == 1);
  CHECK(threads_that_meet(2, short_wait) == 1);
}

TEST_CASE("what a cancelled task of the caller's has begun is done whole") {
  for (const int set : {0, 2}) {
    CAPTURE(set);
    const thread_scope scope(set);
    tbb::task_group_context cancelled;
    std::atomic<int> items{0};
    tbb::parallel_for(
        0, 1,
        [&](int) {
          cancelled.cancel_group_execution();
          parallel_for(1'000, 1, [&](std::int64_t, std::int64_t) { ++items; });
        },
        cancelled);
    CHECK(items == 1'000);
  }
}

TEST_CASE("a number of threads that was set holds in any arena, and leaves the caller's threads alone") {
  tbb::task_arena arena(1);
  const thread_scope three(3);
  arena.execute([&] { CHECK(threads_that_meet(3, long_wait) == 3); });
  CHECK(threads_that_meet(8, short_wait) <= 3);
  const thread_scope alone(1);
  CHECK(threads_that_meet(2, short_wait) == 1);
  const std::size_t allowed = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  CHECK(allowed == std::max(1u, std::thread::hardware_concurrency()));
}

namespace {

// What `body()` makes the program print on stderr.
template <class Body>
std::string printed(Body&& body) {
  FILE* const file = tmpfile();
  fflush(stderr);
  const int before = dup(2);
  dup2(fileno(file), 2);
  body();
  fflush(stderr);
  dup2(before, 2);
  close(before);
  rewind(file);
  std::string text;
  for (int c; (c = fgetc(file)) != EOF;) text += static_cast<char>(c);
  fclose(file);
  return text;
}

}  // namespace

TEST_CASE("nothing is printed when the number of threads changes while another thread computes") {
  const int machine = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  CHECK(printed([&] {
          std::atomic<bool> stop{false};
          set_num_threads(machine + 1);
          std::jthread other([&] {
            while (!stop)
              parallel_for(64, 1, [](std::int64_t, std::int64_t) {
                std::this_thread::sleep_for(std::chrono::microseconds(200));
              });
          });
          for (const int more : {6, 2, 9, 0, 4, 12, 1, 3}) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            set_num_threads(machine + more);
            parallel_for(64, 1, [](std::int64_t, std::int64_t) { std::this_thread::yield(); });
            run_in_arena(machine + 5,
                         [] { parallel_for(64, 1, [](std::int64_t, std::int64_t) { std::this_thread::yield(); }); });
          }
          stop = true;
        }) == "");
  set_num_threads(0);
  CHECK(printed([&] {
          const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
          const thread_scope many(machine + 3);
          CHECK(threads_that_meet(2, short_wait) == 1);
          run_in_arena(machine + 2, [] { CHECK(threads_that_meet(2, short_wait) == 1); });
        }) == "");
}

TEST_CASE("a limit of the caller's that is over holds no longer") {
  const thread_scope three(3);
  {
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    CHECK(threads_that_meet(2, short_wait) == 1);
  }
  CHECK(threads_that_meet(3, long_wait) == 3);
}

TEST_CASE("who waits for the library runs no other task of the caller's") {
  for (const int set : {0, 2}) {
    CAPTURE(set);
    const thread_scope scope(set);
    std::atomic<int> nested{0};
    std::atomic<std::int64_t> items{0};
    tbb::parallel_for(0, 200, [&](int) {
      static thread_local bool inside = false;
      if (inside) ++nested;
      inside = true;
      parallel_for(16, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) std::this_thread::yield();
        items += end - begin;
      });
      inside = false;
    });
    CHECK(nested == 0);
    CHECK(items == 200 * 16);
  }
}
