// Ours of each case that compare.py compares, on the arrays of peer_arrays: bench_peers ARRAYS RESULTS THREADS [options
// of Google Benchmark]. Before the clock runs, each case writes its result to RESULTS and notes how much memory it
// took.
#include <sys/resource.h>

#include <cstdio>
#include <fstream>

#include <edgefold/models/capsule.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

#include "../common.hpp"
#include "peer_case.hpp"

using namespace edgefold;
using namespace edgefold::bench;

namespace {

// As bench::user_std, a fold of the user's own.
struct user_log_sum_exp {
  template <class T>
  struct state {
    T top, sum;
  };
  template <class T>
  state<T> init() const {
    return {T(-std::numeric_limits<float>::infinity()), T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    const auto small = exp(-abs(m - s.top));
    return {max(s.top, m), where(m > s.top, s.sum * small + 1, s.sum + small)};
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return s.top + log(s.sum);
  }
};

long peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
  return 0;
}

void measure(benchmark::State& state, const std::string& name, const std::function<operation()>& make) {
  const operation op = make();  // reads what is not part of the time
  release_memory();
  std::ofstream("/proc/self/clear_refs") << '5';  // the peak counts from here
  const long before = peak_kib();
  tensor result = op();
  const double mib = static_cast<double>(peak_kib() - before) / 1024;
  std::string file = name;
  std::replace(file.begin(), file.end(), '/', '-');
  write_npy(places().results / (file + ".npy"), result);
  result = tensor();
  for (int i = 0; i < 2; ++i) op();
  for (auto _ : state) benchmark::DoNotOptimize(op());
  state.counters["MiB"] = mib;
}

}  // namespace

void bench::add(const std::string& name, const std::function<operation()>& make) {
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& s) { measure(s, name, make); })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

