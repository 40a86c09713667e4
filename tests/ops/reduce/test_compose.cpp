// fold from lambdas, multi.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/random_case.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// x0 - x1 + x2 - ...: the order of the edges matters, and nothing can be merged.
double alternating(const std::vector<double>& x) {
  double s = 0, sign = 1;
  for (double v : x) s += sign * v, sign = -sign;
  return s;
}

TEST_CASE("property: folds from lambdas") {
  const auto alternate = reduce::fold<2>(
      {0, 1},
      [](auto s, auto m) {
        s[0] += s[1] * m;
        s[1] = -s[1];
        return s;
      },
      [](auto s, auto) { return s[0]; });
  const auto second_greatest = reduce::fold<2>(
      {-100, -100},
      [](auto s, auto m) {
        auto t = s;
        t[0] = max(s[0], m);
        t[1] = max(s[1], min(s[0], m));
        return t;
      },
      [](auto s, auto n) { return where(n > 1, s[1], s[0]); }, -7);
  check_property([&] {
    const graph g = random_multigraph();
    const auto a = random_operand<float>(g, random_dims());
    const naive_rows m = naive_messages(g, {naive(a)}, [](const double* x) { return x[0]; });
    RC_ASSERT(difference(update_all(g, copy(a), alternate), naive_reduce(g, m, 0, alternating)) <= 1e-5);
    RC_ASSERT(difference(update_all(g, copy(a), second_greatest), naive_reduce(g, m, -7, [](std::vector<double> x) {
                           std::sort(x.rbegin(), x.rend());
                           return x.size() > 1 ? x[1] : x[0];
                         })) == 0);
  });
}

TEST_CASE("a fold may return another type than it folds") {
  const graph g({{0, 0}, {1, 0}, {2, 0}});
  const auto any_above_2 = reduce::fold<1>(
      {0},
      [](auto s, auto m) {
        s[0] = max(s[0], m);
        return s;
      },
      [](auto s, auto) { return s[0] > 2; }, 1);
  const basic_tensor<bool> out = update_all(g, copy_u(tensor({3, 2}, {1, 2, 2, 1, 3, 0})), any_above_2);
  CHECK(same_bits(out, basic_tensor<bool>({3, 2}, {true, false, true, true, true, true})));
}

// The parts of multi against themselves alone, concatenated along the last dim. (Not the same bits: where a product
// flows straight into a sum the compiler makes one rounding of both.)
template <class... Rs, class M>
void check_multi(const graph& g, const M& m, const Rs&... parts) {
  const auto together = update_all(g, m, reduce::multi(parts...));
  const std::array alone{update_all(g, m, parts)...};
  shape_type shape = alone[0].shape();
  if (shape.size() == 1) shape.push_back(1);
  const std::int64_t last = shape.back(), k = sizeof...(Rs);
  shape.back() *= k;
  RC_ASSERT(together.shape() == shape);
  const std::int64_t rows = k * last > 0 ? together.size() / (k * last) : 0;
  for (std::int64_t i = 0; i < k; ++i) {
    const auto own = together.from(together.reshape({rows, k * last}).matrix().middleCols(i * last, last));
    RC_ASSERT(relative_difference(own, alone[static_cast<std::size_t>(i)].reshape({rows, last})) <=
              2e-5);  // 100 messages, half an ulp each
  }
}

TEST_CASE("a fold of integers begins with integers") {
  const auto from = [](double start) {
    return reduce::fold<1>(
        {start}, [](auto s, auto m) { return s[0] += m, s; }, [](auto s, auto) { return s[0]; });
  };
  const graph g({{0, 1}});
  const basic_tensor<std::int64_t> x({1}, {3});
  CHECK(update_all(g, copy_e(x), from(4)).at(1) == 7);
  CHECK(update_all(g, copy_e(cast<float>(x)), from(.5)).at(1) == 3.5F);
  CHECK_THROWS_SAYING(update_all(g, copy_e(x), from(.5)), std::invalid_argument,
                      "[update_all] start is 0.5, which int64 cannot hold");
  CHECK_THROWS_SAYING(update_all(g, copy_e(x), reduce::multi(reduce::sum{}, from(1e300))), std::invalid_argument,
                      "[update_all] start is 1e+300, which int64 cannot hold");
}

TEST_CASE("property: multi gives the values of its parts") {
  check_property([] {
    const graph g = random_multigraph();
    const shape_type dims = random_dims();
    const auto a = random_operand<float>(g, dims), b = random_operand<float>(g, dims);
    check_multi(g, mul(a, b), reduce::sum{.empty = 2}, reduce::std{}, reduce::max{.empty = -1});
    check_multi(g, add(a, b), reduce::log_sum_exp{}, reduce::power_mean{.p = 2}, reduce::mean{}, reduce::min{});
    check_multi(g, sum_last(mul(a, b)), reduce::var{}, reduce::sum{});
  });
}

TEST_CASE("multi of integers, of one") {
  const graph g({{0, 0}, {1, 0}});
  const basic_tensor<std::int64_t> x({2, 2}, {5, -6, 1, 2});
  CHECK(same_bits(update_all(g, copy_u(x), reduce::multi(reduce::sum{}, reduce::min{})),
                  basic_tensor<std::int64_t>({2, 4}, {6, -4, 1, -6, 0, 0, 0, 0})));
  CHECK(same_bits(update_all(g, copy_u(x), reduce::multi(reduce::max{})),
                  basic_tensor<std::int64_t>({2, 2}, {5, 2, 0, 0})));
}

TEST_CASE("multi of a hub's messages") {
  const basic_tensor<std::int32_t> zeros({20000});
  const graph g = graph::from_coo(zeros, zeros, 1);
  const tensor x = random_normal({20000, 3}, 1);
  CHECK_NOTHROW(check_multi(g, copy_e(x), reduce::sum{}, reduce::std{}, reduce::max{}));
}

}  // namespace
}  // namespace edgefold
