// Threads, and what they prepare.
#include <edgefold/core/arena.hpp>
#include <edgefold/core/generators.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/sample/loader.hpp>
#include <edgefold/ops/sample/sample_neighbors.hpp>
#include <edgefold/ops/sample/seed_batches.hpp>

#include <thread>

#include "scenario.hpp"

namespace stress {
namespace {

using namespace edgefold;

std::int64_t sum_of_items(std::int64_t n) {
  std::atomic<std::int64_t> sum{0};
  parallel_for(n, 10, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) sum += i;
  });
  return sum;
}

// The first parallel operation of a process, in the caller's arena.
struct first_parallel final : scenario {
  std::int64_t sum = 0;
  void run() override { sum = sum_of_items(1000); }
  void see(digest& d) const override { d.add(sum); }
};

struct first_arena final : scenario {
  std::int64_t sum = 0;
  void run() override {
    run_in_arena(2, [&] { sum = sum_of_items(1000); });
  }
  void see(digest& d) const override { d.add(sum); }
};

struct change_of_threads final : scenario {
  int threads = static_cast<int>(std::thread::hardware_concurrency()) + 1;
  change_of_threads() { set_num_threads(2); }
  ~change_of_threads() override { set_num_threads(0); }
  void run() override { set_num_threads(threads); }
  void see(digest& d) const override {
    d.add(num_threads());
    d.add(sum_of_items(1000));
  }
};

struct threads_in_use final : scenario {
  std::int64_t sum = 0;
  threads_in_use() { set_num_threads(3); }
  ~threads_in_use() override { set_num_threads(0); }
  void run() override { sum = sum_of_items(10'000); }
  void see(digest& d) const override { d.add(sum); }
};

// Two workers, each with threads of its own, sample blocks.
struct loaded_blocks final : scenario {
  graph g = generate::random_uniform(200, 2000, 1);
  std::vector<basic_tensor<std::int64_t>> seeds = seed_batches(id_list(ids()), 40, {.seed = 2});
  std::vector<std::vector<graph>> batches;

  loaded_blocks() { g.topology().out_edges(); }
  static std::vector<std::int64_t> ids() {
    std::vector<std::int64_t> all(200);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
    return all;
  }
  void run() override {
    std::vector<std::vector<graph>> all;
    for (auto& blocks :
         loader(std::ssize(seeds),
                [this](std::int64_t i) {
                  return sample_blocks(g, seeds[static_cast<std::size_t>(i)], {3, 2}, {.seed = batch_seed(3, 0, i)});
                },
                {.workers = 2, .ahead = 2}))
      all.push_back(std::move(blocks));
    batches = std::move(all);
  }
  void see(digest& d) const override {
    for (const auto& blocks : batches)
      for (const graph& block : blocks) d.add(block);
  }
};

}  // namespace

std::vector<named_scenario> thread_scenarios() {
  return {a_scenario<first_parallel>("parallel_for"), a_scenario<first_arena>("run_in_arena"),
          a_scenario<change_of_threads>("set_num_threads"), a_scenario<threads_in_use>("parallel_for, 3 threads"),
          a_scenario<loaded_blocks>("loader")};
}

}  // namespace stress
