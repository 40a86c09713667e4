// Duals: derivatives of every function against central differences in long double, rules of products and choices,
// mixtures.
#include <edgefold/core/simd/dual.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace edgefold {
namespace {

using packed = pack<double>;
using single = dual<packed, 1>;
using two = dual<packed, 2>;

double lane(const packed& p) { return p.v[0]; }
single variable(double x) { return single::variable(packed(x)); }

// Derivative of f, a function of long double.
template <class F>
double difference(const F& f, double x) {
  const long double h = 1e-7L * (1 + std::abs(static_cast<long double>(x)));
  return static_cast<double>((f(x + h) - f(x - h)) / (2 * h));
}

template <class F, class G>
void check_slopes(const F& f, const G& exact, const std::vector<double>& at) {
  for (const double x : at) {
    CAPTURE(x);
    const single y = f(variable(x));
    CHECK(lane(y.value) == doctest::Approx(static_cast<double>(exact(static_cast<long double>(x)))).epsilon(1e-12));
    CHECK(lane(y.grad[0]) == doctest::Approx(difference(exact, x)).epsilon(1e-8));
    CHECK(lane(y.value) == lane(f(packed(x))));  // the value does not depend on the derivative's being asked for
  }
}

#define CHECK_SLOPES(name, exact, ...)                                                                      \
  SUBCASE(#name) {                                                                                          \
    check_slopes([](const auto& x) { return name(x); }, [](long double x) -> long double { return exact; }, \
                 __VA_ARGS__);                                                                              \
  }

TEST_CASE("the derivative of every function is that of its formula") {
  const std::vector<double> all = {-3.25, -1, -0.3, 0.2, 0.9, 1.5, 4}, positive = {0.01, 0.4, 1, 2.5, 70};
  CHECK_SLOPES(exp, std::exp(x), all)
  CHECK_SLOPES(expm1, std::expm1(x), all)
  CHECK_SLOPES(log, std::log(x), positive)
  CHECK_SLOPES(log1p, std::log1p(x), positive)
  CHECK_SLOPES(tanh, std::tanh(x), all)
  CHECK_SLOPES(sqrt, std::sqrt(x), positive)
  CHECK_SLOPES(rsqrt, 1 / std::sqrt(x), positive)
  CHECK_SLOPES(sin, std::sin(x), all)
  CHECK_SLOPES(cos, std::cos(x), all)
  CHECK_SLOPES(sigmoid, 1 / (1 + std::exp(-x)), all)
  CHECK_SLOPES(softplus, std::log1p(std::exp(x)), all)
  CHECK_SLOPES(relu, x > 0 ? x : 0, all)
  CHECK_SLOPES(abs, std::abs(x), all)
  CHECK_SLOPES(leaky_relu, x > 0 ? x : 0.01L * x, all)
  CHECK_SLOPES(elu, x > 0 ? x : std::expm1(x), all)
  CHECK_SLOPES(-, -x, all)
}

TEST_CASE("a dual mixes with packs and literals, which are constants") {
  const single x = variable(3);
  const packed c(2);
  const auto f = [&](const auto& v) { return (v * c + 1) / (c - v) - 4 * v + 7.0F / v; };
  const auto exact = [](long double v) { return (v * 2 + 1) / (2 - v) - 4 * v + 7 / v; };
  CHECK(lane(f(x).value) == doctest::Approx(static_cast<double>(exact(3))));
  CHECK(lane(f(x).grad[0]) == doctest::Approx(difference(exact, 3)).epsilon(1e-8));
  single y = x;
  y += 1, y *= x, y -= c, y /= x;  // ((x + 1) x - 2) / x = x + 1 - 2 / x
  CHECK(lane(y.value) == doctest::Approx(4 - 2.0 / 3));
  CHECK(lane(y.grad[0]) == doctest::Approx(1 + 2.0 / 9));
  CHECK(lane(single(5).grad[0]) == 0);
}

TEST_CASE("each direction has its own derivative") {
  const two x = two::variable(packed(1.5), 0), y = two::variable(packed(-0.5), 1);
  const two z = exp(x * y) + x / y;
  CHECK(lane(z.grad[0]) == doctest::Approx(-0.5 * std::exp(-0.75) - 2));
  CHECK(lane(z.grad[1]) == doctest::Approx(1.5 * std::exp(-0.75) - 1.5 / 0.25));
}

TEST_CASE("powers of a base, of an exponent, of both, and at zero") {
  const two x = two::variable(packed(1.7), 0), y = two::variable(packed(2.3), 1);
  const two z = pow(x, y);
  CHECK(lane(z.value) == doctest::Approx(std::pow(1.7, 2.3)));
  CHECK(lane(z.grad[0]) == doctest::Approx(2.3 * std::pow(1.7, 1.3)));
  CHECK(lane(z.grad[1]) == doctest::Approx(std::pow(1.7, 2.3) * std::log(1.7)));
  CHECK(lane(pow(variable(3), 2).grad[0]) == doctest::Approx(6));
  CHECK(lane(pow(2, variable(3)).grad[0]) == doctest::Approx(8 * std::numbers::ln2));
  CHECK(lane(pow(variable(0), 0).value) == 1);
  CHECK(lane(pow(variable(0), 0).grad[0]) == 0);
  const two zero = two::variable(packed(0), 0);
  CHECK(lane(pow(zero, y).grad[1]) == 0);
}

TEST_CASE("a choice takes the derivative of what it chose, of equals that of the first") {
  const two x = two::variable(packed(1), 0), y = two::variable(packed(1), 1);
  CHECK(lane(max(x, y).grad[0]) == 1);
  CHECK(lane(max(x, y).grad[1]) == 0);
  CHECK(lane(min(y, x).grad[1]) == 1);
  CHECK(lane(where(x < y, x, y).grad[1]) == 1);
  CHECK(lane(where(x == y, 2 * x, y).grad[0]) == 2);
  CHECK(lane(max(x, 3).grad[0]) == 0);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(lane(max(x, two(nan)).value)));
  CHECK(std::isnan(lane(min(two(nan), x).value)));
}

TEST_CASE("an infinite slope gives nothing along a direction in which nothing moves") {
  const two x = two::variable(packed(0), 0);
  CHECK(lane(sqrt(x).grad[0]) == std::numeric_limits<double>::infinity());
  CHECK(lane(sqrt(x).grad[1]) == 0);
  CHECK(lane(log(x * x).grad[1]) == 0);
}

TEST_CASE("a dual that is assigned to a plain pack is noticed") {
  impl::derivative_lost() = false;
  const packed p = variable(4);
  CHECK(lane(p) == 4);
  CHECK(impl::derivative_lost());
  impl::derivative_lost() = false;
}

}  // namespace
}  // namespace edgefold
