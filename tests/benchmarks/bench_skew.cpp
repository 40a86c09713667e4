// Graphs of 5 million edges that share their work out unevenly, against one that does not: rows of 64 features, by
// destination (argument 0) and against the direction of the edges (1), which is what a gradient does.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include "common.hpp"

using namespace edgefold;

namespace {

constexpr std::int64_t edges = 5'000'000, vertices = 100'000;

// Both ends drawn, but the destination of one edge in `every` is vertex 0.
graph with_hub(std::int64_t every) {
  const auto a = random_integers({edges}, vertices, 1), b = random_integers({edges}, vertices, 2);
  auto src = basic_tensor<std::int32_t>::uninitialized({edges}), dst = src.clone();
  for (std::int64_t i = 0; i < edges; ++i) {
    src.mutable_data()[i] = static_cast<std::int32_t>(a.at(i));
    dst.mutable_data()[i] = every > 0 && i % every == 0 ? 0 : static_cast<std::int32_t>(b.at(i));
  }
  return graph::from_coo(src, dst, vertices);
}

void run(benchmark::State& state, const graph& any) {
  const graph g = bench::sorted(state.range(0) == 0 ? any : graph(any.topology().reversed()));
  const tensor x = random_normal({g.num_vertices(), 64}, 1);
  for (auto _ : state) benchmark::DoNotOptimize(update_all(g, copy_u(x), reduce::sum{}));
  bench::report(state, g, 64);
}

void uniform(benchmark::State& state) { run(state, with_hub(0)); }
void half_into_one(benchmark::State& state) { run(state, with_hub(2)); }
void star(benchmark::State& state) { run(state, with_hub(1)); }
BENCHMARK(uniform)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(half_into_one)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(star)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
