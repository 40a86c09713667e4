// sum, mean, prod, max, min, any, all: what happens at the edges of their definition.
#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

constexpr float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();

// Vertex 0 gets the messages of 1, 2 and 3, vertex 1 that of 2; nobody reaches 2 and 3.
const graph& small_graph() {
  static const graph g({{1, 0}, {2, 0}, {3, 0}, {2, 1}});
  return g;
}

tensor column(std::initializer_list<float> values) { return tensor({std::ssize(values), 1}, values); }

template <class R>
tensor folded(const tensor& x, const R& r) {
  return update_all(small_graph(), copy_u(x), r);
}

TEST_CASE("reducers by hand") {
  const tensor x = column({9, 2, -3, 4});
  CHECK(same_bits(folded(x, reduce::sum{}), column({3, -3, 0, 0})));
  CHECK(same_bits(folded(x, reduce::mean{}), column({1, -3, 0, 0})));
  CHECK(same_bits(folded(x, reduce::prod{}), column({-24, -3, 1, 1})));
  CHECK(same_bits(folded(x, reduce::max{}), column({4, -3, 0, 0})));
  CHECK(same_bits(folded(x, reduce::min{}), column({-3, -3, 0, 0})));
}

TEST_CASE("empty: the value of a node without in-edges can be set") {
  const tensor x = column({9, 2, -3, 4});
  CHECK(same_bits(folded(x, reduce::max{.empty = -inf}), column({4, -3, -inf, -inf})));
  CHECK(same_bits(folded(x, reduce::min{.empty = 5}), column({-3, -3, 5, 5})));
  CHECK(same_bits(folded(x, reduce::sum{.empty = 7}), column({3, -3, 7, 7})));
  CHECK(same_bits(folded(x, reduce::mean{.empty = -1}), column({1, -3, -1, -1})));
  CHECK(same_bits(folded(x, reduce::prod{.empty = 0}), column({-24, -3, 0, 0})));
  CHECK(update_all(small_graph(), copy_u(x), reduce::any{.empty = true}).at(3));
  CHECK(!update_all(small_graph(), copy_u(x), reduce::all{.empty = false}).at(3));
  CHECK(std::isnan(folded(x, reduce::sum{.empty = nan}).at(2)));
}

TEST_CASE("a genuine infinity is kept") {
  const tensor low = column({0, -inf, -inf, -inf});
  CHECK(same_bits(folded(low, reduce::max{}), column({-inf, -inf, 0, 0})));
  CHECK(same_bits(folded(low, reduce::sum{}), column({-inf, -inf, 0, 0})));
  const tensor high = column({0, inf, inf, inf});
  CHECK(same_bits(folded(high, reduce::min{}), column({inf, inf, 0, 0})));
  CHECK(same_bits(folded(column({0, 1, -inf, 2}), reduce::min{}), column({-inf, -inf, 0, 0})));
}

TEST_CASE("max and min: NaN goes through, wherever it stands") {
  for (int at : {1, 2, 3}) {
    CAPTURE(at);
    tensor x = column({5, 1, 2, inf});
    x.data()[at] = nan;
    for (const tensor& out : {folded(x, reduce::max{}), folded(x, reduce::min{})}) {
      CHECK(std::isnan(out.at(0)));
      CHECK(std::isnan(out.at(1)) == (at == 2));
      CHECK(out.at(2) == 0);
    }
  }
}

TEST_CASE("any and all: a NaN is not 0, minus 0 is") {
  const auto truth = [](const tensor& x, const auto& r) { return update_all(small_graph(), copy_u(x), r); };
  using bools = basic_tensor<bool>;
  CHECK(same_bits(truth(column({1, 0, -0.f, 0}), reduce::any{}), bools({4, 1}, {false, false, false, false})));
  CHECK(same_bits(truth(column({0, 0, nan, 0}), reduce::any{}), bools({4, 1}, {true, true, false, false})));
  CHECK(same_bits(truth(column({0, 1, nan, 2}), reduce::all{}), bools({4, 1}, {true, true, true, true})));
  CHECK(same_bits(truth(column({1, 1, -0.f, 2}), reduce::all{}), bools({4, 1}, {false, false, true, true})));
}

TEST_CASE("no vertices, no edges, no features") {
  CHECK(update_all(graph(), copy_u(tensor({0, 3})), reduce::sum{}).shape() == shape_type{0, 3});
  const graph isolated = graph::from_coo(id_list(), id_list(), 4);
  CHECK(same_bits(update_all(isolated, u_add_v(ones({4, 2}), ones({4, 2})), reduce::max{.empty = 3}),
                  full<float>({4, 2}, 3)));
  CHECK(update_all(small_graph(), copy_u(tensor({4, 0})), reduce::mean{}).shape() == shape_type{4, 0});
  CHECK(update_all(small_graph(), copy_u(tensor({4, 0, 3})), reduce::max{}).shape() == shape_type{4, 0, 3});
  CHECK(same_bits(update_all(small_graph(), copy_u(ones({4})), reduce::sum{}), tensor({4}, {3, 1, 0, 0})));
}

TEST_CASE("a block: sources and destinations are different sets") {
  graph g = graph::bipartite({0, 4, 4}, {1, 0, 1}, 5, 2);
  const tensor x({5, 2}, {1, 2, 0, 0, 0, 0, 0, 0, 10, 20});
  CHECK(same_bits(update_all(g, copy_u(x), reduce::sum{}), tensor({2, 2}, {10, 20, 11, 22})));
  g.srcdata["x"] = x;
  g.dstdata["y"] = tensor({2, 1}, {100, 200});
  g.update_all(u_add_v("x", "y"), reduce::max{}, "out");
  CHECK(same_bits<float>(g.dstdata["out"], tensor({2, 2}, {110, 120, 210, 220})));
}

// Equal inputs in every column: the last, partial pack of a row must give the same bits as full ones.
template <class M, class R>
void check_columns(const graph& g, const M& m, const R& r) {
  const auto out = update_all(g, m, r);
  CHECK(same_bits(out, out.from(out.matrix().col(0).replicate(1, out.width()))));
}

template <element T>
basic_tensor<T> in_all_columns(const basic_tensor<T>& x, std::int64_t width) {
  return basic_tensor<T>::from(x.matrix().replicate(1, width));
}

TEST_CASE("a value does not depend on the column it stands in") {
  const graph g = generate::random_uniform(40, 2000, 5);
  const auto check_all = [&]<element T>(T) {
    const auto x = in_all_columns(random_normal<T>({40, 1}, 1), 67),
               w = in_all_columns(random_normal<T>({2000, 1}, 2), 67);
    const auto m =
        message([](auto a, auto b) { return exp(tanh(a) - b * b) + log(abs(b) + 1) * sigmoid(a); }, src(x), edge(w));
    check_columns(g, m, reduce::sum{});
    check_columns(g, m, reduce::mean{});
    check_columns(g, m, reduce::std{});
    check_columns(g, m, reduce::log_sum_exp{});
    check_columns(g, m, reduce::softmax{});
    check_columns(g, m, reduce::power_mean{.p = 1.7});
    check_columns(g, m, reduce::quantile{.q = 0.37});
  };
  check_all(float{});
  check_all(double{});
}

}  // namespace
}  // namespace edgefold
