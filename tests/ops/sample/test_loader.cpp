// Items that other threads prepare.
#include <edgefold/ops/sample/loader.hpp>

#include <doctest/doctest.h>

#include <edgefold/core/arena.hpp>
#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/sample/sample_neighbors.hpp>
#include <edgefold/ops/sample/seed_batches.hpp>

#include <support/thread_counts.hpp>

#include <time.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <thread>
#include <vector>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using namespace std::chrono_literals;

static_assert(std::input_iterator<loader<int>::iterator> && std::ranges::input_range<loader<int>>);

// Some milliseconds, of which neighbours have unlike numbers: later items are ready before earlier ones.
void take_time(std::int64_t i) { std::this_thread::sleep_for(std::chrono::microseconds(i * 7919 % 5 * 300)); }

// Whether it becomes true within a time that no machine needs.
template <class Condition>
bool becomes(Condition&& condition) {
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (!condition() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(1ms);
  return condition();
}

TEST_CASE("items come in order and are the same for any number of workers") {
  for (int workers : {0, 1, 3})
    for (std::int64_t ahead : {1, 2, 5})
      for (std::int64_t count : {0, 1, 7, 40}) {
        CAPTURE(workers);
        CAPTURE(ahead);
        CAPTURE(count);
        const loader items(count,
                           [](std::int64_t i) {
                             take_time(i);
                             return random_integers({3}, 1000, 5, static_cast<std::uint64_t>(i));
                           },
                           {.workers = workers, .ahead = ahead});
        CHECK(items.size() == count);
        for (int pass = 0; pass < 2; ++pass) {
          std::int64_t at = 0;
          for (const auto& item : items)
            CHECK(same_bits(item, random_integers({3}, 1000, 5, static_cast<std::uint64_t>(at++))));
          CHECK(at == count);
        }
      }
}

TEST_CASE("a slow caller: as many items as it said are prepared, never more") {
  for (int workers : {1, 3})
    for (std::int64_t ahead : {1, 2, 4}) {
      CAPTURE(workers);
      CAPTURE(ahead);
      std::atomic<std::int64_t> begun{0};
      const std::int64_t count = 12;
      std::int64_t taken = 0;
      for ([[maybe_unused]] const std::int64_t item :
           loader(count, [&](std::int64_t i) { return ++begun, i; }, {.workers = workers, .ahead = ahead})) {
        const std::int64_t most = std::min(count, ++taken + ahead);
        CHECK(becomes([&] { return begun >= most; }));
        std::this_thread::sleep_for(2ms);
        CHECK(begun == most);
      }
    }
}

TEST_CASE("a slow producer: the caller sleeps until an item is there") {
  const auto own_time = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
  };
  const auto before = own_time();
  std::int64_t sum = 0;
  for (const std::int64_t item : loader(10, [](std::int64_t i) {
         std::this_thread::sleep_for(30ms);
         return i;
       }))
    sum += item;
  CHECK(sum == 45);
  CHECK(own_time() - before < 100ms);  // of 300 ms
}

TEST_CASE("workers work at the same time, and no workers is the caller's thread") {
  std::atomic<int> here{0};
  for (const bool met :
       loader(3, [&](std::int64_t) { return ++here, becomes([&] { return here == 3; }); }, {.workers = 3}))
    CHECK(met);
  for (const std::thread::id id : loader(3, [](std::int64_t) { return std::this_thread::get_id(); }, {.workers = 0}))
    CHECK(id == std::this_thread::get_id());
}

TEST_CASE("an exception comes in place of its item, and ends the pass") {
  for (int workers : {0, 1, 3}) {
    CAPTURE(workers);
    std::atomic<std::int64_t> begun{0};
    const loader items(1000,
                       [&](std::int64_t i) {
                         ++begun;
                         take_time(i);
                         if (i == 5 || i == 6) throw std::out_of_range("item " + std::to_string(i));
                         return i;
                       },
                       {.workers = workers, .ahead = 4});
    std::int64_t taken = 0;
    CHECK_THROWS_SAYING(
        [&] {
          for (const std::int64_t item : items) CHECK(item == taken++);
        }(),
        std::out_of_range, "item 5");
    CHECK(taken == 5);
    CHECK(begun <= 9);
    auto at = items.begin();
    for (int i = 0; i < 4; ++i) ++at;
    CHECK_THROWS_AS(++at, std::out_of_range);
    CHECK(at == items.end());
    CHECK(++at == items.end());
  }
}

