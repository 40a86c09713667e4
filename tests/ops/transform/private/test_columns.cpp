// A value does not depend on the column it stands in.
#include <bit>

#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>

#include <support/tensors.hpp>
#include <support/user_reducers.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

constexpr std::int64_t width = 333;  // tiles of every size, and a part of a pack

/// `column` (rows, 1) as many times as there are features.
tensor repeated(const tensor& column) { return column * full<float>({1, width}, 1); }

const graph& case_graph() {
  static const graph g = graph::from_coo(random_integers({2'000}, 60, 1), random_integers({2'000}, 60, 2), 60);
  return g;
}

bool columns_agree(const tensor& t) {
  for (std::int64_t r = 0; r < t.rows(); ++r)
    for (std::int64_t c = 1; c < width; ++c)
      if (std::bit_cast<std::uint32_t>(t.at(r, 0)) != std::bit_cast<std::uint32_t>(t.at(r, c))) return false;
  return true;
}

template <class F, class R>
void check_columns(const F& f, const R& reducer) {
  const graph& g = case_graph();
  tensor x = repeated(random_normal({60, 1}, 3)), y = repeated(random_normal({60, 1}, 4)),
         w = repeated(random_normal({2'000, 1}, 5));
  for (tensor* t : {&x, &y, &w}) t->set_requires_grad();
  const tensor out = update_all(g, message(f, src(x), dst(y), edge(w)), reducer);
  CHECK(columns_agree(out));
  out.backward(repeated(random_normal({60, 1}, 6)));
  for (const tensor& t : {x, y, w}) CHECK(columns_agree(t.grad()));
}

TEST_CASE("columns: equal ones give equal bits, forward and backward") {
  const auto product = [](auto u, auto v, auto e) { return u * e + v; };
  const auto deep = [](auto u, auto v, auto e) { return (u * v + e * u) * (u * e - v * 0.3) + exp(-(u * u) + v); };
  check_columns(product, reduce::sum{});
  check_columns(product, reduce::mean{});
  check_columns(deep, reduce::sum{});
  check_columns(deep, reduce::max{});
  check_columns(deep, reduce::std{});
  check_columns(deep, reduce::log_sum_exp{});
  check_columns(deep, reduce::prod{});
  check_columns(product, running_log_sum_exp{});
  const auto gated = [](auto u, auto v, auto e) { return e * u * sigmoid(v); };
  check_columns(gated, root_mean_square{});
}

TEST_CASE("columns: an edge's weight and a feature, as in u_mul_e") {
  const graph& g = case_graph();
  const tensor x = repeated(random_normal({60, 1}, 3)), w = random_normal({2'000, 1}, 5);
  const tensor out = update_all(g, u_mul_e(x, w), reduce::sum{});
  CHECK(columns_agree(out));
  CHECK(columns_agree(update_all(g, u_mul_e(x, w), reduce::mean{})));
}

}  // namespace
}  // namespace edgefold
