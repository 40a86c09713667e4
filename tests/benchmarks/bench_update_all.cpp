// Message passing at width 64 (8 heads of 8 for attention), float32; argument: the graph.
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include "common.hpp"

using namespace edgefold;

namespace {

struct inputs {
  const graph& g;
  tensor x, y, heads, scores, weight;
  inputs(std::int64_t which, std::int64_t width)
      : g(bench::graph_of(which)),
        x(random_normal({g.num_vertices(), width}, 1)),
        y(random_normal({g.num_vertices(), width}, 2)),
        heads(x.reshape({g.num_vertices(), 8, width / 8})),
        scores(random_normal({g.num_edges(), 8, 1}, 3)),
        weight(random_normal({g.num_edges(), 1}, 4)) {}
};

const inputs& inputs_of(std::int64_t which, std::int64_t width) {
  static std::map<std::pair<std::int64_t, std::int64_t>, inputs> all;
  return all.try_emplace({which, width}, which, width).first->second;
}

template <class Operation>
void run(benchmark::State& state, Operation&& operation) {
  const inputs& in = inputs_of(state.range(0), 64);
  for (auto _ : state) benchmark::DoNotOptimize(operation(in));
  bench::report(state, in.g, 64);
}

#define BENCH(name, ...)                                      \
  void name(benchmark::State& state) {                        \
    run(state, [](const inputs& in) { return __VA_ARGS__; }); \
  }                                                           \
  BENCHMARK(name)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime()

BENCH(copy_u_sum, update_all(in.g, copy_u(in.x), reduce::sum{}));
BENCH(u_mul_e_sum, update_all(in.g, u_mul_e(in.x, in.weight), reduce::sum{}));
BENCH(copy_u_max, update_all(in.g, copy_u(in.x), reduce::max{}));
BENCH(copy_u_mean, update_all(in.g, copy_u(in.x), reduce::mean{}));
BENCH(copy_u_std, update_all(in.g, copy_u(in.x), reduce::std{}));
BENCH(edge_conv_max, update_all(in.g, u_sub_v(in.x, in.y), reduce::max{}));
BENCH(user_std_reducer, update_all(in.g, copy_u(in.x), bench::user_std{}));
BENCH(log_sum_exp, update_all(in.g, copy_u(in.x), reduce::log_sum_exp{}));
BENCH(softmax_sum, update_all(in.g, copy_u(in.x), reduce::softmax{}));
BENCH(median, update_all(in.g, copy_u(in.x), reduce::median{}));
BENCH(u_dot_v_edges, apply_edges(in.g, u_dot_v(in.x, in.y)));
BENCH(u_add_v_edges, apply_edges(in.g, u_add_v(in.x, in.y)));
BENCH(edge_softmax_1, edge_softmax(in.g, in.weight));
BENCH(edge_softmax_8, edge_softmax(in.g, in.scores));
BENCH(edge_softmax_8_by_src, edge_softmax(in.g, in.scores, norm_by::src));
BENCH(gat_aggregation, update_all(in.g, u_mul_e(in.heads, in.scores), reduce::sum{}));

// Attention with 8 heads of 8, from projected features on: scores, softmax, aggregation.
void gatv2(benchmark::State& state) {
  const inputs& in = inputs_of(state.range(0), 64);
  const tensor a = random_normal({1, 8, 8}, 7), left = in.heads, right = in.y.reshape(left.shape());
  for (auto _ : state) {
    const tensor s =
        apply_edges(in.g, sum_last(message([](auto u, auto v, auto w) { return w * leaky_relu(u + v, 0.2); }, src(left),
                                           dst(right), edgefold::shared(a))));
    benchmark::DoNotOptimize(update_all(in.g, u_mul_e(left, edge_softmax(in.g, s)), reduce::sum{}));
  }
}
BENCHMARK(gatv2)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

void gat(benchmark::State& state) {
  const inputs& in = inputs_of(state.range(0), 64);
  const tensor el = random_normal({in.g.num_vertices(), 8, 1}, 8), er = random_normal({in.g.num_vertices(), 8, 1}, 9);
  for (auto _ : state) {
    const tensor s =
        apply_edges(in.g, message([](auto u, auto v) { return leaky_relu(u + v, 0.2); }, src(el), dst(er)));
    benchmark::DoNotOptimize(update_all(in.g, u_mul_e(in.heads, edge_softmax(in.g, s)), reduce::sum{}));
  }
}
BENCHMARK(gat)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

void u_mul_e_sum_width(benchmark::State& state) {
  const inputs& in = inputs_of(state.range(0), state.range(1));
  for (auto _ : state) benchmark::DoNotOptimize(update_all(in.g, u_mul_e(in.x, in.weight), reduce::sum{}));
  bench::report(state, in.g, state.range(1));
}
BENCHMARK(u_mul_e_sum_width)->ArgsProduct({{0, 1}, {8, 16, 32, 256}})->Unit(benchmark::kMillisecond)->UseRealTime();

void u_mul_e_sum_width_1(benchmark::State& state) {
  const graph& g = bench::graph_of(state.range(0));
  const tensor x = random_normal({g.num_vertices(), 1}, 1), w = random_normal({g.num_edges(), 1}, 2);
  for (auto _ : state) benchmark::DoNotOptimize(update_all(g, u_mul_e(x, w), reduce::sum{}));
}
BENCHMARK(u_mul_e_sum_width_1)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
