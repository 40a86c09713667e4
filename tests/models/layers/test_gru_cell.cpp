#include <edgefold/models/layers/gru_cell.hpp>

#include <edgefold/models/layers/linear.hpp>

#include <models/layers/gates.hpp>
#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("gru_cell: by hand") {
  gru_cell cell(1, 1, 0);
  load_state_dict(cell, {{"weight_ih", tensor({3, 1}, {0.5F, -1, 2})},
                         {"weight_hh", tensor({3, 1}, {1, 0.25F, -0.5F})},
                         {"bias_ih", tensor({3}, {0.1F, 0.2F, 0.3F})},
                         {"bias_hh", tensor({3}, {-0.1F, 0.4F, 0.6F})}});
  const double x = 1.5, h = -2;
  const double r = sigmoid_of(0.5 * x + 0.1 + h - 0.1), z = sigmoid_of(-x + 0.2 + 0.25 * h + 0.4);
  const double n = std::tanh(2 * x + 0.3 + r * (-0.5 * h + 0.6));
  CHECK(cell(tensor({1, 1}, {1.5F}), tensor({1, 1}, {-2})).at(0) == doctest::Approx((1 - z) * n + z * h).epsilon(1e-6));
}

TEST_CASE("gru_cell: gradients, with biases and without") {
  const tensor x = random_normal({5, 3}, 1), h = random_normal({5, 4}, 2);
  for (const bool bias : {true, false}) {
    const gru_cell cell(3, 4, 7, 0, bias);
    CHECK(parameters(cell).size() == (bias ? 4U : 2U));
    check_slopes(cell, x, [&](const tensor& t) { return cell(t, h); });
    check_slopes(linear(), h, [&](const tensor& t) { return cell(x, t); });
  }
}

TEST_CASE("gru_cell: what does not fit is refused") {
  const gru_cell cell(3, 4, 7);
  CHECK_THROWS_SAYING(cell(zeros({5, 3}), zeros({5, 3})), std::invalid_argument,
                      "[gru_cell] h has shape (5, 3), expected (5, 4)");
  CHECK_THROWS_AS(cell(zeros({5, 2}), zeros({5, 4})), std::invalid_argument);
}

}  // namespace
}  // namespace edgefold
