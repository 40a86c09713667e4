// Graphs made of edges and of points: a line graph of 5 million edges, with and without backtracking; the 8 nearest
// neighbours of 100,000 points, and those within a radius that holds as many; 5 million edges less a tenth.
#include <edgefold/ops/transform/drop_edges.hpp>
#include <edgefold/ops/transform/line_graph.hpp>
#include <edgefold/ops/transform/neighbor_graph.hpp>

#include "common.hpp"

using namespace edgefold;

namespace {

void line_edges(benchmark::State& state) {
  const graph g = bench::sorted(generate::random_uniform(100'000, 707'000, 1));
  for (auto _ : state) benchmark::DoNotOptimize(line_graph(graph(g.topology()), state.range(0) == 0));
  state.counters["edges"] = static_cast<double>(line_graph(g).num_edges());
}
BENCHMARK(line_edges)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

const tensor& points() {
  static const tensor x = random_uniform({100'000, 3}, 1);
  return x;
}
void nearest(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(knn_graph(points(), 8));
}
void within_radius(benchmark::State& state) {
  constexpr double r = 0.02673;  // 4/3 pi r^3 * 100,000 = 8
  for (auto _ : state) benchmark::DoNotOptimize(radius_graph(points(), r));
  state.counters["edges"] = static_cast<double>(radius_graph(points(), r).num_edges());
}
BENCHMARK(nearest)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(within_radius)->Unit(benchmark::kMillisecond)->UseRealTime();

void drop(benchmark::State& state) {
  graph g = bench::graph_of(3);
  g.edata["w"] = random_normal({g.num_edges(), 1}, 1);
  for (auto _ : state) benchmark::DoNotOptimize(drop_edges(g, 0.1, 1));
}
BENCHMARK(drop)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
