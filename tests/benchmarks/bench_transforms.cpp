// Transforms of a uniform graph of 100,000 vertices and 5 M edges with one column of edges, numbered in no order.
#include "transforms.hpp"

#include "common.hpp"

using namespace edgefold;

namespace {

const bench::transform_input& input() {
  static const bench::transform_input in = [] {
    graph g = bench::graph_of(3);
    g.edata["w"] = random_normal({g.num_edges(), 1}, 2);
    g.topology().in_edges(), g.topology().out_edges();
    return bench::transform_input(g);
  }();
  return in;
}

[[maybe_unused]] const bool registered = [] {
  for (const bench::named_transform& t : bench::transforms)
    benchmark::RegisterBenchmark(t.name,
                                 [run = t.run](benchmark::State& state) {
                                   for (auto _ : state) benchmark::DoNotOptimize(run(input()));
                                 })
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  return true;
}();

}  // namespace
