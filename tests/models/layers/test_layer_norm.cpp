#include <edgefold/models/layers/layer_norm.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("layer_norm: row by row") {
  layer_norm layer(5, 1e-3);
  const tensor w = random_normal({5}, 1), b = random_normal({5}, 2), x = random_normal({4, 3, 5}, 3);
  load_state_dict(layer, {{"weight", w}, {"bias", b}});
  tensor expected(x.shape());
  for (std::int64_t r = 0; r < 12; ++r) {
    const float* const row = x.data() + 5 * r;
    double mean = 0, var = 0;
    for (int i = 0; i < 5; ++i) mean += double{row[i]} / 5;
    for (int i = 0; i < 5; ++i) var += (row[i] - mean) * (row[i] - mean) / 5;
    for (int i = 0; i < 5; ++i)
      expected.mutable_data()[5 * r + i] =
          static_cast<float>((row[i] - mean) / std::sqrt(var + 1e-3) * w.at(i) + b.at(i));
  }
  CHECK(relative_difference(layer(x).detach(), expected) < 1e-5);
  check_slopes(layer, x, [&](const tensor& t) { return layer(t); });
  check_layer_threads(layer, random_normal({3000, 5}, 4), [&](const tensor& t) { return layer(t); });
  layer.weight = layer.bias = tensor();
  CHECK(parameters(layer).empty());
  CHECK(std::abs(weighed(layer(x), ones(x.shape()))) < 1e-4);
}

TEST_CASE("layer_norm: what does not fit is refused") {
  CHECK_THROWS_SAYING(layer_norm(5)(zeros({2, 4})), std::invalid_argument,
                      "[layer_norm] x has shape (2, 4), expected a last dim of 5");
  CHECK_THROWS_SAYING(layer_norm(0), std::invalid_argument, "[layer_norm] features is 0, expected at least 1");
}

TEST_CASE("layer_norm: rows whose squares overflow are as those of a smaller scale, and so are their gradients") {
  const tensor x = random_normal({4, 5}, 1), scale({4, 1}, {1, 0x1p40F, 0x1p80F, 0x1p120F});
  const tensor weights = random_normal({4, 5}, 2);
  const layer_norm layer(5, 1e-30);
  auto run = [&](const tensor& of) {
    const tensor in = of.clone();
    tensor(in).set_requires_grad();
    const tensor y = layer(in);
    y.backward(weights);
    return std::pair{y.detach(), in.grad()};
  };
  const auto [y, dx] = run(x);
  const auto [large, dlarge] = run(x * scale);
  CHECK(relative_difference(large, y) < 1e-5);
  CHECK(relative_difference(dlarge * scale, dx) < 1e-4);
  const tensor same = layer_norm(3)(full({1, 3}, 1e30F));
  for (const float v : same.values()) CHECK(std::isfinite(v));
}

}  // namespace
}  // namespace edgefold
