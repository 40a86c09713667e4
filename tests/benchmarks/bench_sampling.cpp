// Mini-batches of 1,024 seeds with fan-outs 15 and 10, walks and negative pairs; argument: the graph.
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/sample/block.hpp>
#include <edgefold/ops/sample/negative_sampling.hpp>
#include <edgefold/ops/sample/random_walk.hpp>
#include <edgefold/ops/sample/sample_neighbors.hpp>

#include "common.hpp"

using namespace edgefold;

namespace {

constexpr std::int64_t batch_size = 1024;

struct batches {
  graph g;
  basic_tensor<std::int64_t> order;
  explicit batches(std::int64_t which) : g(bench::graph_of(which)), order(random_permutation(g.num_vertices(), 1)) {
    g.edata["w"] = random_uniform({g.num_edges()}, 1);
    g.topology().in_edges();
    g.topology().out_edges();
  }
  basic_tensor<std::int64_t> operator[](std::uint64_t i) const {
    const std::int64_t first = static_cast<std::int64_t>(i) % (g.num_vertices() / batch_size) * batch_size;
    return slice(order, 0, first, first + batch_size);
  }
};

const batches& batches_of(std::int64_t which) {
  static std::map<std::int64_t, batches> all;
  return all.try_emplace(which, which).first->second;
}

template <class Sample>
void run(benchmark::State& state, Sample&& sample) {
  const batches& b = batches_of(state.range(0));
  std::uint64_t i = 0;
  std::int64_t edges = 0;
  for (auto _ : state) {
    edges += sample(b.g, b[i], i);
    ++i;
  }
  state.counters["edges/s"] = benchmark::Counter(static_cast<double>(edges), benchmark::Counter::kIsRate);
}

std::int64_t edges_of(const std::vector<graph>& blocks) {
  std::int64_t n = 0;
  for (const graph& b : blocks) n += b.num_edges();
  return n;
}

#define BENCH(name, ...)                                                                                              \
  void name(benchmark::State& state) {                                                                                \
    run(state, [](const graph& g, const basic_tensor<std::int64_t>& seeds, std::uint64_t i) { return __VA_ARGS__; }); \
  }                                                                                                                   \
  BENCHMARK(name)->DenseRange(0, 3)->Unit(benchmark::kMillisecond)->UseRealTime()

BENCH(blocks_uniform, edges_of(sample_blocks(g, seeds, {15, 10}, {.seed = i})));
BENCH(blocks_uniform_replace, edges_of(sample_blocks(g, seeds, {15, 10}, {.replace = true, .weight = "", .seed = i})));
BENCH(blocks_by_weight, edges_of(sample_blocks(g, seeds, {15, 10}, {.weight = "w", .seed = i})));
BENCH(blocks_by_weight_replace,
      edges_of(sample_blocks(g, seeds, {15, 10}, {.replace = true, .weight = "w", .seed = i})));
BENCH(blocks_full, edges_of(full_blocks(g, seeds, 2)) + 0 * static_cast<std::int64_t>(i));
BENCH(walks_of_20, random_walk(g, seeds, 20, {.seed = i}).size());
BENCH(negative_pairs, negative_edges(g, 10 * seeds.size(), {.seed = i}).first.size());

}  // namespace
