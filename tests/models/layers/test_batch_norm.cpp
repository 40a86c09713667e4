#include <edgefold/models/layers/batch_norm.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

struct moments {
  double mean = 0, var = 0;
  moments(const tensor& x, std::int64_t column) {
    const auto n = static_cast<double>(x.rows());
    for (std::int64_t r = 0; r < x.rows(); ++r) mean += x.at(r, column) / n;
    for (std::int64_t r = 0; r < x.rows(); ++r) var += (x.at(r, column) - mean) * (x.at(r, column) - mean) / n;
  }
};

TEST_CASE("batch_norm: where there is no result, no statistics have moved") {
  batch_norm layer(2);
  layer.bias = zeros({3});
  CHECK_THROWS_AS(layer(random_normal({8, 2}, 3)), std::invalid_argument);
  CHECK(layer.num_batches_tracked.item() == 0);
  CHECK(same_bits(layer.running_mean, zeros({2})));
  CHECK(same_bits(layer.running_var, ones({2})));
}

TEST_CASE("batch_norm: column by column, running statistics, and what they are for") {
  batch_norm layer(3, {.eps = 1e-3, .momentum = 0.2});
  load_state_dict(layer, {{"weight", tensor({3}, {1, 2, -1})}, {"bias", tensor({3}, {0, 1, 5})}}, false);
  const tensor a = random_normal({8, 3}, 3), b = tensor::from(3 + 2 * random_normal({8, 3}, 4).array());
  const tensor y = layer(a).detach();
  layer(b);
  CHECK(layer.num_batches_tracked.item() == 2);
  set_training(layer, false);
  const tensor later = layer(a).detach();
  CHECK(layer.num_batches_tracked.item() == 2);
  for (std::int64_t c = 0; c < 3; ++c) {
    const moments of_a(a, c), of_b(b, c);
    const double mean = 0.8 * 0.2 * of_a.mean + 0.2 * of_b.mean;
    const double var = 0.64 + (0.8 * 0.2 * of_a.var + 0.2 * of_b.var) * 8 / 7;
    CHECK(layer.running_mean.at(c) == doctest::Approx(mean).epsilon(1e-5));
    CHECK(layer.running_var.at(c) == doctest::Approx(var).epsilon(1e-5));
    const double w = layer.weight.at(c), shift = layer.bias.at(c);
    for (std::int64_t r = 0; r < 8; ++r) {
      CHECK(y.at(r, c) ==
            doctest::Approx((a.at(r, c) - of_a.mean) / std::sqrt(of_a.var + 1e-3) * w + shift).epsilon(1e-4));
      CHECK(later.at(r, c) == doctest::Approx((a.at(r, c) - mean) / std::sqrt(var + 1e-3) * w + shift).epsilon(1e-4));
    }
  }
}

TEST_CASE("batch_norm: gradients in both modes, parameters and buffers") {
  const batch_norm layer(4);
  CHECK(parameters(layer).size() == 2);
  CHECK(state_dict(layer).size() == 5);
  const tensor x = random_normal({9, 4}, 5);
  check_slopes(layer, x, [&](const tensor& t) { return layer(t); });
  batch_norm trained(4);
  trained(x);
  set_training(trained, false);
  check_slopes(trained, x, [&](const tensor& t) { return trained(t); });
  const batch_norm large(20);
  check_layer_threads(large, random_normal({3000, 20}, 6), [&](const tensor& t) { return large(t); });
}

TEST_CASE("batch_norm: what does not fit is refused") {
  batch_norm layer(3);
  CHECK_THROWS_SAYING(layer(zeros({2, 4})), std::invalid_argument,
                      "[batch_norm] x has shape (2, 4), expected (rows, 3)");
  CHECK_THROWS_SAYING(layer(zeros({1, 3})), std::invalid_argument, "[batch_norm] 1 rows have no variance");
  CHECK(layer.num_batches_tracked.item() == 0);
  set_training(layer, false);
  CHECK(layer(zeros({1, 3})).shape() == shape_type{1, 3});
}

}  // namespace
}  // namespace edgefold
