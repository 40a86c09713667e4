// Arithmetic on whole tensors and columns.
#include <edgefold/core/random.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>

#include <support/random_case.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("operators on tensors and numbers") {
  const tensor a({2, 2}, {1, 2, 3, 4}), b({2, 2}, {10, 20, 30, 40});
  CHECK(same_bits(a + b, tensor({2, 2}, {11, 22, 33, 44})));
  CHECK(same_bits(b - a, tensor({2, 2}, {9, 18, 27, 36})));
  CHECK(same_bits(a * b, tensor({2, 2}, {10, 40, 90, 160})));
  CHECK(same_bits(b / a, tensor({2, 2}, {10, 10, 10, 10})));
  CHECK(same_bits(a + 1, tensor({2, 2}, {2, 3, 4, 5})));
  CHECK(same_bits(1 - a, tensor({2, 2}, {0, -1, -2, -3})));
  CHECK(same_bits(a * 0.5, tensor({2, 2}, {0.5f, 1, 1.5f, 2})));
  CHECK(same_bits(12 / a, tensor({2, 2}, {12, 6, 4, 3})));
  CHECK(same_bits(-a, tensor({2, 2}, {-1, -2, -3, -4})));
  CHECK(same_bits(a, tensor({2, 2}, {1, 2, 3, 4})));  // results are new tensors
}

TEST_CASE("broadcasting: rows equal or 1, dims as NumPy's") {
  const tensor a({2, 3}, {1, 2, 3, 4, 5, 6}), row({1, 3}, {10, 20, 30}), column({2, 1}, {100, 200});
  CHECK(same_bits(a + row, tensor({2, 3}, {11, 22, 33, 14, 25, 36})));
  CHECK(same_bits(row + a, tensor({2, 3}, {11, 22, 33, 14, 25, 36})));
  CHECK(same_bits(a * column, tensor({2, 3}, {100, 200, 300, 800, 1000, 1200})));
  CHECK(same_bits(row - column, tensor({2, 3}, {-90, -80, -70, -190, -180, -170})));
  CHECK((tensor({2, 4, 3}) + tensor({2, 3})).shape() == shape_type{2, 4, 3});
  CHECK((tensor({0, 3}) + tensor({1, 3})).shape() == shape_type{0, 3});
  CHECK((tensor({1, 3}) + tensor({1, 1})).shape() == shape_type{1, 3});
}

TEST_CASE("functions") {
  const tensor x({1, 4}, {0.25f, 1, 4, 9});
  CHECK(relative_difference(exp(x), tensor({1, 4}, {1.2840254f, 2.7182818f, 54.59815f, 8103.0839f})) <= 1e-6);
  CHECK(relative_difference(log(x), tensor({1, 4}, {-1.3862944f, 0, 1.3862944f, 2.1972246f})) <= 1e-6);
  CHECK(same_bits(sqrt(x), tensor({1, 4}, {0.5f, 1, 2, 3})));
  CHECK(relative_difference(rsqrt(x), tensor({1, 4}, {2, 1, 0.5f, 1 / 3.f})) <= 1e-7);
  CHECK(relative_difference(tanh(x), tensor({1, 4}, {0.24491866f, 0.76159416f, 0.9993293f, 1})) <= 1e-6);
  CHECK(relative_difference(sigmoid(x), tensor({1, 4}, {0.56217650f, 0.73105858f, 0.98201379f, 0.99987661f})) <= 1e-6);
  const tensor y({1, 3}, {-2, 0, 3});
  CHECK(same_bits(abs(y), tensor({1, 3}, {2, 0, 3})));
  CHECK(same_bits(relu(y), tensor({1, 3}, {0, 0, 3})));
  CHECK(same_bits(leaky_relu(y, 0.5), tensor({1, 3}, {-1, 0, 3})));
  CHECK(same_bits(clamp_min(y, 1), tensor({1, 3}, {1, 1, 3})));
}

TEST_CASE("columns of a graph, other scalar types") {
  graph g({{0, 1}});
  g.ndata["x"] = tensor({2, 1}, {3, 4});
  CHECK(same_bits(g.ndata["x"] * g.ndata["x"] + 1, tensor({2, 1}, {10, 17})));
  g.ndata["y"] = exp(g.ndata["x"] * 0);
  CHECK(same_bits<float>(g.ndata["y"], ones({2, 1})));
  const basic_tensor<std::int64_t> i({2, 1}, {3, -4});
  CHECK(same_bits(i * i - 2, basic_tensor<std::int64_t>({2, 1}, {7, 14})));
  const basic_tensor<bool> less = elementwise([](auto a) { return a < 0; }, i);
  CHECK(same_bits(less, basic_tensor<bool>({2, 1}, {false, true})));
}

