#include <edgefold/models/layers/cheb_conv.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("cheb_conv: as DGL computes it") { check_reference("cheb", cheb_conv(6, 5, 3)); }

TEST_CASE("cheb_conv: another greatest eigenvalue, by hand") {
  // Two vertices that point at each other: L = r (1 - A) - 1 with r = 2 / 0.5 = 4, so L x = 3 x - 4 (x the other way).
  cheb_conv layer(1, 3, 3, {.bias = false, .lambda_max = 0.5});
  load_state_dict(layer, {{"linear.weight", tensor({3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1})}});
  const tensor y = layer(graph({{0, 1}, {1, 0}}), tensor({2, 1}, {1, 2})).detach();
  // T_1 = (3 - 8, 6 - 4); T_2 = 2 L T_1 - T_0 = 2 (-15 - 8, 6 + 20) - (1, 2).
  CHECK(relative_difference(y, tensor({2, 3}, {1, -5, -47, 2, 2, 50})) < 1e-6);
}

TEST_CASE("cheb_conv: gradients") {
  const graph g = small_graph(false);
  const cheb_conv layer(4, 3, 4, {.lambda_max = 1.5}, 5);
  check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("cheb_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const cheb_conv layer(20, 9, 3);
  check_layer_threads(layer, features_of(g, 20), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("cheb_conv: what does not fit is refused") {
  CHECK_THROWS_SAYING(cheb_conv(4, 2, 0), std::invalid_argument, "[cheb_conv] k is 0, expected at least 1");
  CHECK_THROWS_SAYING(cheb_conv(4, 2, 2, {.lambda_max = 0}), std::invalid_argument, "[cheb_conv] lambda_max is 0.0");
  CHECK_THROWS_SAYING(cheb_conv(4, 2, 2)(small_graph(), zeros({6, 5})), std::invalid_argument,
                      "[cheb_conv] x has shape (6, 5), expected (6, 4)");
}

}  // namespace
}  // namespace edgefold
