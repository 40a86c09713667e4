// Gradients as results: those of leaves and of results, within backward passes, and what is refused.
#include <edgefold/core/grad.hpp>

#include <doctest/doctest.h>

#include <support/product.hpp>
#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using tensors = std::vector<tensor>;

// x, whose gradient must not be asked for.
tensor forbidden(const tensor& x) {
  return custom_vjp([](const tensor& u) { return u.clone(); },
                    [](const tensor&, const tensor&) -> tensor { throw std::logic_error("was run"); }, x);
}
tensor leaf(float x) {
  tensor t({1}, {x});
  t.set_requires_grad();
  return t;
}

TEST_CASE("grad: of leaves, which keep the gradients that they have") {
  const tensor x = leaf(3), y = leaf(5);
  product(x, x).backward();
  const tensors d = grad({product(product(x, x), y)}, {x, y, x});
  CHECK(d[0].item() == 2 * 3 * 5);
  CHECK(d[1].item() == 9);
  CHECK(d[2].item() == 30);
  CHECK(x.grad().item() == 6);
  CHECK_FALSE(y.grad().defined());
}

TEST_CASE("grad: of results, also of one on the way to another input") {
  const tensor x = leaf(3), y = leaf(5), xy = product(x, y), z = product(xy, xy);
  const tensors d = grad({z}, {xy, x, z});
  CHECK(d[0].item() == 30);
  CHECK(d[1].item() == 150);
  CHECK(d[2].item() == 1);
}

TEST_CASE("grad: several outputs, seeds, and what no output depends on") {
  tensor x({2}, {3, 4}), other = leaf(1);
  x.set_requires_grad();
  const tensors d = grad({product(x, x), x}, {x, other}, {.seeds = {tensor({2}, {1, 10}), tensor({2}, {100, 1000})}});
  CHECK(same_bits(d[0], tensor({2}, {106, 1080})));
  CHECK_FALSE(d[1].defined());
  CHECK(grad({other}, {}).empty());
  CHECK(grad({other, other}, {other}, {.seeds = {tensor(), tensor({1}, {5})}})[0].item() == 6);
  basic_tensor<double> wide({1}, {2});
  wide.set_requires_grad();
  CHECK(grad({wide}, {wide})[0].item() == 1);
}

TEST_CASE("grad: what does not lead to an input is neither run nor freed") {
  const tensor x = leaf(3), y = leaf(5), side = forbidden(y), before = product(y, y);
  CHECK(grad({product(product(x, side), before)}, {x})[0].item() == 125);
  before.backward();
  CHECK(y.grad().item() == 10);
  const tensor square = product(x, x);
  CHECK(grad({square}, {square})[0].item() == 1);
  CHECK(grad({square}, {x})[0].item() == 6);
  CHECK_THROWS_SAYING(grad({square}, {x}), std::invalid_argument, "[grad] an earlier backward() has freed");
}

TEST_CASE("grad: results are the caller's own") {
  tensor seed({1}, {7});
  const tensor x = leaf(3), y = leaf(4);
  tensor sum({1}, {7});
  record(
      sum,
      [](const tensor& g, const vjp_inputs& in) {
        in.add(0, g);
        in.add(1, g);
      },
      x, y);
  tensors d = grad({sum}, {x, y, sum}, {.seeds = {seed}});
  d[0].mutable_data()[0] = 1;
  d[1].mutable_data()[0] = 2;
  CHECK(d[2].item() == 7);
  CHECK(seed.item() == 7);
  CHECK(d[0].item() == 1);
}

// x * x * y, whose backward pass runs a function of tensors again and asks for its gradients: of the inputs, and of
// `w`, which the function captures.
tensor again(const tensor& x, const tensor& w) {
  tensor out = product(x.detach(), w.detach());
  record(
      out,
      [x = saved(x), w](const tensor& g, const vjp_inputs& in) {
        const enable_grad scope;
        tensor own = x.get().clone();
        own.set_requires_grad();
        const tensors d = grad({product(own, w)}, {own, w}, {.seeds = {g}});
        in.add(0, d[0]);
        in.add(1, d[1]);
      },
      x, w);
  return out;
}

TEST_CASE("grad: a backward pass within a backward pass") {
  const tensor x = leaf(3), w = leaf(5);
  // Something has arrived at w, and at x, when the inner pass begins.
  const tensor inner = again(x, w), outer = product(product(inner, w), x);
  outer.backward();
  CHECK(x.grad().item() == 2 * 3 * 25);
  CHECK(w.grad().item() == 2 * 5 * 9);
  CHECK(grad_enabled());
  const tensors d = grad({product(product(again(x, w), w), x)}, {w});
  CHECK(d[0].item() == 90);
  CHECK(w.grad().item() == 90);
}

TEST_CASE("grad: enable_grad within no_grad, and scopes end") {
  const tensor x = leaf(3);
  const no_grad off;
  {
    const enable_grad on;
    CHECK(product(x, x).requires_grad());
    const no_grad inner;
    CHECK_FALSE(product(x, x).requires_grad());
  }
  CHECK_FALSE(product(x, x).requires_grad());
}

TEST_CASE("grad: where an operation throws, nothing is left behind") {
  const tensor x = leaf(3);
  CHECK_THROWS_AS(grad({product(x, forbidden(x))}, {x}), std::logic_error);
  CHECK_FALSE(x.grad().defined());
  CHECK(grad({product(x, x)}, {x})[0].item() == 6);
  const tensor failing = custom_vjp([](const tensor& u) { return u.clone(); },
                                    [](const tensor& g, const tensor& u) {
                                      const enable_grad scope;
                                      tensor own = u.clone();
                                      own.set_requires_grad();
                                      CHECK_THROWS_AS(grad({forbidden(own)}, {own}), std::logic_error);
                                      return g;
                                    },
                                    x);
  product(failing, x).backward();
  CHECK(x.grad().item() == 6);
}

TEST_CASE("grad: what is refused") {
  const tensor x = leaf(3);
  tensor pair({2}, {1, 2});
  CHECK_THROWS_SAYING(grad(tensors{}, tensors{x}), std::invalid_argument, "[grad] there are no outputs");
  CHECK_THROWS_SAYING(grad({pair}, {x}), std::invalid_argument, "[grad] output 0 is not on the tape");
  CHECK_THROWS_SAYING(grad({x}, {x, pair}), std::invalid_argument, "[grad] input 1 is not on the tape");
  pair.set_requires_grad();
  CHECK_THROWS_SAYING(grad({x, pair}, {x}), std::invalid_argument, "output 1 has the shape (2) and needs a seed");
  CHECK_THROWS_SAYING(grad({pair}, {x}, {.seeds = {x}}), std::invalid_argument,
                      "seed 0 has the shape (1), expected (2)");
  CHECK_THROWS_SAYING(grad({pair}, {x}, {.seeds = {pair, pair}}), std::invalid_argument, "2 seeds, expected 1");
}

}  // namespace
}  // namespace edgefold