namespace {

// A case that gives the gradient of sum(up * f(x)) with regard to x, with up = 1.
template <class F>
operation gradient(const tensor& x, F f) {
  return [x = x.clone(), f]() mutable {
    x.set_requires_grad();
    x.zero_grad();
    const tensor y = f(x);
    y.backward(full<float>(y.shape(), 1));
    return x.grad();
  };
}

tensor gat(const graph& g, const tensor& x, const tensor& el, const tensor& er) {
  const tensor s = apply_edges(g, message([](auto u, auto v) { return leaky_relu(u + v, 0.2); }, src(el), dst(er)));
  return update_all(g, u_mul_e(x, edge_softmax(g, s)), reduce::sum{});
}

void add_cases(const std::string& graph_name) {
  const auto in = std::make_shared<input>(graph_name);
  const auto on = [&](const std::string& name, auto f) {
    add(name + '/' + graph_name, [in, f]() -> operation {
      in->g(), f(*in);  // reads the arrays, once
      return [in, f] { return f(*in); };
    });
  };
  for (const std::string w : {"16", "64", "256"}) {
    const std::string x = "x" + w;
    on("copy_u_sum/" + w, [x](const input& i) { return update_all(i.g(), copy_u(i(x)), reduce::sum{}); });
    on("copy_u_max/" + w, [x](const input& i) { return update_all(i.g(), copy_u(i(x)), reduce::max{}); });
    on("copy_u_mean/" + w, [x](const input& i) { return update_all(i.g(), copy_u(i(x)), reduce::mean{}); });
  }
  for (const std::string w : {"1", "16", "64", "256"})
    on("u_mul_e_sum/" + w,
       [x = "x" + w](const input& i) { return update_all(i.g(), u_mul_e(i(x), i("w1")), reduce::sum{}); });
  on("u_dot_v/64", [](const input& i) { return apply_edges(i.g(), u_dot_v(i("x64"), i("y64"))); });
  on("u_add_v/64", [](const input& i) { return apply_edges(i.g(), u_add_v(i("x64"), i("y64"))); });
  on("edge_softmax/1", [](const input& i) { return edge_softmax(i.g(), i("w1")); });
  on("edge_softmax/8", [](const input& i) { return edge_softmax(i.g(), i("w8")); });
  on("gat/8x8", [](const input& i) { return gat(i.g(), i("x64").reshape({-1, 8, 8}), i("el"), i("er")); });
  on("gatv2/8x8", [](const input& i) {
    const tensor left = i("x64").reshape({-1, 8, 8}), right = i("y64").reshape({-1, 8, 8});
    const auto score = [](auto u, auto v, auto a) { return a * leaky_relu(u + v, 0.2); };
    const tensor s = apply_edges(i.g(), sum_last(message(score, src(left), dst(right), edgefold::shared(i("attn")))));
    return update_all(i.g(), u_mul_e(left, edge_softmax(i.g(), s)), reduce::sum{});
  });
  on("edge_conv_max/64", [](const input& i) { return update_all(i.g(), u_sub_v(i("x64"), i("y64")), reduce::max{}); });
  on("user_std/64", [](const input& i) { return update_all(i.g(), copy_u(i("x64")), bench::user_std{}); });
  on("user_log_sum_exp/64", [](const input& i) { return update_all(i.g(), copy_u(i("x64")), user_log_sum_exp{}); });
  on("softmax_sum/64", [](const input& i) { return update_all(i.g(), copy_u(i("x64")), reduce::softmax{}); });
  on("median/64", [](const input& i) { return update_all(i.g(), copy_u(i("x64")), reduce::median{}); });

  const auto both = [&](const std::string& name, const std::string& array, auto f) {
    add(name + "/backward/" + graph_name, [in, array, f]() -> operation {
      in->g(), f(*in, (*in)(array));
      return gradient((*in)(array), [in, f](const tensor& x) { return f(*in, x); });
    });
  };
  both("copy_u_sum/64", "x64",
       [](const input& i, const tensor& x) { return update_all(i.g(), copy_u(x), reduce::sum{}); });
  both("copy_u_max/64", "x64",
       [](const input& i, const tensor& x) { return update_all(i.g(), copy_u(x), reduce::max{}); });
  add("u_mul_e_sum/64/backward/" + graph_name, [in]() -> operation {  // with regard to both
    in->g();
    tensor w = (*in)("w1").clone();
    return gradient((*in)("x64"), [in, w](const tensor& x) mutable {
      w.set_requires_grad();
      w.zero_grad();
      return update_all(in->g(), u_mul_e(x, w), reduce::sum{});
    });
  });
  add("gat/8x8/backward/" + graph_name, [in]() -> operation {
    in->g();
    tensor el = (*in)("el").clone(), er = (*in)("er").clone();
    return gradient((*in)("x64").reshape({-1, 8, 8}), [in, el, er](const tensor& x) mutable {
      for (tensor* t : {&el, &er}) t->set_requires_grad(), t->zero_grad();
      return gat(in->g(), x, el, er);
    });
  });
}

void add_routing() {
  const auto in = std::make_shared<input>("routing");
  const graph g = generate::complete_block(1152, 10);
  add("routing/128",
      [in, g]() -> operation { return [in, g, u = (*in)("u_hat")] { return dynamic_routing(g, u, 3); }; });
  add("routing/128/backward", [in, g]() -> operation {
    return [g, u = (*in)("u_hat").clone(), up = (*in)("up")]() mutable {
      u.set_requires_grad();
      u.zero_grad();
      dynamic_routing(g, u, 3).backward(up);
      return u.grad();
    };
  });
  add("tutorial/10", [in]() -> operation {
    return [layer = std::make_shared<routing_layer>(20, 10, 4), u = (*in)("tutorial")] {
      layer->reset();
      for (int i = 0; i < 10; ++i) (*layer)(u);
      return slice(tensor(layer->g.dstdata["v"]), 0, 20, 30);
    };
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::fputs("usage: bench_peers ARRAYS RESULTS THREADS [--benchmark_...]\n", stderr), 2;
  places() = {argv[1], argv[2]};
  create_directories(places().results);
  set_num_threads(std::atoi(argv[3]));
  argv[3] = argv[0], argc -= 3, argv += 3;
  add_cases("rmat");
  add_cases("uniform");
  add_routing();
  add_models();
  add_transforms();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
