// Every shipped reducer against the naive loop, on random graphs, shapes and sides.
#include <edgefold/ops/update_all.hpp>

#include <support/random_case.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

struct product {
  template <class T>
  T operator()(const T& a, const T& b) const {
    return a * b;
  }
};
double plain_product(const double* x) { return x[0] * x[1]; }

// About 100 messages whose partial sums reach 100, each rounded to a float: 10 * 100 * 6e-8 where the errors are
// random.
constexpr double float_sums = 5e-5;

// One message in all properties here: its kernels differ by the reducer alone.
template <element T, class R>
void check_reducer(const R& reducer, double empty, const naive_reducer& oracle, double tolerance) {
  check_property([&] {
    const graph g = random_multigraph();
    const shape_type dims = random_dims();
    const auto a = random_operand<T>(g, dims), b = random_operand<T>(g, dims);
    const naive_rows messages = naive_messages(g, {naive(a), naive(b)}, plain_product);
    RC_ASSERT(difference(update_all(g, message(product{}, a, b), reducer), naive_reduce(g, messages, empty, oracle)) <=
              tolerance);
  });
}

struct positive_product {  // for power_mean
  template <class T>
  T operator()(const T& a, const T& b) const {
    return abs(a * b) + 0.25;
  }
};

TEST_CASE("property: sum, mean, prod") {
  check_reducer<float>(reduce::sum{}, 0, oracle::sum, float_sums);
  check_reducer<float>(reduce::mean{}, 0, oracle::mean, float_sums);
  check_reducer<double>(reduce::prod{}, 1, oracle::prod, 1e-12);  // (of 100 factors a float overflows)
  check_reducer<double>(reduce::sum{.empty = -2}, -2, oracle::sum, 1e-12);
}

TEST_CASE("property: max, min, any, all") {
  check_reducer<float>(reduce::max{}, 0, oracle::max, 1e-6);
  check_reducer<float>(reduce::min{}, 0, oracle::min, 1e-6);
  check_reducer<double>(reduce::max{}, 0, oracle::max, 1e-15);
  check_reducer<bool>(reduce::any{}, 0, oracle::any, 0);
  check_reducer<bool>(reduce::all{}, 1, oracle::all, 0);
}

TEST_CASE("property: var, std") {
  check_reducer<float>(reduce::var{}, 0, oracle::var, 2e-5);
  check_reducer<float>(reduce::std{}, 0, oracle::std, 2e-5);
  check_reducer<double>(reduce::std{.empty = 3}, 3, oracle::std, 1e-12);
}

TEST_CASE("property: log_sum_exp, softmax") {
  check_reducer<float>(reduce::log_sum_exp{}, 0, oracle::log_sum_exp, 1e-5);
  check_reducer<double>(reduce::log_sum_exp{}, 0, oracle::log_sum_exp, 1e-12);
  check_reducer<float>(
      reduce::softmax{.beta = -1.5}, 0, [](const auto& x) { return oracle::softmax(x, -1.5); }, 2e-5);
}

TEST_CASE("property: power_mean") {
  check_property([] {
    const graph g = random_multigraph();
    const shape_type dims = random_dims();
    const auto a = random_operand<float>(g, dims), b = random_operand<float>(g, dims);
    const naive_rows m =
        naive_messages(g, {naive(a), naive(b)}, [](const double* x) { return std::abs(x[0] * x[1]) + 0.25; });
    for (double p : {1.0, 2.5, -1.0})
      RC_ASSERT(difference(update_all(g, message(positive_product{}, a, b), reduce::power_mean{.p = p}),
                           naive_reduce(g, m, 0, [p](const auto& x) { return oracle::power_mean(x, p); })) <= 2e-5);
  });
}

TEST_CASE("property: median, quantile") {
  check_reducer<float>(
      reduce::median{}, 0, [](const auto& x) { return oracle::quantile(x, 0.5); }, 1e-6);
  check_reducer<double>(
      reduce::quantile{.q = 0.3}, 0, [](const auto& x) { return oracle::quantile(x, 0.3); }, 1e-14);
}

}  // namespace
}  // namespace edgefold
