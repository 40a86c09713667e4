#include <edgefold/models/layers/tag_conv.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("tag_conv: as DGL computes it") { check_reference("tag_conv", tag_conv(6, 5)); }

TEST_CASE("tag_conv: by hand") {
  tag_conv layer(1, 1, {.k = 1, .bias = false});
  load_state_dict(layer, {{"lin.weight", tensor({1, 2}, {100, 1})}});
  const graph g({{0, 2}, {1, 2}, {2, 0}});  // in-degrees 1, 0 (as 1), 2
  const float half = std::sqrt(0.5F);
  CHECK(relative_difference(layer(g, tensor({3, 1}, {1, 2, 4})).detach(),
                            tensor({3, 1}, {100 + 4 * half, 200, 400 + 3 * half})) < 1e-6);
}

TEST_CASE("tag_conv: gradients, and vertices without in-edges") {
  const graph g = small_graph(false);
  const tag_conv layer(4, 3, {.k = 3}, 5);
  check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("tag_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const tag_conv layer(20, 9);
  check_layer_threads(layer, features_of(g, 20), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("tag_conv: what does not fit is refused") {
  CHECK_THROWS_SAYING(tag_conv(4, 2, {.k = -1}), std::invalid_argument, "[tag_conv] k is -1, expected at least 0");
  CHECK_THROWS_SAYING(tag_conv(4, 2)(small_graph(), zeros({6, 5})), std::invalid_argument,
                      "[tag_conv] x has shape (6, 5), expected (6, 4)");
}

}  // namespace
}  // namespace edgefold
