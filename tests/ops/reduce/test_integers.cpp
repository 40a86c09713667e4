// Reducers of integers and bools: which type the result has, and its values against the naive loop.
#include <edgefold/ops/drivers.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/random_case.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

template <element Out, element T, class R>
void check_reducer(const R& reducer, double empty, const naive_reducer& oracle, double tolerance) {
  check_property([&] {
    const graph g = random_multigraph();
    const auto a = random_operand<T>(g, random_dims());
    const auto out = update_all(g, copy(a), reducer);
    static_assert(std::same_as<decltype(out), const basic_tensor<Out>>);
    const naive_rows m = naive_messages(g, {naive(a)}, [](const double* x) { return x[0]; });
    RC_ASSERT(difference(out, naive_reduce(g, m, empty, oracle)) <= tolerance);
  });
}

const naive_reducer middle = [](const std::vector<double>& x) { return oracle::quantile(x, 0.5); };

TEST_CASE("integers stay integers in sum, max, min") {
  check_reducer<std::int32_t, std::int32_t>(reduce::sum{}, 0, oracle::sum, 0);
  check_reducer<std::int32_t, std::int32_t>(reduce::max{}, 0, oracle::max, 0);
  check_reducer<std::int64_t, std::int64_t>(reduce::sum{}, 0, oracle::sum, 0);
  check_reducer<std::int64_t, std::int64_t>(reduce::min{.empty = 7}, 7, oracle::min, 0);
}

TEST_CASE("fractions of integers are float") {
  check_reducer<float, std::int32_t>(reduce::mean{}, 0, oracle::mean, 1e-6);
  check_reducer<float, std::int64_t>(reduce::mean{}, 0, oracle::mean, 1e-6);
  check_reducer<float, std::int32_t>(reduce::std{}, 0, oracle::std, 1e-5);
  check_reducer<float, std::int32_t>(reduce::log_sum_exp{}, 0, oracle::log_sum_exp, 1e-5);
  check_reducer<float, std::int32_t>(reduce::median{}, 0, middle, 1e-6);
  check_reducer<float, std::int64_t>(reduce::median{}, 0, middle, 1e-6);
}

TEST_CASE("truth values") {
  check_reducer<std::int64_t, bool>(reduce::sum{}, 0, oracle::sum, 0);
  check_reducer<float, bool>(reduce::mean{}, 0, oracle::mean, 1e-6);
  check_reducer<bool, bool>(reduce::max{}, 0, oracle::max, 0);
  check_reducer<bool, bool>(reduce::min{}, 0, oracle::min, 0);
  check_reducer<float, bool>(reduce::median{}, 0, middle, 0);
  check_reducer<bool, std::int32_t>(reduce::any{}, 0, oracle::any, 0);
  check_reducer<bool, double>(reduce::all{}, 1, oracle::all, 0);
}

TEST_CASE("max and min of integers begin at the ends of their range") {
  const graph g({{0, 1}, {2, 1}});
  constexpr std::int32_t low = std::numeric_limits<std::int32_t>::lowest(),
                         high = std::numeric_limits<std::int32_t>::max();
  const basic_tensor<std::int32_t> x({3, 2}, {low, high, 5, 5, low, high});
  CHECK(
      same_bits(update_all(g, copy_u(x), reduce::max{}), basic_tensor<std::int32_t>({3, 2}, {0, 0, low, high, 0, 0})));
  CHECK(
      same_bits(update_all(g, copy_u(x), reduce::min{}), basic_tensor<std::int32_t>({3, 2}, {0, 0, low, high, 0, 0})));
}

TEST_CASE("more than 255 truths are counted") {
  const graph g = graph::from_coo(std::vector<std::int32_t>(1000, 0), std::vector<std::int32_t>(1000, 0), 1);
  const auto x = full<bool>({1, 3}, true);
  CHECK(update_all(g, copy_u(x), reduce::sum{}).at(0, 2) == 1000);
  CHECK(update_all(g, copy_u(x), reduce::mean{}).at(0, 2) == 1);
}

TEST_CASE("sum_last counts truths too") {
  const graph g({{0, 0}});
  const auto wide = full<float>({1, 1000}, 1.f);
  const auto counts = apply_edges(g, sum_last(message([](auto a) { return a > 0; }, src(wide))));
  CHECK(static_cast<double>(counts.at(0)) == 1000);
  CHECK(static_cast<double>(
            apply_edges(g, dot(src(full<bool>({1, 300}, true)), dst(full<bool>({1, 300}, true)))).at(0)) == 300);
}

TEST_CASE("arithmetic on truth values stays 0 or 1 in memory") {
  const graph g({{0, 0}});
  const basic_tensor<bool> t({1, 2}, {true, false}), u({1, 2}, {true, true});
  for (const basic_tensor<bool>& out : {apply_edges(g, u_add_v(t, u)), apply_edges(g, u_mul_v(t, u))}) {
    unsigned char bytes[2];
    std::memcpy(bytes, out.data(), 2);
    CHECK(bytes[0] == 1);
    CHECK(bytes[1] <= 1);
  }
  CHECK(update_all(g, u_add_v(t, u), reduce::sum{}).at(0, 0) == 1);
}

// `messages` in edge order, all sent to vertex 0; none to vertex 1.
template <element T, class R>
auto folded(const std::vector<T>& messages, const R& r) {
  const std::vector<std::int32_t> zeros(messages.size(), 0);
  return update_all(graph::from_coo(zeros, zeros, 2), copy_e(basic_tensor<T>({std::ssize(messages), 1}, messages)), r);
}

