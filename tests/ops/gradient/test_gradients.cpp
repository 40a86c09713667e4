// Gradients of message passing against central differences: every kind of message, reducer and driver, and functors and
// folds that ship nowhere.
#include <edgefold/ops/dense/grad_check.hpp>
#include <edgefold/ops/drivers.hpp>
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/segment.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

#include <support/gradients.hpp>
#include <support/user_reducers.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("gradients: of every operand, on whichever side") {
  const auto gauss = [](auto x, auto y, auto e, auto s) {
    auto d = x - y;
    return s * exp(-(d * d)) + e * x;
  };
  for (const shape_type& dims : {shape_type{1}, {5}, {3, 4}, {37}, {2, 16}}) {
    const checked_function f = [&](const inputs_of& x) {
      return update_all(some_graph(), message(gauss, src(x[0]), dst(x[1]), edge(x[2]), shared(x[3])), reduce::sum{});
    };
    CHECK_GRADIENTS(f, {normal(7, dims), normal(7, dims, 1), normal(16, dims, 2), normal(1, dims, 3)});
  }
}

TEST_CASE("gradients: broadcast operands get the sum over what they were spread") {
  const checked_function f = [](const inputs_of& x) {
    return update_all(some_graph(),
                      message([](auto a, auto b, auto c) { return a * b * c + b; }, src(x[0]), edge(x[1]), dst(x[2])),
                      reduce::mean{});
  };
  const std::vector<std::vector<shape_type>> cases{
      {{3, 8}, {3, 1}, {1, 8}}, {{3, 1}, {1, 8}, {3, 8}}, {{4, 5}, {5}, {1}},       {{2, 1}, {1, 3}, {}},
      {{1}, {19}, {1}},         {{8, 8}, {8, 1}, {8}},    {{2, 3, 4}, {3, 1}, {4}}, {{2, 1, 4}, {1}, {3, 1}}};
  for (const auto& dims : cases)
    CHECK_GRADIENTS(f, {normal(7, dims[0]), normal(16, dims[1], 1), normal(7, dims[2], 2)});
}

TEST_CASE("gradients: inner products and other sums over the last dim") {
  const checked_function scores = [](const inputs_of& x) {  // GATv2's
    return apply_edges(some_graph(), sum_last(message([](auto u, auto v, auto a) { return a * leaky_relu(u + v, 0.2); },
                                                      src(x[0]), dst(x[1]), shared(x[2]))));
  };
  for (const shape_type& dims : {shape_type{5}, {3, 8}, {2, 40}, {4, 1}})
    CHECK_GRADIENTS(scores, {normal(7, dims), normal(7, dims, 1), normal(1, dims, 2)});
  const checked_function summed = [](const inputs_of& x) {
    return update_all(some_graph(), dot(edge(x[0]), src(x[1])), reduce::sum{});
  };
  CHECK_GRADIENTS(summed, {normal(16, {3, 8}), normal(7, {3, 8}, 1)});
  const checked_function smooth_greatest = [](const inputs_of& x) {
    return update_all(some_graph(), dot(dst(x[0]), src(x[1])), reduce::log_sum_exp{});
  };
  CHECK_GRADIENTS(smooth_greatest, {normal(7, {2, 8}), normal(7, {2, 8}, 1)});
  const checked_function greatest = [](const inputs_of& x) {
    return update_all(some_graph(), dot(dst(x[0]), src(x[1])), reduce::max{});
  };
  CHECK_GRADIENTS(greatest, {normal(7, {2, 8}), normal(7, {2, 8}, 1)});
  const checked_function folded = [](const inputs_of& x) {
    return update_all(some_graph(), dot(dst(x[0]), src(x[1])), range{});
  };
  CHECK_GRADIENTS(folded, {normal(7, {2, 8}), normal(7, {2, 8}, 1)});
}

TEST_CASE("gradients: copied rows, whose gradients are sums of rows or of what was spread over them") {
  for (const shape_type& dims : {shape_type{1}, {5}, {3, 8}, {80}}) {
    for (const bool of_vertices : {false, true}) {
      const checked_function f = [=](const inputs_of& x) {
        return update_all(some_graph(), copy(of_vertices ? src(x[0]) : edge(x[0])), reduce::sum{});
      };
      const checked_function on_edges = [=](const inputs_of& x) {
        return apply_edges(some_graph(), copy(of_vertices ? dst(x[0]) : shared(x[0])));
      };
      const checked_function last = [=](const inputs_of& x) {
        return apply_edges(some_graph(), sum_last(copy(of_vertices ? src(x[0]) : edge(x[0]))));
      };
      CHECK_GRADIENTS(f, {normal(of_vertices ? 7 : 16, dims)});
      CHECK_GRADIENTS(on_edges, {normal(of_vertices ? 7 : 1, dims)});
      CHECK_GRADIENTS(last, {normal(of_vertices ? 7 : 16, dims)});
    }
  }
}

