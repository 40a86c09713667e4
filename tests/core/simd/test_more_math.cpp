// Functions that geometry and other networks want: their errors, their edges, their derivatives.
#include <edgefold/core/simd/dual.hpp>

#include <core/simd/function_errors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE_TEMPLATE("inverse, hyperbolic and whole-number functions are those of the C library", T, float, double) {
  using H = higher<T>;
#define CHECK_FUNCTION(most, name) \
  check_within<T>(                 \
      most, #name, [](const auto& x) { return name(x); }, [](H x) { return std::name(x); })
  CHECK_FUNCTION(2, atan);
  CHECK_FUNCTION(2, asin);
  CHECK_FUNCTION(2, acos);
  CHECK_FUNCTION(2, sinh);
  CHECK_FUNCTION(2, cosh);
  CHECK_FUNCTION(2, erf);
  CHECK_FUNCTION(2, cbrt);
  CHECK_FUNCTION(0, floor);
  CHECK_FUNCTION(0, ceil);
  CHECK_FUNCTION(0, round);
  CHECK_FUNCTION(0, trunc);
#undef CHECK_FUNCTION
  check_within<T>(
      0, "sign", [](const auto& x) { return sign(x); }, [](H x) { return x > 0   ? 1
                                                                         : x < 0 ? -1
                                                                                 : x; });
  check_within<T>(
      2, "safe_sqrt", [](const auto& x) { return safe_sqrt(x); }, [](H x) { return std::sqrt(x); });
  check_within<T>(
      5, "gelu", [](const auto& x) { return gelu(x); },
      [](H x) { return std::isinf(x) ? (x > 0 ? x : -H(0)) : x * std::erfc(-x * std::sqrt(H(0.5))) / 2; });
  check_within<T>(
      3, "silu", [](const auto& x) { return silu(x); },
      [](H x) {
        return std::isinf(x) ? (x > 0 ? x : -H(0))
               : x < 0       ? x * std::exp(x) / (1 + std::exp(x))
                             : x / (1 + std::exp(-x));
      });
}

TEST_CASE_TEMPLATE("functions of two numbers are those of the C library", T, float, double) {
  using H = higher<T>;
  std::vector<std::pair<T, T>> pairs;
  for (T x : edges_of<T>())
    for (T y : edges_of<T>()) pairs.emplace_back(x, y);
  std::mt19937_64 random(3);
  auto any = [&] { return __builtin_bit_cast(T, static_cast<impl::bits_type<T>>(random())); };
  std::normal_distribution<double> near;
  for (int i = 0; i < 100'000; ++i) {
    pairs.emplace_back(any(), any());
    pairs.emplace_back(static_cast<T>(near(random)), static_cast<T>(near(random)));
    const T y = any();
    pairs.emplace_back(static_cast<T>(near(random)) * y, y);
    pairs.emplace_back(static_cast<T>(1000 * near(random)) * y, y);
  }
  auto check = [&](double most, const std::string& name, const auto& f, const auto& exact) {
    double worst = 0;
    std::pair<T, T> at;
    for (std::size_t i = 0; i + pack<T>::lanes <= pairs.size(); i += pack<T>::lanes) {
      pack<T> x, y;
      for (int l = 0; l < pack<T>::lanes; ++l)
        x.v[l] = pairs[i + static_cast<std::size_t>(l)].first, y.v[l] = pairs[i + static_cast<std::size_t>(l)].second;
      const pack<T> r = f(x, y);
      for (int l = 0; l < pack<T>::lanes; ++l) {
        const double off = ulps<T>(r.v[l], exact(static_cast<H>(x.v[l]), static_cast<H>(y.v[l])));
        if (off > worst) worst = off, at = {T(x.v[l]), T(y.v[l])};
      }
    }
    CAPTURE(name);
    CAPTURE(at.first);
    CAPTURE(at.second);
    CHECK(worst <= most);
  };
  check(
      2, "atan2", [](auto y, auto x) { return atan2(y, x); }, [](H y, H x) { return std::atan2(y, x); });
  check(
      2, "hypot", [](auto x, auto y) { return hypot(x, y); }, [](H x, H y) { return std::hypot(x, y); });
  check(
      0, "fmod", [](auto x, auto y) { return fmod(x, y); }, [](H x, H y) { return std::fmod(x, y); });
}

using packed = pack<double>;
using moving = dual<packed, 1>;

// The derivative of f at x against a difference.
template <class F>
void check_slope(const char* name, double x, const F& f) {
  CAPTURE(name);
  CAPTURE(x);
  const double h = 1e-6;
  const double difference = (f(packed(x + h)).v[0] - f(packed(x - h)).v[0]) / (2 * h);
  const moving y = f(moving::variable(packed(x)));
  CHECK(y.value.v[0] == f(packed(x)).v[0]);
  CHECK(y.grad[0].v[0] == doctest::Approx(difference).epsilon(1e-7));
}

TEST_CASE("derivatives of these functions") {
  for (const double x : {-3.3, -0.77, -0.3, 0.2, 0.51, 0.9, 2.6}) {
#define CHECK_SLOPE(expression) check_slope(#expression, x, [](const auto& a) { return expression; })
    CHECK_SLOPE(erf(a));
    CHECK_SLOPE(atan(a));
    CHECK_SLOPE(asin(0.3 * a));
    CHECK_SLOPE(acos(0.3 * a));
    CHECK_SLOPE(sinh(a));
    CHECK_SLOPE(cosh(a));
    CHECK_SLOPE(cbrt(a));
    CHECK_SLOPE(gelu(a));
    CHECK_SLOPE(silu(a));
    CHECK_SLOPE(safe_sqrt(a * a));
    CHECK_SLOPE(hypot(a, 2.));
    CHECK_SLOPE(hypot(a, a * a));
    CHECK_SLOPE(atan2(a, 2.));
    CHECK_SLOPE(atan2(1, a));
    CHECK_SLOPE(atan2(a, a + 5));
    CHECK_SLOPE(fmod(a, 2.));
    CHECK_SLOPE(fmod(7.13, a));
    CHECK_SLOPE(floor(a) + ceil(a) + round(a) + trunc(a) + sign(a));
#undef CHECK_SLOPE
  }
}

TEST_CASE("derivatives where there is none, or none that is finite") {
  const auto at = [](double x, const auto& f) { return f(moving::variable(packed(x))).grad[0].v[0]; };
  constexpr double inf = std::numeric_limits<double>::infinity();
  CHECK(at(0, [](const auto& x) { return safe_sqrt(x); }) == 0);
  CHECK(at(0, [](const auto& x) { return hypot(x, x); }) == 0);
  CHECK(at(0, [](const auto& x) { return atan2(x, x); }) == 0);
  CHECK(at(0, [](const auto& x) { return cbrt(x); }) == inf);
  CHECK(at(1, [](const auto& x) { return asin(x); }) == inf);
  CHECK(at(1, [](const auto& x) { return acos(x); }) == -inf);
  for (const double x : {-inf, inf}) {
    CHECK(at(x, [](const auto& a) { return gelu(a); }) == (x > 0 ? 1 : 0));
    CHECK(at(x, [](const auto& a) { return silu(a); }) == (x > 0 ? 1 : 0));
    CHECK(at(x, [](const auto& a) { return erf(a) + atan(a); }) == 0);
  }
}

TEST_CASE("integers have a sign too") {
  pack<std::int32_t> x(0);
  x.v[0] = -7, x.v[1] = 5;
  CHECK(sign(x).v[0] == -1);
  CHECK(sign(x).v[1] == 1);
  CHECK(sign(x).v[2] == 0);
}

}  // namespace
}  // namespace edgefold