TEST_CASE("large integers lose no digit before the result") {
  CHECK(folded<std::int32_t>({16777217, 16777219}, reduce::var{}).at(0) == 1);
  CHECK(folded<std::int32_t>({16777217, 16777219}, reduce::std{}).at(0) == 1);
  CHECK(folded<std::int32_t>({2147483647, 2147483645}, reduce::var{}).at(0) == 1);
  CHECK(folded<std::int64_t>({9007199254740993, 9007199254740995}, reduce::var{}).at(0) == 1);
  CHECK(folded<std::int64_t>({9123456789012345, 9123456789012347}, reduce::std{}).at(0) == 1);
  CHECK(folded<std::int64_t>({-9223372036854775807, -9223372036854775805}, reduce::var{}).at(0) == 1);
  std::vector<std::int64_t> many;
  for (std::int64_t i = 0; i < 20'000; ++i) many.push_back((std::int64_t{1} << 60) + i % 2);
  CHECK(folded(many, reduce::var{}).at(0) == 0.25f);
  CHECK(folded<std::int32_t>({16777217, -16777216}, reduce::mean{}).at(0) == 0.5f);
  CHECK(folded<std::int32_t>({2147483647, 2147483647, 2147483647}, reduce::mean{}).at(0) == 2147483648.f);
  CHECK(folded<std::int64_t>({9000000000000000000, 9000000000000000000}, reduce::mean{}).at(0) == 9e18f);
  CHECK(folded<std::int32_t>({16777217, -16777216}, reduce::median{}).at(0) == 0.5f);
  CHECK(folded<std::int32_t>({16777217, 16777218}, reduce::quantile{.q = 0}).at(0) == 16777216.f);
  CHECK(folded<std::int64_t>({9007199254740993, -9007199254740992}, reduce::median{}).at(0) == 0.5f);
  CHECK(folded<std::int64_t>({-9223372036854775807, 9223372036854775807}, reduce::median{}).at(0) == 0);
  CHECK(folded<std::int32_t>({16777217, 16777217}, reduce::log_sum_exp{}).at(0) == 16777218.f);
  CHECK(folded<std::int32_t>({16777217, 16777219}, reduce::softmax{.beta = 0}).at(0) == 16777218.f);
}

TEST_CASE("integers wrap where a fold overflows") {
  constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
  constexpr std::int64_t most64 = std::numeric_limits<std::int64_t>::max();
  CHECK(folded<std::int32_t>({most, 1}, reduce::sum{}).at(0) == std::numeric_limits<std::int32_t>::min());
  CHECK(folded<std::int64_t>({most64, 2}, reduce::sum{}).at(0) == std::numeric_limits<std::int64_t>::min() + 1);
  CHECK(folded<std::int32_t>({65536, 65536, 3}, reduce::prod{}).at(0) == 0);
  CHECK(folded<std::int64_t>({most64, most64}, reduce::prod{}).at(0) == 1);
  const graph g({{0, 0}});
  const basic_tensor<std::int32_t> x({1, 3}, {most, most, 2});
  CHECK(apply_edges(g, dot(src(x), dst(x))).at(0) == 6);  // 1 + 1 + 4
  CHECK(apply_edges(g, sum_last(copy(src(x)))).at(0) == 0);
  CHECK(apply_edges(g, message([](auto a) { return -(-a - 2) + 0 * abs(a); }, src(x))).at(0, 0) ==
        std::numeric_limits<std::int32_t>::min() + 1);
}

TEST_CASE("empty that the result's type cannot hold") {
  CHECK_THROWS_SAYING(folded<std::int32_t>({1}, reduce::sum{.empty = 1e300}), std::invalid_argument,
                      "[update_all] empty is 1e+300, which int32 cannot hold");
  CHECK_THROWS_SAYING(folded<std::int64_t>({1}, reduce::max{.empty = std::nan("")}), std::invalid_argument,
                      "[update_all] empty is nan, which int64 cannot hold");
  CHECK_THROWS_SAYING(folded<std::int64_t>({1}, reduce::prod{.empty = 9223372036854775808.0}), std::invalid_argument,
                      "which int64 cannot hold");
  CHECK_THROWS_SAYING(folded<std::int32_t>({1}, reduce::min{.empty = 0.5}), std::invalid_argument,
                      "which int32 cannot hold");
  CHECK_THROWS_SAYING(folded<std::int32_t>({1}, reduce::multi(reduce::sum{}, reduce::max{.empty = -1e10})),
                      std::invalid_argument, "empty is -1e+10, which int32 cannot hold");
  auto rows = reduce::mailbox([](const auto& m) { return m.row(0).eval(); });
  rows.empty = -3e9;
  CHECK_THROWS_SAYING(folded<std::int32_t>({1}, rows), std::invalid_argument, "which int32 cannot hold");
  CHECK(folded<std::int64_t>({1}, reduce::sum{.empty = -9223372036854775808.0}).at(1) ==
        std::numeric_limits<std::int64_t>::min());
  CHECK(folded<std::int32_t>({1}, reduce::mean{.empty = 0.5}).at(1) == 0.5f);
  graph g({{0, 1}});
  g.ndata["x"] = basic_tensor<std::int32_t>({2, 1}, {1, 2});
  CHECK_THROWS_SAYING(
      g.pull(std::vector<std::int64_t>{1}, copy(src<std::int32_t>("x")), reduce::sum{.empty = 1e300}, "y"),
      std::invalid_argument, "[pull] empty is 1e+300, which int32 cannot hold");
  CHECK(!g.ndata.contains("y"));
}

}  // namespace
}  // namespace edgefold
