#include <edgefold/models/layers/dropout_layer.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("dropout_layer: draws anew in each call while training, and the same again from the same start") {
  const tensor x = ones({100, 10});
  const dropout_layer a(0.5, 3, 1), b(0.5, 3, 1), other(0.5, 3, 2);
  const tensor first = a(x), second = a(x);
  CHECK(a.calls == 2);
  CHECK_FALSE(same_bits(first, second));
  CHECK_FALSE(same_bits(first, other(x)));
  CHECK(same_bits(b(x), first));
  CHECK(same_bits(b(x), second));
  dropout_layer resumed(0.5, 3, 1);
  resumed.calls = 1;
  CHECK(same_bits(resumed(x), second));
  std::int64_t kept = 0;
  for (const float v : first.values()) {
    CHECK((v == 0 || v == 2));
    kept += v == 2;
  }
  CHECK(kept > 400);
  CHECK(kept < 600);
}

TEST_CASE("dropout_layer: a call that throws does not count") {
  dropout_layer layer(0.5, 3, 1);
  layer.p = 2;
  CHECK_THROWS_AS(layer(ones({2, 2})), std::invalid_argument);
  CHECK_THROWS_AS(layer(features(ones({2, 2}))), std::invalid_argument);
  CHECK(layer.calls == 0);
}

TEST_CASE("dropout_layer: does nothing afterwards, and nothing for p = 0") {
  const tensor x = ones({10, 10});
  dropout_layer layer(0.5, 3, 1);
  set_training(layer, false);
  CHECK_FALSE(layer.active());
  CHECK(layer(x).shares_storage_with(x));
  CHECK(layer.calls == 0);
  CHECK(dropout_layer(0)(x).shares_storage_with(x));
  CHECK(parameters(layer).empty());
}

TEST_CASE("dropout_layer: p out of range") {
  CHECK_THROWS_SAYING(dropout_layer(2), std::invalid_argument, "[dropout_layer] p is 2.000000, expected 0 <= p <= 1");
  CHECK(same_bits(dropout_layer(1)(ones({2, 3})), zeros({2, 3})));
}

}  // namespace
}  // namespace edgefold
