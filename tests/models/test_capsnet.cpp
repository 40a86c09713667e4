// CapsNet: its size, its shapes, what it refuses, and its gradient along a direction.
#include <edgefold/core/random.hpp>
#include <edgefold/models/capsnet.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

const basic_tensor<std::int64_t> true_digits({2}, {3, 7});

tensor images() { return random_uniform({2, 1, 28, 28}, 5); }

tensor loss(const capsnet& net) {
  const tensor c = net.capsules(images());
  return capsnet_loss(c, true_digits, net.decoder ? net.reconstruct(c, true_digits) : tensor(), images());
}

TEST_CASE("capsnet: as many parameters as the paper's") {
  CHECK(num_parameters(capsnet()) == 8'215'568);
  CHECK(num_parameters(capsnet({.reconstruction = false})) == 6'804'224);
  const auto names = named_parameters(capsnet());
  CHECK(names.front().first == "conv1.weight");
  CHECK(names.back().first == "decoder.4.bias");
}

TEST_CASE("capsnet: shapes, lengths and couplings") {
  const no_grad scope;
  capsnet net({.seed = 3}), shared({.shared_logits = true, .seed = 3});
  for (capsnet* each : {&net, &shared}) each->digit.mutable_array() *= 30;  // early weights route evenly
  const tensor c = net.capsules(images());
  CHECK(c.shape() == shape_type{2, 10, 16});
  const tensor squares = sum_last(c * c);
  for (const float square : squares.values()) CHECK((square > 0 && square < 1));
  CHECK(net.reconstruct(c, true_digits).shape() == shape_type{2, 784});
  for (const capsnet* each : {&net, &shared}) {
    const std::vector<tensor> rounds = each->couplings(images());
    REQUIRE(rounds.size() == 3);
    for (const tensor& r : rounds) {
      CHECK(r.shape() == shape_type{2, 1152, 10});
      CHECK(relative_difference(sum_last(r), ones({2, 1152, 1})) < 1e-5);
    }
    CHECK(relative_difference(rounds[0], full({2, 1152, 10}, 0.1F)) < 1e-6);
  }
  CHECK(relative_difference(c, shared.capsules(images())) > 1e-4);
}

TEST_CASE("capsnet: the class of the longest capsule") {
  tensor c({2, 3, 2}, {0.1F, 0, 0.5F, -0.5F, 0.6F, 0, 0, 0, 0, 0.1F, 0, 0});
  CHECK(predicted_classes(c).at(0) == 1);
  CHECK(predicted_classes(c).at(1) == 1);
}

TEST_CASE("capsnet: what it refuses") {
  const capsnet net({.reconstruction = false});
  const no_grad scope;
  CHECK_THROWS_SAYING(net.capsules(tensor({2, 28, 28})), std::invalid_argument,
                      "[capsnet] images have shape (2, 28, 28), expected (batch, 1, 28, 28)");
  CHECK_THROWS_SAYING(net.reconstruct(tensor({2, 10, 16}), true_digits), std::invalid_argument, "no decoder");
  CHECK_THROWS_SAYING(capsnet().reconstruct(tensor({2, 10, 16}), basic_tensor<std::int64_t>({2}, {1, 10})),
                      std::invalid_argument, "label 1 is 10, expected 0 to 9");
  CHECK_THROWS_SAYING(capsnet({.iterations = 0}), std::invalid_argument, "iterations is 0");
}

// (loss(p + s d) - loss(p - s d)) / 2 s against the gradient along d, where d is the gradient of one parameter itself.
TEST_CASE("capsnet: the gradient is the slope of the loss") {
  for (const bool shared : {false, true}) {
    capsnet net({.shared_logits = shared, .seed = 1});
    net.digit.mutable_array() *= 10;
    loss(net).backward();
    for (const auto& parameter : named_parameters(net)) {
      CAPTURE(parameter.first);
      tensor p = parameter.second;
      const tensor g = p.grad().clone();
      const double norm = std::sqrt(g.array().cast<double>().square().sum());
      REQUIRE(norm > 0);
      const float step = static_cast<float>(3e-3 / norm);
      const no_grad scope;
      const tensor before = p.clone();
      auto at = [&](float s) {
        p.mutable_array() = before.array() + s * g.array();
        return static_cast<double>(loss(net).item());
      };
      const double slope = (at(step) - at(-step)) / (2 * 3e-3);
      p.mutable_array() = before.array();
      CHECK(slope == doctest::Approx(norm).epsilon(0.05));
    }
  }
}

TEST_CASE("capsnet: gradients have the same bits for any number of threads") {
  check_thread_counts([] {
    capsnet net({.seed = 2});
    loss(net).backward();
    return net.conv1.weight.grad();
  });
}

}  // namespace
}  // namespace edgefold
