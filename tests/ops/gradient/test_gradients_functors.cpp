// Gradients against central differences: functors in all their forms, parts of a graph, softmax, segments, arithmetic.
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

TEST_CASE("gradients: functors that assign to their arguments, or give them one type") {
  const checked_function assigns = [](const inputs_of& x) {
    const auto horner = [](auto u, auto e) {
      auto s = u;
      s = s * e + u;
      s += e;
      return s * u;
    };
    return update_all(some_graph(), message(horner, src(x[0]), edge(x[1])), reduce::sum{});
  };
  CHECK_GRADIENTS(assigns, {normal(7, {9}), normal(16, {9}, 1)});
  const checked_function one_type = [](const inputs_of& x) {
    return update_all(
        some_graph(),
        message([]<class T>(T u, T v, T e) { return u * v / (1 + e * e); }, src(x[0]), dst(x[1]), edge(x[2])),
        reduce::var{});
  };
  CHECK_GRADIENTS(one_type, {normal(7, {9}), normal(7, {9}, 1), normal(16, {1}, 2)});
}

TEST_CASE("gradients: every function that a functor may call") {
  const checked_function f = [](const inputs_of& x) {
    const auto all = [](auto u, auto p, auto e) {
      auto a = exp(u) + log(p) + tanh(u) * sqrt(p) + pow(p, 2.5) + pow(p, u) + pow(2.0, u) + sin(u) - cos(u * 2);
      auto b =
          sigmoid(u) + relu(u) * leaky_relu(e, 0.1) + softplus(u) + elu(u) + log1p(p) + expm1(u) + rsqrt(p) + abs(u);
      auto c =
          where(u < e, u * e, e) + max(u, e) + min(u, 0.25) + max(0.5, e) + where(e > 0, 1, u) - (-u) / (3 - p) + 2 / p;
      return a * b + c / (1 + e * e) + (u - 1) * (2 + e) / 3;
    };
    const auto positive = exp(x[1]);
    return update_all(some_graph(), message(all, src(x[0]), dst(positive), edge(x[2])), reduce::sum{});
  };
  CHECK_GRADIENTS(f, {normal(7, {9}), normal(7, {9}, 1), normal(16, {9}, 2)});
}

TEST_CASE("gradients: parts of a graph") {
  const auto m = [](const inputs_of& x) {
    return message([](auto u, auto v, auto e) { return u * v * e; }, src(x[0]), dst(x[1]), edge(x[2]));
  };
  const std::vector<checked_function> functions{
      [&](const inputs_of& x) {
        return pull(some_graph(), {4, 1, 1, 0}, m(x), reduce::sum{});
      },
      [&](const inputs_of& x) {
        return push(some_graph(), {2, 0}, m(x), reduce::max{});
      },
      [&](const inputs_of& x) {
        return send_and_recv(some_graph(), {15, 3, 4, 9, 0}, m(x), reduce::log_sum_exp{});
      },
      [&](const inputs_of& x) {
        return send_and_recv(some_graph(), {15, 3, 4, 9, 0}, m(x), range{});
      },
      [&](const inputs_of& x) {
        graph g = some_graph();
        g.ndata["h"] = x[0];
        prop_nodes(g, bfs_nodes(g, {0}),
                   message([](auto u, auto e) { return sin(u) * e; }, src<double>("h"), edge(x[2])), reduce::sum{},
                   "h");
        return g.ndata["h"].as<double>() + x[1];
      },
      [&](const inputs_of& x) {
        return apply_nodes(some_graph(), message([](auto a, auto b) { return a * exp(b); }, node(x[0]), node(x[1])));
      }};
  for (const checked_function& f : functions)
    CHECK_GRADIENTS(f, {normal(7, {3}), normal(7, {3}, 1), normal(16, {1}, 2)});
}

TEST_CASE("gradients: softmax and segments") {
  const std::vector<checked_function> functions{
      [](const inputs_of& x) { return edge_softmax(some_graph(), x[0]); },
      [](const inputs_of& x) { return edge_softmax(some_graph(), x[0], norm_by::src); },
      [](const inputs_of& x) {
        return segment_softmax({3, 0, 5, 8}, x[0]);
      },
      [](const inputs_of& x) {
        return segment_reduce({3, 0, 5, 8}, x[0], reduce::sum{});
      },
      [](const inputs_of& x) {
        return segment_reduce({3, 0, 5, 8}, x[0], reduce::max{});
      },
      [](const inputs_of& x) {
        return segment_reduce({3, 0, 5, 8}, x[0], range{});
      }};
  for (const checked_function& f : functions)
    for (const shape_type& dims : {shape_type{1}, {4}, {3, 2}, {21}}) CHECK_GRADIENTS(f, {normal(16, dims)});
  const checked_function subset = [](const inputs_of& x) { return edge_softmax(some_graph(), x[0], {1, 5, 9, 2}); };
  CHECK_GRADIENTS(subset, {normal(4, {3})});
}

TEST_CASE("gradients: arithmetic of tensors") {
  const checked_function f = [](const inputs_of& x) {
    return sum_last(tanh(x[0] * x[1]) / (2 + x[1] * x[1]) - sigmoid(x[2]) * 3 + exp(-x[0]) + clamp_min(x[2], 0.1)) +
           x[1];
  };
  CHECK_GRADIENTS(f, {normal(600, {3}), normal(600, {1}, 1), normal(1, {3}, 2)});
  CHECK_GRADIENTS(f, {normal(40, {60}), normal(40, {60}, 1), normal(40, {60}, 2)});
}

}  // namespace
}  // namespace edgefold