// One functor for all reducers: what is compiled for it alone is compiled once.
struct weighted {
  bool positive;
  template <class U, class E>
  auto operator()(const U& u, const E& e) const {
    return positive ? exp(u * e) : u * e + e;
  }
};

template <class R>
void check_reducer(const R& r, bool positive = false) {
  for (const shape_type& dims : {shape_type{1}, {5}, {3, 4}, {35}}) {
    const checked_function f = [&](const inputs_of& x) {
      return update_all(some_graph(), message(weighted{positive}, src(x[0]), edge(x[1])), r);
    };
    CHECK_GRADIENTS(f, {normal(7, dims), normal(16, dims, 1)});
  }
}

TEST_CASE("gradients: sum, mean, max, min, prod") {
  check_reducer(reduce::sum{});
  check_reducer(reduce::mean{});
  check_reducer(reduce::max{});
  check_reducer(reduce::min{});
  check_reducer(reduce::prod{});
}
TEST_CASE("gradients: var, std") {
  check_reducer(reduce::var{});
  // std has a kink where a node has one message only
  const checked_function f = [](const inputs_of& x) {
    return update_all(complete_graph(), u_mul_e(x[0], x[1]), reduce::std{});
  };
  CHECK_GRADIENTS(f, {normal(5, {9}), normal(20, {9}, 1)});
}
TEST_CASE("gradients: log_sum_exp, softmax, power_mean") {
  check_reducer(reduce::log_sum_exp{});
  check_reducer(reduce::softmax{.beta = 0.7});
  check_reducer(reduce::power_mean{.p = 3}, true);
}
TEST_CASE("gradients: median, quantile") {
  check_reducer(reduce::median{});
  check_reducer(reduce::quantile{.q = 0.3});
}
TEST_CASE("gradients: several reducers in one pass") {
  check_reducer(reduce::multi(reduce::mean{}, reduce::var{}, reduce::max{}));
  check_reducer(reduce::multi(reduce::sum{}, range{}, reduce::power_mean{.p = 2}), true);
}

TEST_CASE("gradients: reducers of users, without a word about their gradient") {
  check_reducer(range{});
  check_reducer(running_log_sum_exp{});
  check_reducer(harmonic_mean{}, true);
  check_reducer(reduce::fold<2>(
      {0, 0},
      [](auto s, auto m) {
        s[0] += m;
        s[1] += m * m * m;
        return s;
      },
      [](auto s, auto n) { return s[1] / n - s[0] / n * (s[0] / n); }));
}
TEST_CASE("gradients: reducers of users with a closed form") { check_reducer(squares_with_gradient{}); }

TEST_CASE("gradients: a mailbox with a vjp, also where the result is narrower") {
  const auto squares = [](const auto& m) { return m.array().square().colwise().sum().matrix().eval(); };
  const auto squares_vjp = [](const auto& m, const auto& g) { return (2 * m * g.asDiagonal()).eval(); };
  check_reducer(reduce::mailbox(squares, squares_vjp));
  const auto total = [](const auto& m) {
    using row = Eigen::Matrix<double, 1, Eigen::Dynamic>;
    return row(row::Constant(1, m.array().cube().sum()));
  };
  const auto total_vjp = [](const auto& m, const auto& g) { return (3 * g(0) * m.array().square()).matrix().eval(); };
  check_reducer(reduce::mailbox(1, total, total_vjp));
}

TEST_CASE("gradients: messages of whole rows") {
  const checked_function f = [](const inputs_of& x) {
    const auto outer = [](const auto& u, const auto& e) { return (u * e.sum()).eval(); };
    const auto vjp = [](const auto& g, const auto& u, const auto& e) {
      using row = Eigen::Matrix<double, 1, Eigen::Dynamic>;
      return std::tuple(row(g * e.sum()), row(row::Constant(e.size(), g.dot(u))));
    };
    const auto m = message_rows(5, outer, vjp, src(x[0]), edge(x[1]));
    return update_all(some_graph(), m, reduce::sum{}) * update_all(some_graph(), m, reduce::log_sum_exp{}) *
               update_all(some_graph(), m, reduce::max{}) +
           update_all(some_graph(), m, range{}) + sum_last(update_all(some_graph(), m, reduce::median{}));
  };
  CHECK_GRADIENTS(f, {normal(7, {5}), normal(16, {3}, 1)});
  const checked_function on_edges = [](const inputs_of& x) {
    return apply_edges(some_graph(),
                       message_rows(
                           3, [](const auto& v) { return (2 * v.reverse()).eval(); },
                           [](const auto& g, const auto&) { return (2 * g.reverse()).eval(); }, dst(x[0])));
  };
  CHECK_GRADIENTS(on_edges, {normal(7, {3})});
}

}  // namespace
}  // namespace edgefold
