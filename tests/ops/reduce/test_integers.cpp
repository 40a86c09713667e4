// Reducers of integers and bools: which type the result has, and its values against the naive loop.
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

}  // namespace
}  // namespace edgefold
