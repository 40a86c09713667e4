// Capsule routing: CapsNet's layer for a mini-batch, and the ten calls of the tutorial.
#include <edgefold/models/capsule.hpp>

#include "common.hpp"

using namespace edgefold;

namespace {

void routing_1152x10x16_batch_128(benchmark::State& state) {
  const graph g = generate::complete_block(1152, 10);
  const tensor u_hat = random_normal({g.num_edges(), 128, 16}, 1);
  for (auto _ : state) benchmark::DoNotOptimize(dynamic_routing(g, u_hat, 3));
}
BENCHMARK(routing_1152x10x16_batch_128)->Unit(benchmark::kMillisecond)->UseRealTime();

void tutorial_ten_calls(benchmark::State& state) {
  routing_layer layer(20, 10, 4);
  const tensor u_hat = random_normal({200, 4}, 1);
  for (auto _ : state) {
    layer.reset();
    for (int i = 0; i < 10; ++i) layer(u_hat);
  }
}
BENCHMARK(tutorial_ten_calls)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
