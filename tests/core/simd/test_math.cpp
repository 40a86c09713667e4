// Functions of packs against the C library in higher precision, over all magnitudes and at every edge.
#include <edgefold/core/simd/math.hpp>

#include <core/simd/function_errors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE_TEMPLATE("functions are those of the C library, over all numbers", T, float, double) {
  using H = higher<T>;
#define CHECK_FUNCTION(most, name) \
  check_within<T>(                 \
      most, #name, [](const auto& x) { return name(x); }, [](H x) { return std::name(x); })
  CHECK_FUNCTION(1.5, exp);
  CHECK_FUNCTION(1.5, expm1);
  CHECK_FUNCTION(1, log);
  CHECK_FUNCTION(1, log1p);
  CHECK_FUNCTION(1.5, tanh);
  CHECK_FUNCTION(.51, sqrt);
  CHECK_FUNCTION(2.5, sin);
  CHECK_FUNCTION(2.5, cos);
#undef CHECK_FUNCTION
  check_within<T>(
      1.51, "rsqrt", [](const auto& x) { return rsqrt(x); }, [](H x) { return 1 / std::sqrt(x); });
  check_within<T>(
      2.5, "sigmoid", [](const auto& x) { return sigmoid(x); },
      [](H x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); });
  check_within<T>(
      2, "softplus", [](const auto& x) { return softplus(x); },
      [](H x) { return std::log1p(std::exp(x < 0 ? x : -x)) + (x > 0 ? x : 0); });
  check_within<T>(
      1.5, "elu", [](const auto& x) { return elu(x); }, [](H x) { return x > 0 ? x : std::expm1(x); });
  check_within<T>(
      0, "relu", [](const auto& x) { return relu(x); }, [](H x) { return x < 0 ? 0 : x; });
  check_within<T>(
      0, "abs", [](const auto& x) { return abs(x); }, [](H x) { return std::abs(x); });
}

TEST_CASE_TEMPLATE("sin and cos next to their zeros", T, float, double) {
  double off = 0;
  for (int k = 1; k < 100'000; ++k) {
    const T zero = static_cast<T>(k * 1.5707963267948966192313216916398L), up = limits<T>::infinity();
    for (const T x : {std::nextafter(zero, T(0)), zero, std::nextafter(zero, up)}) {
      const higher<T> s = std::sin(static_cast<higher<T>>(x)), c = std::cos(static_cast<higher<T>>(x));
      const T got_s = sin(pack<T>(x)).v[0], got_c = cos(pack<T>(x)).v[0];
      if (std::abs(static_cast<higher<T>>(got_s) - s) > 4e-30) off = std::max(off, ulps<T>(got_s, s));
      if (std::abs(static_cast<higher<T>>(got_c) - c) > 4e-30) off = std::max(off, ulps<T>(got_c, c));
    }
  }
  CHECK(off <= 2.5);
}

template <class T>
struct worst_power {
  double off = 0;
  T x = 0, y = 0;
  void take(const std::vector<std::pair<T, T>>& pairs) {
    for (std::size_t i = 0; i < pairs.size(); i += pack<T>::lanes) {
      pack<T> a(T(1)), b(T(1));
      for (int l = 0; l < pack<T>::lanes && i + static_cast<std::size_t>(l) < pairs.size(); ++l)
        a.v[l] = pairs[i + static_cast<std::size_t>(l)].first, b.v[l] = pairs[i + static_cast<std::size_t>(l)].second;
      const pack<T> r = pow(a, b);
      for (int l = 0; l < pack<T>::lanes; ++l) {
        const double here = ulps<T>(r.v[l], std::pow(static_cast<higher<T>>(a.v[l]), static_cast<higher<T>>(b.v[l])));
        if (here > off) off = here, x = a.v[l], y = b.v[l];
      }
    }
  }
};

TEST_CASE_TEMPLATE("pow is that of the C library: every pair of edges", T, float, double) {
  std::vector<std::pair<T, T>> pairs;
  for (T x : edges_of<T>())
    for (T y : edges_of<T>()) pairs.emplace_back(x, y);
  worst_power<T> worst;
  worst.take(pairs);
  CAPTURE(worst.x);
  CAPTURE(worst.y);
  CHECK(worst.off <= 1);
}

TEST_CASE_TEMPLATE("pow is that of the C library: wherever the result is a number", T, float, double) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> unit(-1, 1);
  std::vector<std::pair<T, T>> pairs;
  for (int i = 0; i < 200'000; ++i) {
    T x = std::ldexp(static_cast<T>(1 + unit(random) / 2), static_cast<int>(unit(random) * limits<T>::max_exponent));
    if (i % 3 == 0) x = static_cast<T>(1 + unit(random) * std::ldexp(1., -i % 20));
    if (!(x > 0) || x == 1) continue;
    const double most = -std::log(static_cast<double>(limits<T>::denorm_min())) + 1;
    const T y = static_cast<T>(most / std::abs(std::log(static_cast<double>(x))) * unit(random));
    pairs.emplace_back(x, y);
    pairs.emplace_back(-x, std::round(y));
    pairs.emplace_back(x, static_cast<T>(i % 21 - 10));
  }
  worst_power<T> worst;
  worst.take(pairs);
  CAPTURE(worst.x);
  CAPTURE(worst.y);
  CHECK(worst.off <= 1);
}

TEST_CASE("limits that the C library has") {
  const auto f = [](float x) { return exp(pack<float>(x)).v[0]; };
  CHECK(f(88.4F) == doctest::Approx(std::exp(88.4F)));
  CHECK(f(88.73F) == limits<float>::infinity());
  CHECK(f(-88.F) == doctest::Approx(6.0546e-39F));
  CHECK(f(-103.97F) == limits<float>::denorm_min());
  CHECK(exp(pack<double>(709.5)).v[0] == doctest::Approx(std::exp(709.5)));
  CHECK(pow(pack<float>(6.8e12F), 3).v[0] == doctest::Approx(3.14432e38F));
  CHECK(pow(pack<float>(1e10F), 2).v[0] == 1e20F);
  CHECK(pow(pack<float>(-0.F), -1).v[0] == -limits<float>::infinity());
}

TEST_CASE_TEMPLATE("packs wider and narrower than a register have the same bits", T, float, double) {
  constexpr int n = pack<T>::lanes;
  pack<T, 2 * n> wide;
  pack<T, 2> narrow;
  pack<T> low, high;
  for (int l = 0; l < 2 * n; ++l) wide.v[l] = static_cast<T>(.3 * l - 2), (l < n ? low : high).v[l % n] = wide.v[l];
  narrow.v[0] = wide.v[0], narrow.v[1] = wide.v[1];
  auto same = [&](const auto& f) {
    const auto w = f(wide);
    const auto s = f(narrow);
    const auto a = f(low), b = f(high);
    for (int l = 0; l < 2 * n; ++l) CHECK(w.v[l] == (l < n ? a : b).v[l % n]);
    for (int l = 0; l < 2; ++l) CHECK(s.v[l] == a.v[l]);
  };
  same([](const auto& x) { return exp(x); });
  same([](const auto& x) { return expm1(x) + tanh(x); });
  same([](const auto& x) { return log(abs(x) + 1); });
  same([](const auto& x) { return pow(abs(x), x); });
}

}  // namespace
}  // namespace edgefold