TEST_CASE("leaving the loop waits for the threads, and takes the prepared items away") {
  for (int workers : {0, 1, 3}) {
    CAPTURE(workers);
    const auto living = std::make_shared<int>();  // each item, and each copy of the function, holds it
    std::atomic<int> running{0}, begun{0};
    {
      const loader items(1000,
                         [&, living](std::int64_t i) {
                           ++running, ++begun;
                           take_time(i);
                           --running;
                           return std::shared_ptr(living);
                         },
                         {.workers = workers, .ahead = 5});
      const auto holders = living.use_count();
      int taken = 0;
      for ([[maybe_unused]] const auto& item : items)
        if (++taken == 3) break;
      CHECK(running == 0);
      CHECK(living.use_count() == holders);
      const int stopped_at = begun;
      try {
        for ([[maybe_unused]] const auto& item : items) throw 1;
      } catch (int) {
      }
      CHECK(running == 0);
      CHECK(begun > stopped_at);
      CHECK(begun <= stopped_at + 6);
      items.begin();  // a pass that takes nothing but the first
    }
    CHECK(living.use_count() == 1);
  }
}

TEST_CASE("a pass outlives its loader and moves, items need only be movable") {
  struct item {
    explicit item(std::int64_t i) : value(std::make_unique<std::int64_t>(i)) {}
    std::unique_ptr<std::int64_t> value;
  };
  auto at = loader(5, [](std::int64_t i) { return item(i); }, {.workers = 2}).begin();
  auto moved = std::move(at);
  std::vector<std::unique_ptr<std::int64_t>> taken;
  for (; moved != std::default_sentinel; ++moved) taken.push_back(std::move(moved->value));
  CHECK(taken.size() == 5);
  CHECK(*taken[4] == 4);
}

TEST_CASE("operations on both sides at once give the same bits for any number of threads") {
  for (int workers : {0, 1, 3})
    check_thread_counts([&] {
      tensor sum = zeros({40'000, 1});
      for (const tensor& item : loader(8,
                                       [](std::int64_t i) {
                                         return random_normal({40'000, 1}, 3, static_cast<std::uint64_t>(i));
                                       },
                                       {.workers = workers})) {
        const tensor noise = random_uniform({40'000, 1}, 4);
        sum = tensor::from(sum.array() + item.array() * noise.array());
      }
      return sum;
    });
}

TEST_CASE("blocks that workers sample are those that the caller samples meanwhile") {
  const graph g = generate::random_uniform(2000, 40'000, 1);
  const auto seeds = seed_batches(random_permutation(2000, 2), 300);
  const auto make = [&](std::int64_t i) {
    return sample_blocks(g, seeds[static_cast<std::size_t>(i)], {5, 3}, {.seed = batch_seed(3, 0, i)});
  };
  for (int workers : {0, 1, 3}) {
    std::int64_t batch = 0;
    for (const std::vector<graph>& blocks : loader(std::ssize(seeds), make, {.workers = workers})) {
      const std::vector<graph> expected = make(batch++);
      for (std::size_t layer = 0; layer < 2; ++layer)
        for (const auto part : {&graph::srcdata, &graph::dstdata, &graph::edata})
          CHECK(same_bits((blocks[layer].*part)[original_id].as<std::int64_t>(),
                          (expected[layer].*part)[original_id].as<std::int64_t>()));
    }
    CHECK(batch == 7);
  }
}

TEST_CASE("make runs with the caller's threads and gradients") {
  for (int workers : {0, 2}) {
    CAPTURE(workers);
    const loader seen(4, [](std::int64_t) { return std::pair(num_threads(), grad_enabled()); }, {.workers = workers});
    for (int threads : {1, 2})
      run_in_arena(threads, [&] {
        for (const auto& item : seen) CHECK(item == std::pair(threads, true));
        const no_grad scope;
        for (const auto& item : seen) CHECK(item == std::pair(threads, false));
      });
    const thread_scope three(3);
    for (const auto& item : seen) CHECK(item == std::pair(3, true));
  }
}

TEST_CASE("what is no loader") {
  const auto make = [](std::int64_t i) { return i; };
  CHECK_THROWS_SAYING(loader(-1, make), std::invalid_argument, "[loader] expected 0 or more items, got -1");
  CHECK_THROWS_SAYING(loader(1, make, {.workers = -1}), std::invalid_argument, "0 or more workers, got -1");
  CHECK_THROWS_SAYING(loader(1, make, {.ahead = 0}), std::invalid_argument, "at least 1 item ahead, got 0");
  for (std::int64_t count : {3L, 1L << 60})
    CHECK_THROWS_SAYING(loader(count, make, {.ahead = std::int64_t{1} << 60}), std::invalid_argument,
                        "[loader] expected at most 1048576 items ahead, got 1152921504606846976");
  CHECK(*loader(std::int64_t{1} << 60, make, {.workers = 1, .ahead = 1 << 20}).begin() == 0);
  CHECK_THROWS_SAYING(loader<int>(1, nullptr), std::invalid_argument, "no function to make items with");
}

}  // namespace
}  // namespace edgefold
