#include <edgefold/models/layers/embedding.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("embedding: rows by number, and their gradients") {
  embedding table(5, 3, 1);
  const tensor y = table({4, 0, 4});
  CHECK(y.shape() == shape_type{3, 3});
  for (std::int64_t c = 0; c < 3; ++c) {
    CHECK(y.at(0, c) == table.weight.at(4, c));
    CHECK(y.at(1, c) == table.weight.at(0, c));
    CHECK(y.at(2, c) == table.weight.at(4, c));
  }
  y.backward(tensor({3, 3}, {1, 2, 3, 10, 20, 30, 4, 5, 6}));
  CHECK(same_bits(table.weight.grad(), tensor({5, 3}, {10, 20, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 7, 9})));
  CHECK_THROWS_AS(table({5}), std::invalid_argument);
}

TEST_CASE("embedding: first values are standard normal") {
  const embedding table(2000, 10, 3, 1);
  double sum = 0, squares = 0;
  for (const float v : table.weight.values()) sum += v, squares += double{v} * v;
  CHECK(std::abs(sum / 20000) < 0.03);
  CHECK(std::abs(squares / 20000 - 1) < 0.05);
  CHECK(named_parameters(table).at(0).first == "weight");
}

}  // namespace
}  // namespace edgefold
