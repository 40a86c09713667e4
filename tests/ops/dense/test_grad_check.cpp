#include <edgefold/core/autograd.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/grad_check.hpp>

#include <doctest/doctest.h>

#include <support/tensors.hpp>

using namespace edgefold;

namespace {

using array = basic_tensor<double>;
using arrays = std::vector<array>;

// x^3, element by element, whose gradient is off by `error` at element `wrong`.
array cube(const array& x, std::int64_t wrong = -1, double error = 0) {
  array y = array::uninitialized(x.shape());
  y.mutable_array() = x.array().cube();
  if (needs_grad(x))
    record(
        y,
        [=, x = saved(x)](const array& g, const vjp_inputs& in) {
          array d = array::uninitialized(g.shape());
          d.mutable_array() = 3 * x.get().array().square() * g.array();
          if (wrong >= 0) d.mutable_data()[wrong] += error;
          in.add(0, d);
        },
        x);
  return y;
}

}  // namespace

TEST_CASE("grad_check: a right gradient") {
  const array x = random_normal<double>({4, 3}, 1);
  const grad_check_result r = grad_check([](const arrays& in) { return cube(in[0]); }, {x});
  CAPTURE(r.where);
  CHECK(r);
  CHECK(r.worst < 1e-8);
  CHECK_FALSE(r.where.empty());
  CHECK_FALSE(x.requires_grad());
}

TEST_CASE("grad_check: a wrong gradient is found, and where it is") {
  const arrays inputs{random_normal<double>({4, 3}, 1), random_normal<double>({2, 5}, 2)};
  const array before = inputs[1].clone();
  const grad_check_result r = grad_check(
      [](const arrays& in) {
        REQUIRE(in.size() == 2);
        array y = cube(in[1], 7, 1e-3);
        return y;
      },
      inputs);
  CHECK_FALSE(r);
  CHECK(r.worst > 1e-5);
  CHECK(r.where.find("input 1, element (1, 2) of shape (2, 5): backward() gives ") == 0);
  CHECK(testing::same_bits(inputs[1], before));
}

TEST_CASE("grad_check: a gradient that never arrives is zero") {
  const array x({2}, {1, 2});
  const auto cut = [](const arrays& in) { return cube(in[0].detach()); };
  CHECK_FALSE(grad_check(cut, {x}));
  CHECK(grad_check(cut, {x}).worst == 1);
  CHECK(grad_check([](const arrays&) { return array({1}, {3}); }, {x}));
}

TEST_CASE("grad_check: not a number is no agreement") {
  const array x({2}, {1, 2});
  const auto bad = [](const arrays& in) { return cube(in[0], 1, NAN); };
  const grad_check_result r = grad_check(bad, {x});
  CHECK_FALSE(r);
  CHECK(r.worst == INFINITY);
  CHECK(r.where.find("element (1) of shape (2): backward() gives nan") != std::string::npos);
}

TEST_CASE("grad_check: a sample of many elements, spread over all of them") {
  const array x = random_normal<double>({100, 100}, 3);
  std::int64_t calls = 0;
  const auto f = [&](std::int64_t wrong) {
    return [&calls, wrong](const arrays& in) { return ++calls, cube(in[0], wrong, 1); };
  };
  CHECK(grad_check(f(-1), {x}));
  CHECK(calls == 1 + 2 * 64);
  CHECK(grad_check(f(-1), {x}, {.max_elements = 10}));
  CHECK(calls == 2 + 2 * 64 + 2 * 10);
  CHECK_FALSE(grad_check(f(9'999), {x}, {.max_elements = 10'000}));
}

TEST_CASE("grad_check: rounding of large values is no error") {
  const array x({1}, {0.5});
  const auto far = [](const arrays& in) {
    array y({1}, {1e9 + in[0].at(0)});
    if (needs_grad(in[0]))
      record(
          y, [](const array& g, const vjp_inputs& to) { to.add(0, g); }, in[0]);
    return y;
  };
  CHECK(grad_check(far, {x}));
}

TEST_CASE("grad_check: misuse") {
  const array x({2}, {1, 2});
  const auto f = [](const arrays& in) { return cube(in[0]); };
  CHECK_THROWS_SAYING(grad_check(f, {array()}), std::invalid_argument, "[grad_check] input 0 is a tensor without");
  CHECK_THROWS_SAYING(grad_check(f, {x}, {.step = 0}), std::invalid_argument, "expected a positive step");
  CHECK_THROWS_SAYING(grad_check([](const arrays&) { return array(); }, {x}), std::invalid_argument,
                      "the function gave a tensor without storage");
  std::int64_t rows = 1;
  CHECK_THROWS_SAYING(grad_check([&](const arrays&) { return array({rows++}); }, {x}), std::invalid_argument,
                      "the function gave shape (1), then (2)");
  const no_grad scope;
  CHECK_THROWS_SAYING(grad_check(f, {x}), std::invalid_argument, "within a no_grad");
}
