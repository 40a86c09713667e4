// Messages of one to four operands on all sides, of all scalar types, against the naive loop.
#include <edgefold/ops/segment.hpp>

#include <support/random_case.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

constexpr double tolerance = 5e-5;  // 100 floats are added up, the partial sums may reach 100

// On the edges, summed at the destinations, and summed over the last dim: three paths of one functor.
template <element T, std::size_t N, class F, class Plain>
void check_message(const F& f, const Plain& plain) {
  check_property([&] {
    const graph g = random_multigraph();
    const shape_type dims = random_dims();
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const std::array<operand<T>, N> o{((void)I, random_operand<T>(g, dims))...};
      const naive_rows expected = naive_messages(g, {naive(o[I])...}, plain);
      const auto m = message(f, o[I]...);
      RC_ASSERT(difference(apply_edges(g, m), expected) <= tolerance);
      RC_ASSERT(difference(update_all(g, m, reduce::sum{}), naive_reduce(g, expected, 0, oracle::sum)) <= tolerance);
      const naive_rows row_sums = naive_sum_last(expected);
      RC_ASSERT(difference(apply_edges(g, sum_last(m)), row_sums) <= tolerance);
      RC_ASSERT(difference(update_all(g, sum_last(m), reduce::max{.empty = -1}),
                           naive_reduce(g, row_sums, -1, oracle::max)) <= tolerance);
    }
    (std::make_index_sequence<N>{});
  });
}

TEST_CASE("property: one operand") {
  check_message<float, 1>([](auto a) { return tanh(a) + 0.25; },
                          [](const double* x) { return std::tanh(x[0]) + 0.25; });
}

TEST_CASE("property: two operands of float") {
  check_message<float, 2>(
      [](auto a, auto b) { return exp(-abs(a - b)) * 3 - sigmoid(b); },
      [](const double* x) { return std::exp(-std::abs(x[0] - x[1])) * 3 - 1 / (1 + std::exp(-x[1])); });
}

TEST_CASE("property: three operands of double") {
  check_message<double, 3>([](auto a, auto b, auto c) { return where(a < b, c, 2 * a) - min(b, 0.5); },
                           [](const double* x) { return (x[0] < x[1] ? x[2] : 2 * x[0]) - std::min(x[1], 0.5); });
}

TEST_CASE("property: four operands of float") {
  check_message<float, 4>([](auto a, auto b, auto c, auto d) { return leaky_relu(a + b, 0.2) * c - max(d, a); },
                          [](const double* x) {
                            const double s = x[0] + x[1];
                            return (s < 0 ? 0.2 * s : s) * x[2] - std::max(x[3], x[0]);
                          });
}

TEST_CASE("property: integers") {
  check_message<std::int32_t, 2>([](auto a, auto b) { return a * b - 3 * abs(a); },
                                 [](const double* x) { return x[0] * x[1] - 3 * std::abs(x[0]); });
  check_message<std::int64_t, 3>([](auto a, auto b, auto c) { return where(a == b, a, max(b, c)); },
                                 [](const double* x) { return x[0] == x[1] ? x[0] : std::max(x[1], x[2]); });
}

TEST_CASE("property: quotients of integers, whatever the width") {  // the lanes past a row's end must not divide by 0
  check_property([] {
    const graph g = random_multigraph();
    const shape_type dims = random_dims();
    const auto a = random_operand<std::int32_t>(g, dims), b = random_operand<std::int32_t>(g, dims);
    const naive_rows expected =
        naive_messages(g, {naive(a), naive(b)}, [](const double* x) { return std::trunc(x[0] / x[1]); });
    RC_ASSERT(difference(apply_edges(g, div(a, b)), expected) == 0);
    RC_ASSERT(difference(update_all(g, div(a, b), reduce::min{}), naive_reduce(g, expected, 0, oracle::min)) == 0);
    RC_ASSERT(difference(apply_edges(g, sum_last(div(a, b))), naive_sum_last(expected)) == 0);
  });
}

