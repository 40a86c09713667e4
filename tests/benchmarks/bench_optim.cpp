// Steps of the optimisers on 8 M parameters, and clipping: all bound by memory. bytes_per_second counts each array that
// is read or written once a pass.
#include <edgefold/core/random.hpp>
#include <edgefold/models/train/clip_grad.hpp>
#include <edgefold/models/train/optim.hpp>

#include <benchmark/benchmark.h>

using namespace edgefold;

namespace {

constexpr std::int64_t size = 8 << 20;

tensor parameter() {
  tensor p = random_normal({size}, 1);
  p.set_requires_grad();
  p.backward(random_normal({size}, 2));
  return p;
}

void count(benchmark::State& state, std::int64_t arrays) {
  state.SetBytesProcessed(state.iterations() * arrays * size * std::int64_t{sizeof(float)});
}

template <class Optimizer, class Options>
void run(benchmark::State& state, Options options, std::int64_t arrays) {
  Optimizer opt({parameter()}, options);
  for (auto _ : state) opt.step();
  count(state, arrays);
}
void sgd_plain(benchmark::State& state) { run<sgd>(state, sgd_options{}, 3); }
void sgd_momentum(benchmark::State& state) { run<sgd>(state, sgd_options{.momentum = 0.9}, 5); }
void adam_step(benchmark::State& state) { run<adam>(state, adam_options{}, 7); }
void adamw_step(benchmark::State& state) { run<adamw>(state, adamw_options{}, 7); }

void clip(benchmark::State& state) {
  const tensor p = parameter();
  for (auto _ : state) benchmark::DoNotOptimize(clip_grad_norm({p}, 1e9));  // the norm alone
  count(state, 1);
}

BENCHMARK(sgd_plain)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(sgd_momentum)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(adam_step)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(adamw_step)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(clip)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
