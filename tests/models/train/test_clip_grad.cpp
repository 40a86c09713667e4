#include <edgefold/models/train/clip_grad.hpp>

#include <edgefold/core/random.hpp>

#include <support/thread_counts.hpp>

#include <cmath>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// A parameter with a gradient.
tensor with_gradient(const tensor& g) {
  tensor p(g.shape());
  p.set_requires_grad();
  p.backward(g);
  return p;
}

TEST_CASE("clip_grad_norm: the numbers of torch") {
  std::vector<tensor> p{with_gradient(tensor({3}, {1, -2, 2})), with_gradient(tensor({2, 1}, {4, 0})), ones({7})};
  CHECK(clip_grad_norm(p, 100) == 5);
  CHECK(same_bits(p[0].grad(), tensor({3}, {1, -2, 2})));
  CHECK(clip_grad_norm(p, 1) == 5);
  CHECK(same_bits(p[0].grad(), tensor({3}, {0.199999958F, -0.399999917F, 0.399999917F})));
  CHECK(same_bits(p[1].grad(), tensor({2, 1}, {0.799999833F, 0})));
  CHECK(clip_grad_norm(p, 0) == doctest::Approx(1));
  CHECK(p[1].grad().at(0) == 0);
  CHECK(clip_grad_norm({}, 1) == 0);
}

TEST_CASE("clip_grad_norm: double sums, the same for any number of threads") {
  const tensor g = random_normal({(1 << 17) + 13}, 1);
  double sum = 0;
  for (float x : g.values()) sum += double{x} * x;
  CHECK(clip_grad_norm({with_gradient(g)}, INFINITY) == doctest::Approx(std::sqrt(sum)).epsilon(1e-13));
  check_thread_counts([&] {
    const tensor p = with_gradient(g);
    const double norm = clip_grad_norm({p}, 1);
    CHECK(clip_grad_norm({p}, 10) == doctest::Approx(1));
    return basic_tensor<double>({1}, {norm});
  });
  CHECK(clip_grad_norm({with_gradient(full({2}, 3e38F))}, 1) == doctest::Approx(std::sqrt(2) * 3e38));
}

TEST_CASE("clip_grad_norm: a norm above the greatest float") {
  const tensor p = with_gradient(full({10000}, 3e38F));
  CHECK(clip_grad_norm({p}, 1) == doctest::Approx(3e40));
  const tensor clipped = p.grad();
  for (const float v : clipped.values()) CHECK(v == doctest::Approx(.01).epsilon(1e-6));
}

TEST_CASE("clip_grad_value: moved to the limits, NaN stays") {
  const tensor p = with_gradient(tensor({5}, {-3, -0.5F, NAN, 0.5F, 1e30F}));
  clip_grad_value({p, ones({1})}, 2);
  CHECK(relative_difference(p.grad(), tensor({5}, {-2, -0.5F, NAN, 0.5F, 2})) == 0);
}

TEST_CASE("clip_grad: misuse") {
  CHECK_THROWS_SAYING(clip_grad_norm({}, -1), std::invalid_argument, "[clip_grad_norm] max_norm is -1");
  CHECK_THROWS_SAYING(clip_grad_norm({}, NAN), std::invalid_argument, "[clip_grad_norm] max_norm is nan");
  CHECK_THROWS_SAYING(clip_grad_value({}, -1), std::invalid_argument, "[clip_grad_value] limit is -1");
  CHECK_THROWS_SAYING(clip_grad_norm({ones({1}), tensor()}, 1), std::invalid_argument,
                      "[clip_grad_norm] parameter 1 is a tensor without storage");
  CHECK_THROWS_SAYING(clip_grad_value({tensor()}, 1), std::invalid_argument,
                      "[clip_grad_value] parameter 0 is a tensor without storage");
}

}  // namespace
}  // namespace edgefold
