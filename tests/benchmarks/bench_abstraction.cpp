// The penalty of the abstraction: functor and reducer through the engine against the loop one would write by hand for
// that operation alone. Same graph, same order of edges, one thread each, in turn.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <cmath>

#include <support/user_reducers.hpp>

#include "common.hpp"

using namespace edgefold;

namespace {

constexpr std::int64_t width = 64;

struct setting {
  const graph& g;
  tensor x = random_normal({g.num_vertices(), width}, 1), w = random_normal({g.num_edges(), 1}, 2);
  tensor out = tensor::uninitialized({g.num_vertices(), width});
};
setting& setting_of(std::int64_t which) {
  static setting all[] = {{bench::graph_of(0)}, {bench::graph_of(1)}};
  set_num_threads(1);
  return all[which];
}

// sum of w * x, by hand: the row of the destination in local accumulators that the compiler keeps in registers.
void hand_weighted_sum(const setting& s, float* out) {
  const edge_groups& in = s.g.topology().in_edges();
  const float* x = s.x.data();
  const float* w = s.w.data();
  for (std::int64_t v = 0; v < in.num_groups; ++v) {
    float sum[width] = {};
    for (std::int64_t k = in.offsets[v]; k < in.offsets[v + 1]; ++k) {
      const float* row = x + std::int64_t{in.neighbors[k]} * width;
      const float* later = x + std::int64_t{in.neighbors[std::min(k + 12, in.num_edges - 1)]} * width;
      for (int c = 0; c < width; c += 16) __builtin_prefetch(later + c);
      for (int c = 0; c < width; ++c) sum[c] += w[k] * row[c];
    }
    std::copy_n(sum, width, out + v * width);
  }
}

// A user's gated message under a user's root-mean-square.
using testing::root_mean_square;
constexpr auto gated = [](auto x, auto w) { return where(x > w, x, w * x); };

void hand_gated_rms(const setting& s, float* out) {
  const edge_groups& in = s.g.topology().in_edges();
  const float* x = s.x.data();
  const float* w = s.w.data();
  for (std::int64_t v = 0; v < in.num_groups; ++v) {
    float sum[width] = {};
    for (std::int64_t k = in.offsets[v]; k < in.offsets[v + 1]; ++k) {
      const float* row = x + std::int64_t{in.neighbors[k]} * width;
      const float* later = x + std::int64_t{in.neighbors[std::min(k + 12, in.num_edges - 1)]} * width;
      for (int c = 0; c < width; c += 16) __builtin_prefetch(later + c);
      for (int c = 0; c < width; ++c) {
        const float m = row[c] > w[k] ? row[c] : w[k] * row[c];
        sum[c] += m * m;
      }
    }
    const auto degree = static_cast<float>(in.degree(v));
    for (int c = 0; c < width; ++c) out[v * width + c] = degree > 0 ? std::sqrt(sum[c] / degree) : 0;
  }
}

void weighted_sum_by_hand(benchmark::State& state) {
  setting& s = setting_of(state.range(0));
  for (auto _ : state) hand_weighted_sum(s, s.out.mutable_data());
  bench::report(state, s.g, width);
}
void weighted_sum_engine(benchmark::State& state) {
  setting& s = setting_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(update_all(s.g, u_mul_e(s.x, s.w), reduce::sum{}));
  bench::report(state, s.g, width);
}
void gated_rms_by_hand(benchmark::State& state) {
  setting& s = setting_of(state.range(0));
  for (auto _ : state) hand_gated_rms(s, s.out.mutable_data());
  bench::report(state, s.g, width);
}
void gated_rms_engine(benchmark::State& state) {
  setting& s = setting_of(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(update_all(s.g, message(gated, src(s.x), edgefold::edge(s.w)), root_mean_square{}));
  bench::report(state, s.g, width);
}
BENCHMARK(weighted_sum_by_hand)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(weighted_sum_engine)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(gated_rms_by_hand)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(gated_rms_engine)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
