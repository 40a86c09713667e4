#include <edgefold/core/autograd.hpp>

#include <doctest/doctest.h>

#include <support/product.hpp>

using namespace edgefold;
using testing::product;

TEST_CASE("autograd: a product's gradient, and of an input used twice") {
  tensor x({2}, {3, 4}), y({2}, {5, 6});
  x.set_requires_grad();
  const tensor z = product(product(x, x), y);  // x^2 y
  CHECK(z.requires_grad());
  CHECK_FALSE(y.requires_grad());
  z.backward(tensor({2}, {1, 10}));
  CHECK(x.grad().at(0) == 2 * 3 * 5);
  CHECK(x.grad().at(1) == 10 * 2 * 4 * 6);
  CHECK_FALSE(y.grad().defined());
}

TEST_CASE("autograd: gradients add up over calls until zero_grad") {
  tensor x({1}, {3});
  const tensor copy = x;
  x.set_requires_grad();
  CHECK(copy.requires_grad());  // a copy is the same tensor
  product(x, x).backward();
  product(x, x).backward();
  CHECK(copy.grad().item() == 12);
  x.zero_grad();
  CHECK_FALSE(copy.grad().defined());
}

TEST_CASE("autograd: a leaf that is its own result") {
  tensor x({1}, {3});
  x.set_requires_grad();
  x.backward();
  x.backward();
  CHECK(x.grad().item() == 2);
}

TEST_CASE("autograd: one gradient given to two inputs is not written into") {
  tensor x({1}, {3});
  x.set_requires_grad();
  auto twice = [](const tensor& a) {  // a + a, its vjp giving the same tensor away twice
    tensor out({1}, {2 * a.item()});
    record(
        out,
        [](const tensor& g, const vjp_inputs& in) {
          in.add(0, g);
          in.add(1, g);
        },
        a, a);
    return out;
  };
  const tensor seed({1}, {1});
  twice(twice(x)).backward(seed);
  CHECK(x.grad().item() == 4);
  CHECK(seed.item() == 1);
}

TEST_CASE("autograd: reshape, clone, cast and detach") {
  basic_tensor<double> x({2, 2}, {1, 2, 3, 4});
  x.set_requires_grad();
  const tensor y = cast<float>(x.reshape({4}).clone());
  CHECK(y.shares_storage_with(y.detach()));
  CHECK_FALSE(y.detach().requires_grad());
  product(y, y.detach()).backward(tensor({4}, {1, 1, 1, 2}));
  CHECK(x.grad().shape() == shape_type{2, 2});
  CHECK(x.grad().at(0, 1) == 2);
  CHECK(x.grad().at(1, 1) == 8);
}

TEST_CASE("autograd: no_grad leaves no tape, and ends with its scope") {
  tensor x({1}, {3});
  x.set_requires_grad();
  {
    const no_grad scope;
    CHECK_FALSE(product(x, x).requires_grad());
    const no_grad inner;
  }
  CHECK(product(x, x).requires_grad());
}

TEST_CASE("autograd: a write into what the tape has saved is an error, and no gradient changes") {
  tensor x({1}, {3}), w({1}, {2});
  x.set_requires_grad();
  tensor read = product(x, w);  // not constant: reading is never writing
  static_cast<void>(read.data()), static_cast<void>(w.matrix().sum()), static_cast<void>(w.array().sum());
  static_cast<void>(w.values()), static_cast<void>(x.data());
  read.backward();
  x.zero_grad();
  const tensor z = product(x, w);
  w.mutable_matrix()(0, 0) = 5;
  CHECK_THROWS_WITH_AS(z.backward(), doctest::Contains("[backward] a tensor of shape (1) that an operation saved"),
                       std::invalid_argument);
  CHECK_FALSE(x.grad().defined());
  product(x, w).backward();
  CHECK(x.grad().item() == 5);
}

