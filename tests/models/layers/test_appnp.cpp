#include <edgefold/models/layers/appnp.hpp>

#include <edgefold/ops/tensor/arithmetic.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("appnp: as DGL computes it") { check_reference("appnp", appnp({.k = 4, .alpha = 0.1})); }

TEST_CASE("appnp: by hand, with weights and features of several dims") {
  const graph g({{0, 2}, {1, 2}, {2, 0}, {0, 1}});
  const tensor w({4, 1}, {1, 3, 4, 8});  // sums out of vertices 9, 3, 4; into them 4, 8, 4
  const tensor y = appnp({.k = 1, .alpha = 0.25})(g, tensor({3, 1, 2}, {2, 4, 3, 6, 5, 10}), w);
  const double one[] = {0.75 * 4 / 4 * 5 + 0.25 * 2, 0.75 * 8 / std::sqrt(72.0) * 2 + 0.25 * 3,
                        0.75 * (1.0 / 6 * 2 + 3 / std::sqrt(12.0) * 3) + 0.25 * 5};
  CHECK(y.shape() == shape_type{3, 1, 2});
  for (std::int64_t v = 0; v < 3; ++v) {
    CHECK(y.at(v, 0) == doctest::Approx(one[v]).epsilon(1e-6));
    CHECK(y.at(v, 1) == doctest::Approx(2 * one[v]).epsilon(1e-6));
  }
}

TEST_CASE("appnp: gradients, and where nothing or everything comes back") {
  const graph g = small_graph(false);
  const appnp layer({.k = 3, .alpha = 0.3});
  check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x); });
  const tensor w = random_uniform({g.num_edges(), 1}, 1, 0.5F, 2.0F);
  check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x, w); });
  const tensor x = features_of(g, 4);
  CHECK(same_bits(appnp({.k = 0})(g, x), x));
  CHECK(same_bits(appnp({.k = 3, .alpha = 1})(g, x), x));
}

TEST_CASE("appnp: edges are dropped while training") {
  const graph g = small_graph();
  appnp layer({.k = 2, .edge_drop = 0.5});
  const tensor x = features_of(g, 4);
  CHECK_FALSE(same_bits(layer(g, x), layer(g, x)));
  CHECK(layer.edge_drop.calls == 4);
  set_training(layer, false);
  CHECK(same_bits(layer(g, x), appnp({.k = 2})(g, x)));
}

TEST_CASE("appnp: equal bits for any number of threads") {
  const graph g = large_graph();
  const appnp layer({.k = 3, .edge_drop = 0.5});
  check_layer_threads(layer, features_of(g, 20), [&](const tensor& x) {
    layer.edge_drop.calls = 0;
    return layer(g, x);
  });
}

TEST_CASE("appnp: what does not fit is refused") {
  const graph g = small_graph();
  CHECK_THROWS_SAYING(appnp({.k = -1}), std::invalid_argument, "[appnp] k is -1, expected at least 0");
  CHECK_THROWS_SAYING(appnp({.alpha = 2}), std::invalid_argument, "[appnp] alpha is 2.0");
  CHECK_THROWS_SAYING(appnp()(g, zeros({5, 4})), std::invalid_argument, "[appnp] x has 5 rows, the graph has 6");
  CHECK_THROWS_SAYING(appnp()(g, zeros({6, 4}), zeros({6, 1})), std::invalid_argument,
                      "[appnp] the edge weights have shape (6, 1), expected (16, 1)");
  CHECK_THROWS_SAYING(appnp()(g, zeros({6, 4}), zeros({16, 1})), std::invalid_argument,
                      "[appnp] an edge weight is not positive and finite");
  CHECK_THROWS_SAYING(appnp()(g, zeros({6, 4}), full<float>({16, 1}, INFINITY)), std::invalid_argument,
                      "[appnp] an edge weight is not positive and finite");
}

}  // namespace
}  // namespace edgefold
