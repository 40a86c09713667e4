#include <doctest/doctest.h>

#include <edgefold/core/parallel.hpp>

#include <support/thread_counts.hpp>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace edgefold;
using testing::thread_scope;

TEST_CASE("ranges of the grain cover every item once") {
  for (int threads : {1, 2, 3, 8})
    for (std::int64_t n : {0, 1, 7, 64, 1000})
      for (std::int64_t grain : {1, 7, 64, 5000}) {
        CAPTURE(threads);
        CAPTURE(n);
        CAPTURE(grain);
        const thread_scope scope(threads);
        std::vector<std::atomic<int>> visits(static_cast<std::size_t>(n));
        std::atomic<int> misplaced{0};
        parallel_for(n, grain, [&](std::int64_t b, std::int64_t e) {
          misplaced += b % grain != 0 || e != std::min(n, b + grain);
          for (std::int64_t i = b; i < e; ++i) ++visits[static_cast<std::size_t>(i)];
        });
        CHECK(misplaced == 0);
        int wrong = 0;
        for (const auto& v : visits) wrong += v != 1;
        CHECK(wrong == 0);
      }
}

TEST_CASE("the greatest grain makes one range") {
  std::vector<std::int64_t> ends;
  parallel_for(5, std::numeric_limits<std::int64_t>::max(), [&](std::int64_t b, std::int64_t e) {
    ends.push_back(b);
    ends.push_back(e);
  });
  CHECK(ends == std::vector<std::int64_t>{0, 5});
}

TEST_CASE("a grain below one counts as one") {
  std::atomic<int> ranges{0};
  parallel_for(4, 0, [&](std::int64_t, std::int64_t) { ++ranges; });
  CHECK(ranges == 4);
}

TEST_CASE("a single range runs on the calling thread") {
  std::thread::id ran;
  parallel_for(100, 100, [&](std::int64_t, std::int64_t) { ran = std::this_thread::get_id(); });
  CHECK(ran == std::this_thread::get_id());
}

TEST_CASE("the set number of threads run at the same time, also more than the machine has") {
  const thread_scope three(3);
  std::atomic<int> here{0};
  std::mutex lock;
  std::set<std::thread::id> ids;
  // Each range waits, for a while, for the two others: only three threads can bring the count to three.
  std::atomic<bool> met{false};
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  parallel_for(3, 1, [&](std::int64_t, std::int64_t) {
    if (++here == 3) met = true;
    while (!met && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    const std::lock_guard hold(lock);
    ids.insert(std::this_thread::get_id());
  });
  CHECK(met);
  CHECK(ids.size() == 3);
}

TEST_CASE("an exception of a body arrives, and the next call works") {
  for (int threads : {1, 2, 3, 8}) {
    CAPTURE(threads);
    const thread_scope scope(threads);
    std::atomic<int> running{0};
    auto body = [&](std::int64_t b, std::int64_t) {
      ++running;
      std::this_thread::yield();
      --running;
      if (b == 77) throw std::out_of_range("item 77");
    };
    CHECK_THROWS_SAYING(parallel_for(1000, 1, body), std::out_of_range, "item 77");
    CHECK(running == 0);
    std::atomic<std::int64_t> sum{0};
    parallel_for(1000, 10, [&](std::int64_t b, std::int64_t e) {
      for (std::int64_t i = b; i < e; ++i) sum += i;
    });
    CHECK(sum == 499'500);
  }
}

TEST_CASE("calls nest, and exceptions come out of the inner one") {
  const thread_scope three(3);
  std::atomic<std::int64_t> items{0};
  parallel_for(20, 1, [&](std::int64_t, std::int64_t) {
    parallel_for(30, 1, [&](std::int64_t b, std::int64_t e) { items += e - b; });
  });
  CHECK(items == 600);
  auto nested = [&] {
    parallel_for(20, 1, [&](std::int64_t outer, std::int64_t) {
      parallel_for(30, 1, [&](std::int64_t inner, std::int64_t) {
        if (outer == 3 && inner == 4) throw std::runtime_error("from within");
      });
    });
  };
  CHECK_THROWS_SAYING(nested(), std::runtime_error, "from within");
}

TEST_CASE("several threads may call at once") {
  const thread_scope two(2);
  std::atomic<std::int64_t> items{0};
  std::vector<std::jthread> callers;
  for (int c = 0; c < 4; ++c)
    callers.emplace_back([&] {
      for (int round = 0; round < 50; ++round)
        parallel_for(64, 4, [&](std::int64_t b, std::int64_t e) { items += e - b; });
    });
  callers.clear();
  CHECK(items == 4 * 50 * 64);
}

TEST_CASE("the number of threads is what was set, or the caller's") {
  const int callers = num_threads();
  CHECK(callers >= 1);
  {
    const thread_scope five(5);
    CHECK(num_threads() == 5);
    CHECK_THROWS_SAYING(set_num_threads(-1), std::invalid_argument,
                        "[set_num_threads] expected 0 (the caller's) or more threads, got -1");
    CHECK(num_threads() == 5);
  }
  CHECK(num_threads() == callers);
}
