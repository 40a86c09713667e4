#include <doctest/doctest.h>

#include <edgefold/core/arena.hpp>

#include <support/thread_counts.hpp>

#include <atomic>
#include <stdexcept>

using namespace edgefold;

TEST_CASE("arena: what runs there has its number of threads, and only there") {
  const int before = num_threads();
  const int most = std::min(2, before);  // no limit of the machine's or the program's is lifted
  for (int threads = 1; threads <= most; ++threads) {
    std::atomic<std::int64_t> items{0};
    run_in_arena(threads, [&] {
      CHECK(num_threads() == threads);
      parallel_for(1'000, 1, [&](std::int64_t begin, std::int64_t end) { items += end - begin; });
    });
    CHECK(items == 1'000);
    CHECK(num_threads() == before);
  }
}

TEST_CASE("arena: a number of threads that was set goes before") {
  const testing::thread_scope three(3);
  run_in_arena(1, [] { CHECK(num_threads() == 3); });
}

TEST_CASE("arena: exceptions come out, and no threads are refused") {
  const int before = num_threads();
  CHECK_THROWS_SAYING(run_in_arena(1, [] { throw std::runtime_error("from within"); }), std::runtime_error,
                      "from within");
  CHECK(num_threads() == before);
  CHECK_THROWS_SAYING(run_in_arena(0, [] {}), std::invalid_argument,
                      "[run_in_arena] expected at least 1 thread, got 0");
}
