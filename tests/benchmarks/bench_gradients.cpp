// Forward and backward passes at width 64 (8 heads of 8 for attention), float32; argument: the graph. Beside the time:
// the peak of memory on top of what was there before, and how many times the inputs (the graph is one), results and
// gradients that is.
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

#include <fstream>
#include <string>

#include "common.hpp"

using namespace edgefold;

namespace {

// A line of /proc/self/status, in bytes.
double status(const std::string& name) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name)) return 1024 * std::stod(line.substr(name.size() + 1));
  return 0;
}
void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

// A user's standard deviation (Welford's recurrence): it says nothing of its gradient.
struct user_std {
  template <class T>
  struct state {
    T count, mean, squares;
  };
  template <class T>
  state<T> init() const {
    return {T(0), T(0), T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    const T n = s.count + 1, d = m - s.mean, mean = s.mean + d / n;
    return {n, mean, s.squares + d * (m - mean)};
  }
  template <class T>
  T finish(const state<T>& s, const T& degree) const {
    return sqrt(s.squares / degree + 1e-6);
  }
};

struct inputs {
  const graph& g;
  tensor x, heads, left, right, weight, attention, up;
  explicit inputs(std::int64_t which)
      : g(bench::graph_of(which)),
        x(random_normal({g.num_vertices(), 64}, 1)),
        heads(random_normal({g.num_vertices(), 8, 8}, 2)),
        left(random_normal({g.num_vertices(), 8, 1}, 3)),
        right(random_normal({g.num_vertices(), 8, 1}, 4)),
        weight(random_normal({g.num_edges(), 1}, 5)),
        attention(random_normal({1, 8, 8}, 6)),
        up(random_normal({g.num_vertices(), 64}, 7)) {
    g.topology().out_edges();
  }
};

const inputs& inputs_of(std::int64_t which) {
  static std::map<std::int64_t, inputs> all;
  return all.try_emplace(which, which).first->second;
}

// `operation(in)` of leaves among the inputs; the same once more with nothing kept of freed memory, for its peak.
template <class Operation>
void run(benchmark::State& state, const std::vector<tensor inputs::*>& leaves, Operation&& operation) {
  inputs in = inputs_of(state.range(0));
  auto pass = [&] {
    for (auto leaf : leaves) (in.*leaf).zero_grad();
    const tensor out = operation(in);
    out.backward(in.up.reshape(out.shape()));
    return 4.0 * static_cast<double>(2 * out.size());
  };
  // The graph: both ends of each edge; other end and id in both groupings, and offsets.
  double bytes = 24.0 * static_cast<double>(in.g.num_edges()) + 16.0 * static_cast<double>(in.g.num_vertices());
  for (auto leaf : leaves) {
    in.*leaf = (in.*leaf).clone().set_requires_grad();
    bytes += 4.0 * static_cast<double>(2 * (in.*leaf).size());
  }
  for (auto _ : state) pass();
  set_memory_cache(0);
  for (auto leaf : leaves) (in.*leaf).zero_grad();
  forget_peak();
  const double before = status("VmRSS:");
  bytes += pass();
  const double peak = status("VmHWM:") - before;
  set_memory_cache(std::size_t{3} << 30);
  state.counters["peak_MB"] = peak * 1e-6;
  state.counters["inputs_outputs_MB"] = bytes * 1e-6;
  state.counters["times"] = peak / bytes;
}

#define BENCH(name, leaves, ...)                                                                    \
  void name(benchmark::State& state) {                                                              \
    run(state, std::vector<tensor inputs::*> leaves, [](const inputs& in) { return __VA_ARGS__; }); \
  }                                                                                                 \
  BENCHMARK(name)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime()
#define LEAVES(...) \
  { __VA_ARGS__ }

BENCH(copy_u_sum, LEAVES(&inputs::x), update_all(in.g, copy_u(in.x), reduce::sum{}));
BENCH(copy_u_max, LEAVES(&inputs::x), update_all(in.g, copy_u(in.x), reduce::max{}));
BENCH(u_mul_e_sum, LEAVES(&inputs::x, &inputs::weight), update_all(in.g, u_mul_e(in.x, in.weight), reduce::sum{}));
BENCH(log_sum_exp, LEAVES(&inputs::x), update_all(in.g, copy_u(in.x), reduce::log_sum_exp{}));
BENCH(gat, LEAVES(&inputs::heads, &inputs::left, &inputs::right),
      update_all(in.g,
                 mul(src(in.heads),
                     edge(edge_softmax(in.g,
                                       apply_edges(in.g, message([](auto u, auto v) { return leaky_relu(u + v, 0.2); },
                                                                 src(in.left), dst(in.right)))))),
                 reduce::sum{}));
BENCH(gatv2, LEAVES(&inputs::heads, &inputs::attention),
      update_all(in.g,
                 mul(src(in.heads),
                     edge(edge_softmax(
                         in.g, apply_edges(in.g, sum_last(message(
                                                     [](auto u, auto v, auto a) { return a * leaky_relu(u + v, 0.2); },
                                                     src(in.heads), dst(in.heads), edgefold::shared(in.attention))))))),
                 reduce::sum{}));
BENCH(user_gate_user_std, LEAVES(&inputs::x, &inputs::weight),
      update_all(in.g,
                 message([](auto u, auto v, auto e) { return sigmoid(u * e) * v; }, src(in.x), dst(in.up),
                         edge(in.weight)),
                 user_std{}));

}  // namespace