TEST_CASE("property: a functor that sees plain numbers") {
  check_message<float, 2>(scalar([](float a, float b) { return a < b ? a : std::floor(b); }),
                          [](const double* x) { return x[0] < x[1] ? x[0] : std::floor(x[1]); });
}

// Truth values from numbers count when they are added up.
TEST_CASE("property: comparisons as messages") {
  check_property([] {
    const graph g = random_multigraph();
    const shape_type dims = random_dims();
    const auto a = random_operand<double>(g, dims), b = random_operand<double>(g, dims);
    const auto m = message([](auto x, auto y) { return x < y; }, a, b);
    const naive_rows expected =
        naive_messages(g, {naive(a), naive(b)}, [](const double* x) { return x[0] < x[1] ? 1. : 0.; });
    const basic_tensor<bool> on_edges = apply_edges(g, m);
    const basic_tensor<std::int64_t> counts = update_all(g, m, reduce::sum{});
    RC_ASSERT(difference(on_edges, expected) == 0);
    RC_ASSERT(difference(counts, naive_reduce(g, expected, 0, oracle::sum)) == 0);
  });
}

TEST_CASE("property: bool operands") {
  check_property([] {
    const graph g = random_multigraph();
    const shape_type dims = random_dims();
    const auto a = random_operand<bool>(g, dims), b = random_operand<bool>(g, dims);
    const naive_rows expected = naive_messages(g, {naive(a), naive(b)}, [](const double* x) { return x[0] * x[1]; });
    RC_ASSERT(difference(apply_edges(g, mul(a, b)), expected) == 0);
    RC_ASSERT(difference(update_all(g, mul(a, b), reduce::sum{}), naive_reduce(g, expected, 0, oracle::sum)) == 0);
  });
}

TEST_CASE("property: message_rows mixes the features of a row") {
  check_property([] {
    const graph g = random_multigraph();
    const std::int64_t k = *rc::gen::inRange(1, 40);
    const auto a = random_operand<float>(g, {}), b = random_operand<float>(g, {});
    const auto wide = [&](const operand<float>& o, std::uint64_t seed) {
      return operand<float>{o.where, random_normal({o.value.rows(), k}, seed), ""};
    };
    const auto x = wide(a, 1), y = wide(b, 2);
    // (x reversed, x . y): one more than the width of the operands.
    const auto m = message_rows(
        k + 1,
        [k](const auto& u, const auto& v) {
          Eigen::RowVectorXf r(k + 1);
          for (std::int64_t c = 0; c < k; ++c) r(c) = u(k - 1 - c);
          r(k) = u.dot(v);
          return r;
        },
        x, y);
    const naive_rows dots =
        naive_sum_last(naive_messages(g, {naive(x), naive(y)}, [](const double* p) { return p[0] * p[1]; }));
    const naive_rows rows = naive_messages(g, {naive(x)}, [](const double* p) { return p[0]; });
    naive_rows expected{g.num_edges(), {k + 1}, {}};
    for (std::int64_t e = 0; e < g.num_edges(); ++e) {
      for (std::int64_t c = k; c-- > 0;) expected.values.push_back(rows.values[static_cast<std::size_t>(e * k + c)]);
      expected.values.push_back(dots.values[static_cast<std::size_t>(e)]);
    }
    RC_ASSERT(difference(apply_edges(g, m), expected) <= tolerance);
    RC_ASSERT(difference(update_all(g, m, reduce::mean{.empty = 4}), naive_reduce(g, expected, 4, oracle::mean)) <=
              tolerance);
    RC_ASSERT(difference(update_all(g, m, reduce::var{}), naive_reduce(g, expected, 0, oracle::var)) <= 10 * tolerance);
    RC_ASSERT(difference(update_all(g, m, reduce::median{}), naive_reduce(g, expected, 0, [](const auto& v) {
                           return oracle::quantile(v, 0.5);
                         })) <= tolerance);
  });
}

}  // namespace
}  // namespace edgefold
