// sum, mean, prod, max, min, any, all: what happens at the edges of their definition.
#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/segment.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

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
    x.mutable_data()[at] = nan;
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

// All of n messages into one vertex, `width` columns of them.
template <class M, class R>
auto into_one(std::int64_t n, const M& m, const R& r) {
  const basic_tensor<std::int32_t> zeros({n});
  return update_all(graph::from_coo(zeros, zeros, 1), m, r);
}

// A running float would be off by 4e-4 after a million messages.
TEST_CASE("sums of floats are joined from parts: their error hardly grows with their number") {
  for (float value : {0.1f, 1e8f, 3.3f})
    for (std::int64_t n : {31, 32, 33, 1000, 1024, 1025, 8000, 8192, 8193, 100'000, 1'000'000})
      for (std::int64_t width : {1, 3}) {
        CAPTURE(value);
        CAPTURE(n);
        CAPTURE(width);
        const tensor x = full<float>({n, width}, value);
        const double exact = static_cast<double>(value);
        const auto off = [&](const tensor& got, double expected) {
          return std::abs(static_cast<double>(got.at(0, width - 1)) / expected - 1);
        };
        CHECK(off(into_one(n, copy_e(x), reduce::mean{}), exact) <= 5e-7);
        CHECK(off(into_one(n, copy_e(x), reduce::sum{}), exact * static_cast<double>(n)) <= 5e-7);
        CHECK(off(into_one(n, copy_e(x), reduce::power_mean{}), exact) <= 2e-6);
        const tensor means = into_one(n, copy_e(x), reduce::multi(reduce::mean{}, reduce::max{}));
        CHECK(same_bits(tensor({1, width}, means.values().first(static_cast<std::size_t>(width))),
                        into_one(n, copy_e(x), reduce::mean{})));
      }
}

TEST_CASE("a fold without merge stays as it is written: one running float") {
  const auto running = reduce::fold<1>(
      {0},
      [](auto s, auto m) {
        s[0] += m;
        return s;
      },
      [](auto s, auto) { return s[0]; });
  float expected = 0;
  for (int i = 0; i < 1'000'000; ++i) expected += 0.1f;
  CHECK(into_one(1'000'000, copy_e(full<float>({1'000'000, 1}, 0.1f)), running).at(0) == expected);
  CHECK(static_cast<int>(expected) == 100958);
}

TEST_CASE("the mean of 8,000 messages of 1e8 is 1e8, at every entry point") {
  const tensor x = full<float>({8000, 2}, 1e8f), half = full<float>({8000, 2}, 0.5f);
  const id_list one = std::vector<std::int64_t>{8000};
  CHECK(into_one(8000, copy_e(x), reduce::mean{}).at(0, 1) == doctest::Approx(1e8).epsilon(1e-7));
  CHECK(segment_reduce(one, x, reduce::mean{}).at(0, 1) == doctest::Approx(1e8).epsilon(1e-7));
  // rows computed as such, and messages of two operands
  CHECK(into_one(8000, dot(edge(x), edge(half)), reduce::mean{}).at(0) == doctest::Approx(1e8).epsilon(1e-7));
  CHECK(into_one(8000, mul(edge(x), edge(half)), reduce::mean{}).at(0) == doctest::Approx(5e7).epsilon(1e-7));
}

TEST_CASE("the same parts whichever kernel folds them") {
  for (std::int64_t n : {5, 32, 40, 1024, 1100, 5000, 20'000}) {
    CAPTURE(n);
    const tensor x = random_normal({n, 37}, 4);
    const tensor narrow = into_one(n, copy_e(x), reduce::sum{});
    const auto rows = message_rows(
        37, [](const auto& row) { return row.eval(); }, edge(x));
    CHECK(same_bits(narrow, into_one(n, rows, reduce::sum{})));
    CHECK(same_bits(narrow, segment_reduce(std::vector<std::int64_t>{n}, x, reduce::sum{})));
    const tensor wide = tensor::from(x.matrix().replicate(1, 100));
    const tensor folded = into_one(n, copy_e(wide), reduce::sum{});
    CHECK(same_bits(folded, tensor::from(narrow.matrix().replicate(1, 100))));
  }
}

}  // namespace
}  // namespace edgefold
