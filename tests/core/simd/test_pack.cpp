// Packs: arithmetic and functions lane by lane, loads and stores that touch no more than they should.
#include <edgefold/core/simd/math.hpp>
#include <edgefold/core/simd/memory.hpp>

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <limits>
#include <vector>

namespace edgefold {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();

template <class T>
pack<T> of(T value) {
  return pack<T>(value);
}

template <class P>
auto lane(const P& p, int l = 0) {
  return p.v[l];
}

// Lanes 0, 1, 2, ... times `step` from `first`.
template <class T>
pack<T> ramp(T first, T step) {
  pack<T> p(first);
  for (int l = 0; l < pack<T>::lanes; ++l) p.v[l] = static_cast<T>(first + static_cast<T>(l) * step);
  return p;
}

TEST_CASE_TEMPLATE("arithmetic mixes with literals of any type", T, float, double, std::int32_t, std::int64_t) {
  const pack<T> x = ramp<T>(-3, 1);
  const pack<T> y = 2 * x - x / 2.0 + 1u - (-x) * 1.0f;
  pack<T> z = x;
  z += 5, z -= x, z *= x + 1, z /= 2;
  for (int l = 0; l < pack<T>::lanes; ++l) {
    const T v = static_cast<T>(l - 3);
    CHECK(lane(y, l) == 2 * v - v / 2 + 1 + v);
    CHECK(lane(z, l) == 5 * (v + 1) / 2);
  }
}

TEST_CASE_TEMPLATE("comparisons and where", T, float, double, std::int32_t, std::int64_t) {
  const pack<T> x = ramp<T>(-2, 1);
  const pack<T> y = where((x < 0) | (x == 1), pack<T>(10), where((!(x >= 1)) & (x != 5), x, pack<T>(20)));
  for (int l = 0; l < pack<T>::lanes; ++l) {
    const T v = static_cast<T>(l - 2);
    CHECK(lane(y, l) == (v < 0 || v == 1 ? T(10) : v < 1 ? v : T(20)));
    CHECK((lane(where(x > 0, x, pack<T>(0)), l)) == std::max<T>(v, 0));
    CHECK((lane(where(x <= 0, x, 0), l)) == std::min<T>(v, 0));
    const pack<T> either = where(x > 0, 1, 0);  // literals take the type that was compared
    CHECK(lane(either, l) == (v > 0 ? 1 : 0));
    CHECK(lane(abs(x), l) == (v < 0 ? -v : v));
    CHECK(lane(max(x, 1), l) == std::max<T>(v, 1));
    CHECK(lane(min(x, -1), l) == std::min<T>(v, -1));
  }
}

TEST_CASE_TEMPLATE("integers: a division never traps", T, std::int32_t, std::int64_t) {
  const T low = std::numeric_limits<T>::lowest();
  CHECK(lane(of<T>(7) / of<T>(0)) == 0);
  CHECK(lane(of<T>(0) / of<T>(0)) == 0);
  CHECK(lane(of<T>(7) / of<T>(-2)) == -3);
  CHECK(lane(of<T>(7) / of<T>(-1)) == -7);
  CHECK(lane(of<T>(low) / of<T>(2)) == low / 2);
  CHECK(lane(of<T>(low) / of<T>(-1)) == low);
}

TEST_CASE("bools stay 0 or 1") {
  const pack<bool> t(true), f(false);
  for (const auto& [got, expected] : {std::pair{t + t, 1},
                                      {t + f, 1},
                                      {f + f, 0},
                                      {t - t, 0},
                                      {f - t, 1},
                                      {t * t, 1},
                                      {t * f, 0},
                                      {t / t, 1},
                                      {-t, 1},
                                      {max(t, f), 1},
                                      {min(t, f), 0},
                                      {abs(t), 1}})
    CHECK(lane(got) == expected);
  CHECK(lane(impl::convert<bool>(of<float>(0.5f))) == 1);
  CHECK(lane(impl::convert<bool>(of<float>(-0.f))) == 0);
  CHECK(lane(impl::convert<bool>(of<std::int64_t>(std::int64_t{1} << 40))) == 1);
  CHECK(lane(impl::convert<std::int64_t>(of<float>(1) < 2)) == 1);
}

template <class P>
concept combines = requires(P a) {
  a = a & a, a = a | a, a = !a;
};
static_assert(combines<pack<bool>> && combines<mask<float, 4>>);
static_assert(!combines<pack<float>> && !combines<pack<std::int32_t>>);

TEST_CASE("bools combine as masks do") {
  pack<bool> a(false), b(false);
  for (int l = 0; l < pack<bool>::lanes; ++l) a.v[l] = l % 2 ? 1 : 0, b.v[l] = l / 2 % 2 ? 1 : 0;
  for (int l = 0; l < pack<bool>::lanes; ++l) {
    const bool x = l % 2, y = l / 2 % 2;
    CHECK(lane(a & b, l) == (x && y));
    CHECK(lane(a | b, l) == (x || y));
    CHECK(lane(!a, l) == !x);
    CHECK(lane((a & !b) | false, l) == (x && !y));
  }
}

TEST_CASE_TEMPLATE("max and min: NaN goes through from either side", T, float, double) {
  const T bad = static_cast<T>(nan), one = 1, high = static_cast<T>(inf);
  for (T other : {one, high, -high, bad}) {
    CHECK(std::isnan(lane(max(of(bad), of(other)))));
    CHECK(std::isnan(lane(max(of(other), of(bad)))));
    CHECK(std::isnan(lane(min(of(bad), of(other)))));
    CHECK(std::isnan(lane(min(of(other), of(bad)))));
  }
  CHECK(lane(max(of(-high), of(one))) == one);
  CHECK(lane(min(of(high), of(one))) == one);
  CHECK(std::isnan(lane(abs(of(bad)))));
  CHECK(std::isnan(lane(relu(of(bad)))));
  CHECK(lane(relu(of(-one))) == 0);
  CHECK(std::signbit(lane(of(T(-0.0)))));
}

// The greatest relative error of f over a range, against the C library in double.
template <class T, class F, class Exact>
double error_of(F f, Exact exact, double low, double high) {
  double most = 0;
  constexpr int n = pack<T>::lanes;
  for (int i = 0; i < 4000; i += n) {
    pack<T> x(0);
    for (int l = 0; l < n; ++l) x.v[l] = static_cast<T>(low + (high - low) * (i + l) / 4000);
    const pack<T> y = f(x);
    for (int l = 0; l < n; ++l) {
      const double e = exact(static_cast<double>(x.v[l]));
      most = std::max(most, std::abs(static_cast<double>(y.v[l]) - e) / std::max(std::abs(e), 1e-30));
    }
  }
  return most;
}

TEST_CASE_TEMPLATE("functions are as exact as their type", T, float, double) {
  const double few = std::same_as<T, float> ? 4e-7 : 1e-15;
#define CHECK_FUNCTION(name, low, high) \
  CHECK(error_of<T>([](auto x) { return name(x); }, [](double x) { return std::name(x); }, low, high) <= few)
  CHECK_FUNCTION(exp, -80, 80);
  CHECK_FUNCTION(expm1, -5, 20);
  CHECK_FUNCTION(log, 1e-6, 50);
  CHECK_FUNCTION(log1p, -0.99, 50);
  CHECK_FUNCTION(tanh, -10, 10);
  CHECK_FUNCTION(sqrt, 0, 1000);
#undef CHECK_FUNCTION
  CHECK(error_of<T>([](auto x) { return sigmoid(x); }, [](double x) { return 1 / (1 + std::exp(-x)); }, -80, 80) <=
        2 * few);
  CHECK(error_of<T>([](auto x) { return rsqrt(x); }, [](double x) { return 1 / std::sqrt(x); }, 1e-3, 1e3) <= few);
  CHECK(error_of<T>([](auto x) { return pow(x, 2.5); }, [](double x) { return std::pow(x, 2.5); }, 0.01, 100) <=
        8 * few);
  CHECK(error_of<T>([](auto x) { return sin(x) + 3; }, [](double x) { return std::sin(x) + 3; }, -50, 50) <= few);
  CHECK(error_of<T>([](auto x) { return cos(x) + 3; }, [](double x) { return std::cos(x) + 3; }, -50, 50) <= few);
  CHECK(error_of<T>([](auto x) { return leaky_relu(x, 0.2); }, [](double x) { return x < 0 ? 0.2 * x : x; }, -3, 3) <=
        few);
}

TEST_CASE_TEMPLATE("functions at their special values", T, float, double) {
  const auto at = [](auto f, double x) { return static_cast<double>(lane(f(of(static_cast<T>(x))))); };
  const auto e = [](auto x) { return exp(x); };
  CHECK(at(e, -inf) == 0);
  CHECK(at(e, inf) == inf);
  CHECK(at(e, 0) == 1);
  CHECK(at(e, -2000) == 0);
  CHECK(at(e, 2000) == inf);
  CHECK(std::isnan(at(e, nan)));
  const auto l = [](auto x) { return log(x); };
  CHECK(at(l, 0) == -inf);
  CHECK(at(l, 1) == 0);
  CHECK(at(l, inf) == inf);
  CHECK(std::isnan(at(l, -1)));
  CHECK(std::isnan(at(l, nan)));
  CHECK(at([](auto x) { return tanh(x); }, inf) == 1);
  CHECK(at([](auto x) { return sigmoid(x); }, -inf) == 0);
  CHECK(at([](auto x) { return sigmoid(x); }, inf) == 1);
  CHECK(std::isnan(at([](auto x) { return sigmoid(x); }, nan)));
  CHECK(std::isnan(at([](auto x) { return sqrt(x); }, -1)));
}

TEST_CASE_TEMPLATE("pow as the C library has it", T, float, double) {
  for (double x : {0.0, 1.0, 2.0, -2.0, 0.5, -1.0, 3.7, inf, nan})
    for (double y : {0.0, 1.0, 2.0, 3.0, -1.0, -2.0, 0.5, nan}) {
      CAPTURE(x);
      CAPTURE(y);
      const double got = static_cast<double>(lane(pow(of(static_cast<T>(x)), of(static_cast<T>(y))))),
                   expected = std::pow(x, y);
      if (std::isnan(expected)) CHECK(std::isnan(got));
      else if (std::isinf(expected) || expected == 0) CHECK(got == expected);
      else CHECK(got == doctest::Approx(expected).epsilon(1e-6));
    }
  CHECK(lane(pow(of(T(3)), 2)) == doctest::Approx(9));
}

// A page that must not be touched behind the row: a masked access may not read or write past its lanes.
class guarded_page {
 public:
  guarded_page() : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    base_ = static_cast<char*>(mmap(nullptr, 2 * size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    REQUIRE(base_ != MAP_FAILED);
    REQUIRE(mprotect(base_ + size_, size_, PROT_NONE) == 0);
  }
  ~guarded_page() { munmap(base_, 2 * size_); }
  guarded_page(const guarded_page&) = delete;
  guarded_page& operator=(const guarded_page&) = delete;
  template <class T>
  T* last(int count) const {
    return reinterpret_cast<T*>(base_ + size_) - count;
  }

 private:
  std::size_t size_;
  char* base_ = nullptr;
};

TEST_CASE_TEMPLATE("loads and stores of the first lanes", T, float, double, std::int32_t, std::int64_t, bool) {
  constexpr int lanes = pack<T>::lanes;
  const guarded_page page;
  for (int n = 1; n <= lanes; ++n) {
    CAPTURE(n);
    const impl::first_lanes<T, lanes> some(n);
    T* p = page.last<T>(n);
    for (int i = 0; i < n; ++i) p[i] = static_cast<T>(i % 2 + 1);
    const auto x = impl::load<T, lanes>(p, some);
    for (int l = 0; l < lanes; ++l) CHECK(lane(x, l) == (l < n ? static_cast<T>(l % 2 + 1) : T(0)));
    impl::store<T, lanes>(p, x + x, some);
    for (int i = 0; i < n; ++i) CHECK(p[i] == static_cast<T>(2 * (i % 2 + 1)));
    // Nor may a store change what stands behind its lanes in the same page.
    std::vector<unsigned char> memory((lanes + 1) * sizeof(T), 0x5a);
    impl::store<T, lanes>(reinterpret_cast<T*>(memory.data()), x, some);
    for (std::size_t b = static_cast<std::size_t>(n) * sizeof(T); b < memory.size(); ++b) CHECK(memory[b] == 0x5a);
  }
}

TEST_CASE("conversions lane by lane") {
  const pack<float> x = ramp<float>(-1.5f, 1.f);
  const auto i = impl::convert<std::int32_t>(x);
  const auto d = impl::convert<double>(x);
  const auto back = impl::convert<float>(impl::convert<std::int64_t>(i));
  for (int l = 0; l < pack<float>::lanes; ++l) {
    CHECK(lane(i, l) == static_cast<int>(static_cast<float>(l) - 1.5f));
    CHECK(lane(d, l) == l - 1.5);
    CHECK(lane(back, l) == static_cast<float>(lane(i, l)));
  }
}

TEST_CASE_TEMPLATE("integers wrap", T, std::int32_t, std::int64_t) {
  using limits = std::numeric_limits<T>;
  const pack<T> most(limits::max()), least(limits::min());
  CHECK(lane(most + 1) == limits::min());
  CHECK(lane(least - 1) == limits::max());
  CHECK(lane(most * 2) == -2);
  CHECK(lane(-least) == limits::min());
  CHECK(lane(abs(least)) == limits::min());
  CHECK(lane(least / -1) == limits::min());
}

TEST_CASE("64-bit integers are split into two doubles without loss") {
  for (std::int64_t x :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{9007199254740993}, std::int64_t{-9123456789012345},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    pack<double, 8> high, low;
    impl::split(pack<std::int64_t, 8>(x), high, low);
    const auto upper = static_cast<std::int64_t>(high.v[3]);
    CHECK(upper + static_cast<std::int64_t>(low.v[3]) == x);
  }
}

}  // namespace
}  // namespace edgefold
