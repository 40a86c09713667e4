// How the cost of an edge grows with the graph and with the row: weighted sums on uniform graphs of 50 edges a vertex.
// Arguments: edges, features. What takes more than 8 GiB is left out.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include "common.hpp"

using namespace edgefold;

namespace {

void growth(benchmark::State& state) {
  const std::int64_t edges = state.range(0), vertices = edges / 50, width = state.range(1);
  static std::pair<std::int64_t, graph> last;  // cases of one graph follow one another
  if (last.first != edges)
    last = {0, graph()}, last = {edges, bench::sorted(generate::random_uniform(vertices, edges, 1))};
  const graph& g = last.second;
  const tensor x = random_normal({vertices, width}, 1), w = random_normal({edges, 1}, 2);
  for (auto _ : state) benchmark::DoNotOptimize(update_all(g, u_mul_e(x, w), reduce::sum{}));
  state.counters["ns/(edge feature)"] =
      benchmark::Counter(static_cast<double>(edges * width) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["MiB of rows"] = static_cast<double>(vertices * width * 4) / (1 << 20);
}

void cases(benchmark::internal::Benchmark* b) {
  for (std::int64_t edges = 10'000; edges <= 100'000'000; edges *= 10)
    for (std::int64_t width = 1; width <= 1024; width *= 4)
      if (edges / 50 * width * 8 + edges * 16 < std::int64_t{8} << 30) b->Args({edges, width});
}
BENCHMARK(growth)->Apply(cases)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