TEST_CASE("autograd: misuse of backward") {
  tensor x({2}, {3, 4});
  CHECK_THROWS_WITH_AS(x.backward(x), doctest::Contains("no operation on the way"), std::invalid_argument);
  x.set_requires_grad();
  tensor z = product(x, x);
  CHECK_THROWS_WITH_AS(z.backward(), doctest::Contains("[backward] a tensor of shape (2) needs a seed"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(z.backward(tensor({1})), doctest::Contains("the seed has shape (1), expected (2)"),
                       std::invalid_argument);
  const tensor later = product(z, z);
  z.backward(ones({2}));
  CHECK(x.grad().at(1) == 8);
  CHECK_THROWS_WITH_AS(z.backward(ones({2})), doctest::Contains("an earlier backward() has freed"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(later.backward(ones({2})), doctest::Contains("an earlier backward() has freed"),
                       std::invalid_argument);
  CHECK(x.grad().at(1) == 8);
  CHECK_THROWS_WITH_AS(z.set_requires_grad(false), doctest::Contains("detach()"), std::invalid_argument);
  CHECK_THROWS_AS(tensor().set_requires_grad(), std::invalid_argument);
  CHECK_THROWS_WITH_AS(basic_tensor<std::int64_t>({1}).set_requires_grad(), doctest::Contains("int64"),
                       std::invalid_argument);
  x.set_requires_grad(false);
  CHECK_FALSE(product(x, x).requires_grad());
}

TEST_CASE("autograd: where a gradient does not fit the memory, no leaf has changed") {
  // A leaf larger than any memory: somebody else holds what arrives at it, so that it must be copied.
  const std::int64_t huge = std::int64_t{1} << 50;
  float one = 1;
  tensor large = tensor::wrap(&one, {huge}, nullptr), small({1}, {3});
  large.set_requires_grad();
  small.set_requires_grad();
  for (const bool small_first : {true, false}) {
    const tensor held = tensor::wrap(&one, {huge}, nullptr);
    tensor out({1}, {5});
    record(
        out,
        [held, small_first](const tensor& g, const vjp_inputs& in) {
          in.add(small_first ? 0 : 1, g);
          in.add(small_first ? 1 : 0, held);
        },
        small_first ? small : large, small_first ? large : small);
    CHECK_THROWS_AS(out.backward(), std::bad_alloc);
    CHECK_FALSE(small.grad().defined());
    CHECK_FALSE(large.grad().defined());
  }
  small.backward();
  CHECK(small.grad().item() == 1);
}

TEST_CASE("autograd: a gradient of another number type than its input's, or of no input, is an error") {
  basic_tensor<double> x({2}, {1, 2});
  tensor y({2}, {3, 4});
  x.set_requires_grad();
  y.set_requires_grad();
  const auto recorded = [&](const auto& vjp) {
    tensor out({1}, {0});
    record(out, vjp, x, y);
    return out;
  };
  const auto refused = [&](const auto& vjp, const char* text) {
    CHECK_THROWS_WITH_AS(recorded(vjp).backward(), doctest::Contains(text), std::invalid_argument);
    CHECK_FALSE(x.grad().defined());
    CHECK_FALSE(y.grad().defined());
  };
  refused([](const tensor&, const vjp_inputs& in) { in.add(0, ones({2})); },
          "[backward] a gradient of float was given to input 0, which is double");
  refused([](const tensor&, const vjp_inputs& in) { in.add(1, ones<double>({2})); },
          "[backward] a gradient of double was given to input 1, which is float");
  refused([](const tensor&, const vjp_inputs& in) { in.so_far<double>(1); }, "of double was given to input 1");
  refused([](const tensor&, const vjp_inputs& in) { in.add(2, ones({2})); },
          "[backward] there is no input 2, the operation was recorded with 2");
  refused([](const tensor&, const vjp_inputs& in) { in.wants(2); }, "there is no input 2");
  recorded([](const tensor&, const vjp_inputs& in) {
    in.add(0, ones<double>({2}));
    in.add(1, ones({2}));
  }).backward();
  CHECK(x.grad().at(1) == 1);
  CHECK(y.grad().at(1) == 1);
  const tensor wrong = custom_vjp([](const tensor& u) { return u.clone(); },
                                  [](const tensor&, const tensor&) { return basic_tensor<double>({2}); }, y);
  CHECK_THROWS_WITH_AS(wrong.backward(ones({2})), doctest::Contains("a gradient of double was given to input 0"),
                       std::invalid_argument);
}

TEST_CASE("autograd: a chain of a million operations, run and merely dropped") {
  tensor x({1}, {1});
  const tensor one({1}, {1});
  x.set_requires_grad();
  for (bool run : {true, false}) {
    tensor y = x;
    for (int i = 0; i < 1'000'000; ++i) y = product(y, one);
    if (run) y.backward();
  }
  CHECK(x.grad().item() == 1);
}

TEST_CASE("autograd: a chain that closures hold ends without a recursion too") {
  tensor x({1}, {1});
  x.set_requires_grad();
  tensor y = x;
  for (int i = 0; i < 200'000; ++i) {
    tensor next({1}, {0});
    record(
        next, [y](const tensor& g, const vjp_inputs& in) { in.add(0, g); }, x);
    y = next;
  }
  y = tensor();
  CHECK(x.requires_grad());
}

TEST_CASE("autograd: custom_vjp of one input and of several") {
  tensor x({1}, {3}), y({1}, {4});
  x.set_requires_grad();
  y.set_requires_grad();
  const tensor a =
      custom_vjp([](const tensor& u) { return product(u, u); },
                 [](const tensor& g, const tensor& u) { return tensor({1}, {g.item() * 100 * u.item()}); }, x);
  const tensor b = custom_vjp(
      [](const tensor& u, const tensor& v) { return product(u, v); },
      [](const tensor&, const tensor&, const tensor&) { return std::tuple(tensor({1}, {7}), tensor()); }, a, y);
  CHECK(b.item() == 36);
  b.backward();
  CHECK(x.grad().item() == 2100);
  CHECK_FALSE(y.grad().defined());
  const tensor wrong = custom_vjp([](const tensor& u) { return u.clone(); },
                                  [](const tensor&, const tensor&) { return tensor({2}); }, x);
  CHECK_THROWS_WITH_AS(wrong.backward(), doctest::Contains("a gradient of shape (2) arrived at a tensor of shape (1)"),
                       std::invalid_argument);
  CHECK(x.grad().item() == 2100);
}
