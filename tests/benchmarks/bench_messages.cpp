// What no other system has in one pass: messages of three operands, several reducers at once, rows that broadcast; and
// the cost of a call on a graph of twenty vertices. The argument is the graph (common.hpp), rows have 64 features.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include "common.hpp"

using namespace edgefold;

namespace {

template <class T>
struct inputs {
  const graph& g;
  basic_tensor<T> x, y, weight, scores;
  explicit inputs(std::int64_t which)
      : g(bench::graph_of(which)),
        x(random_normal<T>({g.num_vertices(), 64}, 1)),
        y(random_normal<T>({g.num_vertices(), 64}, 2)),
        weight(random_normal<T>({g.num_edges(), 1}, 3)),
        scores(random_normal<T>({g.num_edges(), 8, 1}, 4)) {}
};

template <class T, class Operation>
void run(benchmark::State& state, const Operation& operation) {
  const inputs<T> in(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(operation(in));
  bench::report(state, in.g, 64 * sizeof(T) / 4);
}

#define BENCH(name, T, ...)                                         \
  void name(benchmark::State& state) {                              \
    run<T>(state, [](const inputs<T>& in) { return __VA_ARGS__; }); \
  }                                                                 \
  BENCHMARK(name)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime()

// The sum of two operands as the reference of all below.
BENCH(sum_float, float, update_all(in.g, u_mul_e(in.x, in.weight), reduce::sum{}));
BENCH(sum_double, double, update_all(in.g, u_mul_e(in.x, in.weight), reduce::sum{}));

constexpr auto gated = [](auto u, auto v, auto e) { return u * sigmoid(v * e); };
constexpr auto scaled = [](auto u, auto v, auto e) { return e * (u - v); };
BENCH(three_operands, float, update_all(in.g, message(scaled, src(in.x), dst(in.y), edge(in.weight)), reduce::sum{}));
BENCH(three_operands_gated, float,
      update_all(in.g, message(gated, src(in.x), dst(in.y), edge(in.weight)), reduce::sum{}));

BENCH(multi_in_one_pass, float,
      update_all(in.g, copy_u(in.x), reduce::multi(reduce::mean{}, reduce::std{}, reduce::max{}, reduce::min{})));
BENCH(multi_in_four_passes, float,
      std::array{update_all(in.g, copy_u(in.x), reduce::mean{}), update_all(in.g, copy_u(in.x), reduce::std{}),
                 update_all(in.g, copy_u(in.x), reduce::max{}), update_all(in.g, copy_u(in.x), reduce::min{})});

// A weight for each of 8 heads of 8: (edges, 8, 1) against (vertices, 8, 8).
BENCH(broadcast_heads, float, update_all(in.g, u_mul_e(in.x.reshape({-1, 8, 8}), in.scores), reduce::sum{}));

void twenty_vertices(benchmark::State& state) {
  const graph g = generate::random_uniform(20, 100, 1);
  const tensor x = random_normal({20, 16}, 1), w = random_normal({100, 1}, 2);
  for (auto _ : state) benchmark::DoNotOptimize(update_all(g, u_mul_e(x, w), reduce::sum{}));
}
BENCHMARK(twenty_vertices)->Unit(benchmark::kMicrosecond);

}  // namespace
