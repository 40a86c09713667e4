// Message passing, with functors and folds that a user writes.
#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/reduction.hpp>
#include <edgefold/ops/drivers.hpp>
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/multi_update_all.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>

#include "scenario.hpp"

namespace stress {
namespace {

using namespace edgefold;

// A fold without `grad`, `merge` and `pivot`: backward sweeps it.
struct damped_sum {
  template <class T>
  struct state {
    T sum;
  };
  template <class T>
  state<T> init() const {
    return {T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {0.5 * s.sum + m * m};
  }
  template <class T>
  T finish(const state<T>& s, const T& degree) const {
    return s.sum / sqrt(degree);
  }
};

const auto gauss = [](auto x, auto y, auto w) {
  const auto d = x - y;
  return w * exp(-(d * d));
};

tensor trained(shape_type shape, std::uint64_t stream) {
  tensor t = random_normal(std::move(shape), 7, stream);
  t.set_requires_grad();
  return t;
}

// Forward and backward, into gradients that were there before. `Scheme` is a function of a graph and tensors.
template <class Scheme>
struct differentiated : scenario {
  graph g = generate::random_uniform(600, 6000, 5);
  tensor x = trained({600, 8}, 1), y = trained({600, 8}, 2), w = trained({6000, 1}, 3), out;

  differentiated() {
    set_num_threads(2);
    sum_all(x).backward();
    sum_all(w).backward();
  }
  ~differentiated() override { set_num_threads(0); }
  void run() override {
    tensor result = Scheme()(g, x, y, w);
    result.backward(ones(result.shape()));
    out = std::move(result);
  }
  void see(digest& d) const override {
    d.add(out);
    for (const tensor& t : {x, y, w}) d.add(t.grad());
  }
};

struct own_fold {
  tensor operator()(const graph& g, const tensor& x, const tensor& y, const tensor& w) const {
    return update_all(g, message(gauss, src(x), dst(y), edge(w)), damped_sum{});
  }
};
struct own_rows {
  tensor operator()(const graph& g, const tensor& x, const tensor&, const tensor& w) const {
    const auto f = [](const auto& a, const auto& b) { return (a * b(0)).reverse().eval(); };
    const auto vjp = [](const auto& up, const auto& a, const auto& b) {
      return std::tuple((up.reverse() * b(0)).eval(), Eigen::RowVectorXf::Constant(1, up.reverse().dot(a)).eval());
    };
    return update_all(g, message_rows(8, f, vjp, src(x), edge(w)), reduce::median{});
  }
};
struct attention {
  tensor operator()(const graph& g, const tensor& x, const tensor& y, const tensor& w) const {
    const tensor a = edge_softmax(g, apply_edges(g, dot(src(x), dst(y))));
    return update_all(g, mul(src(x), edge(a * w)), reduce::multi(reduce::max{}, reduce::log_sum_exp{}));
  }
};

frontiers order() {
  frontiers all;
  for (const std::vector<std::int64_t>& each : {std::vector<std::int64_t>{0, 1, 2}, {3, 4}, {5, 6, 7}})
    all.emplace_back(shape_type{std::ssize(each)}, std::span<const std::int64_t>(each));
  return all;
}

// Columns of a graph: each verb sets one, when all is done.
struct columns final : scenario {
  graph g = generate::random_uniform(60, 600, 6);
  columns() {
    g.ndata["h"] = random_normal({60, 5}, 1);
    g.edata["w"] = random_normal({600, 1}, 2);
  }
  void run() override {
    graph work = g;
    work.update_all(u_mul_e("h", "w"), damped_sum{}, "out");
    work.apply_edges(add(src("h"), dst("out")), "e");
    work.pull({1, 5, 7}, copy_u("h"), reduce::std{}, "h");
    prop_nodes(work, order(), copy_u("h"), reduce::mean{}, "h");
    g = std::move(work);
  }
  void see(digest& d) const override { d.add(g); }
};
// The same, each verb on the graph that must not change.
struct propagation final : scenario {
  graph g = generate::random_uniform(60, 600, 6);
  propagation() { g.ndata["h"] = random_normal({60, 5}, 1); }
  void run() override { prop_nodes(g, order(), copy_u("h"), reduce::mean{}, "h"); }
  void see(digest& d) const override { d.add(g); }
};

struct relations final : scenario {
  hetero_graph g{{{"user", 5}, {"game", 4}, {"shop", 2}},
                 {{{"user", "follows", "user"}, {0, 1, 4, 3}, {1, 2, 0, 1}},
                  {{"user", "plays", "game"}, {0, 1, 2, 4}, {0, 0, 1, 3}},
                  {{"shop", "sells", "game"}, {0, 1, 1}, {3, 2, 1}},
                  {{"user", "visits", "shop"}, {0, 1}, {1, 0}}}};
  relations() {
    g.nodes("user")["h"] = random_normal({5, 3}, 1);
    g.nodes("shop")["h"] = random_normal({2, 3}, 2);
    g.nodes("game")["out"] = random_normal({4, 3}, 3);
  }
  void run() override {
    g.multi_update_all("out", reduce::max{}, along("follows", copy_u("h"), reduce::sum{}),
                       along("plays", copy_u("h"), reduce::mean{}), along("sells", copy_u("h"), reduce::sum{}),
                       along("visits", copy_u("h"), reduce::sum{}));
  }
  void see(digest& d) const override {
    for (const std::string& type : g.vertex_types()) d.add(g.nodes(type));
  }
};

// What a graph builds when it is first asked for.
struct groups final : scenario {
  graph g = generate::random_uniform(3000, 30'000, 8);
  std::int64_t degree = 0;
  void run() override { degree = g.topology().out_edges().degree(5); }
  void see(digest& d) const override { d.add(degree); }
};

}  // namespace

std::vector<named_scenario> message_scenarios() {
  return {a_scenario<differentiated<own_fold>>("fold"),
          a_scenario<differentiated<own_rows>>("message_rows"),
          a_scenario<differentiated<attention>>("attention"),
          a_scenario<columns>("columns"),
          a_scenario<propagation>("prop_nodes"),
          a_scenario<relations>("multi_update_all"),
          a_scenario<groups>("out_edges")};
}

}  // namespace stress