// Lengths about where packs and tasks end, and one whose result is streamed past the caches.
TEST_CASE("numbers that the type of a tensor cannot hold are refused") {
  const basic_tensor<std::int64_t> i({2}, {3, -4});
  const basic_tensor<std::int32_t> n({2}, {3, -4});
  constexpr std::int64_t odd = (std::int64_t{1} << 53) + 1;  // no double
  CHECK((i + odd).at(0) == odd + 3);
  CHECK((i * 2.0).at(1) == -8);
  CHECK(clamp_min(i, 1).at(1) == 1);
  CHECK((tensor({1}, {1}) + 1e300).item() == INFINITY);
  const auto refused = [](auto compute, const char* part) {
    CHECK_THROWS_SAYING(compute(), std::invalid_argument, part);
  };
  refused([&] { return i + 1e300; }, "[add] number is 1e+300, which int64 cannot hold");
  refused([&] { return 1e300 + i; }, "[add] number is 1e+300, which int64 cannot hold");
  refused([&] { return i + .5; }, "[add] number is 0.5, which int64 cannot hold");
  refused([&] { return .5 - i; }, "[sub] number is 0.5, which int64 cannot hold");
  refused([&] { return i * NAN; }, "[mul] number is nan, which int64 cannot hold");
  refused([&] { return n / INFINITY; }, "[div] number is inf, which int32 cannot hold");
  refused([&] { return n + (std::int64_t{1} << 40); }, "[add] number is 1099511627776, which int32 cannot hold");
  refused([&] { return i + UINT64_MAX; }, "[add] number is 18446744073709551615, which int64 cannot hold");
  refused([] { return basic_tensor<bool>({1}, {true}) + 2; }, "[add] number is 2, which bool cannot hold");
  refused([&] { return clamp_min(i, .5); }, "[clamp_min] least is 0.5, which int64 cannot hold");
  refused([&] { return clamp_min(i, 1e300); }, "[clamp_min] least is 1e+300, which int64 cannot hold");
  refused([&] { return clamp_min(n, NAN); }, "[clamp_min] least is nan, which int32 cannot hold");
}

TEST_CASE_TEMPLATE("every element once, whatever the size", T, float, double, std::int32_t, std::int64_t) {
  for (std::int64_t n : {0, 1, 7, 8, 9, 15, 16, 17, 31, 1025, 32767, 32768, 32769, 100003, (1 << 23) + 5}) {
    CAPTURE(n);
    const auto x = cast<T>(random_integers({n, 1}, 100, 1)), y = cast<T>(random_integers({n, 1}, 100, 2));
    const basic_tensor<T> out = x * T(2) + y;
    const basic_tensor<bool> less = elementwise([](auto a, auto b) { return a < b; }, x, y);
    std::int64_t wrong = out.shape() != x.shape();
    for (std::int64_t i = 0; i < n; ++i) {
      wrong += out.at(i) != 2 * x.at(i) + y.at(i);
      wrong += less.at(i) != (x.at(i) < y.at(i));
    }
    CHECK(wrong == 0);
    CHECK(same_bits(sum_last(x), x));
  }
}

TEST_CASE("gradients of every element, whatever the size") {
  const auto gated = [](auto a, auto b, auto c) { return a * b * b + c; };
  const auto assigned = [](const auto& a, const auto& b, const auto& c) {  // keeps a result in an argument's type
    auto sum = c;
    sum = sum + a * b * b;
    return sum;
  };
  for (std::int64_t n : {0, 1, 7, 8, 9, 17, 1025, 32769, 100003}) {
    CAPTURE(n);
    auto a = random_normal<double>({n}, 1), b = random_normal<double>({n}, 2);
    const auto c = random_normal<double>({n}, 3), seed = random_normal<double>({n}, 4);
    const auto by_hand = [&](const auto& derivative) {
      auto t = basic_tensor<double>::uninitialized({n});
      for (std::int64_t i = 0; i < n; ++i) t.mutable_data()[i] = seed.at(i) * derivative(i);
      return t;
    };
    a.set_requires_grad(), b.set_requires_grad();
    const auto check = [&](const auto& f) {
      a.zero_grad(), b.zero_grad();
      elementwise(f, a, b, c).backward(seed);
      CHECK(relative_difference(a.grad(), by_hand([&](std::int64_t i) { return b.at(i) * b.at(i); })) <= 1e-14);
      CHECK(relative_difference(b.grad(), by_hand([&](std::int64_t i) { return 2 * a.at(i) * b.at(i); })) <= 1e-14);
    };
    check(gated);
    check(assigned);
    a.zero_grad();
    (3.0 / a).backward(seed);
    CHECK(relative_difference(a.grad(), by_hand([&](std::int64_t i) { return -3 / (a.at(i) * a.at(i)); })) <= 1e-14);
  }
}

TEST_CASE("property: sum_last") {
  check_property([] {
    shape_type shape = random_dims();
    RC_PRE(!shape.empty());
    shape.insert(shape.begin(), *rc::gen::inRange<std::int64_t>(0, 20));
    const tensor x = random_normal(shape, 3);
    RC_ASSERT(difference(sum_last(x), naive_sum_last(as_doubles(x))) <= 1e-5);
  });
}

}  // namespace
}  // namespace edgefold
