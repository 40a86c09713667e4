#include <edgefold/models/layers/gat_conv.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("gat_conv: as DGL computes it") { check_reference("gat_conv", gat_conv(6, 4, 3)); }

TEST_CASE("gat_conv: by hand") {
  gat_conv layer(1, 1, 1);
  load_state_dict(layer, {{"fc.weight", tensor({1, 1}, {2})},
                          {"attn_l", tensor({1, 1, 1}, {1})},
                          {"attn_r", tensor({1, 1, 1}, {-1})},
                          {"bias", tensor({1}, {10})}});
  const graph g({{0, 2}, {1, 2}, {0, 0}, {1, 1}});
  const tensor y = layer(g, tensor({3, 1}, {1, 3, 2}));
  // h = 2, 6, 4; at vertex 2 the scores are leaky(2 - 4) = -0.4 and leaky(6 - 4) = 2.
  const float a = 1 / (1 + std::exp(-0.4F - 2));
  CHECK(y.shape() == shape_type{3, 1, 1});
  CHECK(relative_difference(y.reshape({3, 1}).detach(), tensor({3, 1}, {12, 16, 10 + 6 * a + 2 * (1 - a)})) < 1e-6);
}

TEST_CASE("gat_conv: residuals, gradients") {
  const graph g = small_graph();
  for (const std::int64_t heads : {2, 3}) {
    const gat_conv layer(4, 2, heads, {.residual = true}, 5);
    CHECK(layer.res_fc.has_value() == (heads == 3));
    CHECK(layer.bias.defined() == (heads == 2));  // else it is that of res_fc
    check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x); });
  }
  gat_conv plain(4, 2, 2), residual(4, 2, 2, {.residual = true});
  const tensor x = features_of(g, 4);
  CHECK(relative_difference(residual(g, x).detach().reshape({6, 4}), tensor::from(plain(g, x).matrix() + x.matrix())) <
        1e-6);
}

TEST_CASE("gat_conv: dropout of features and attention while training") {
  const graph g = small_graph();
  gat_conv layer(4, 2, 3, {.feat_drop = 0.4, .attn_drop = 0.3});
  const tensor x = features_of(g, 4);
  CHECK_FALSE(same_bits(layer(g, x).detach(), layer(g, x).detach()));
  set_training(layer, false);
  CHECK(same_bits(layer(g, x).detach(), gat_conv(4, 2, 3)(g, x).detach()));
}

TEST_CASE("gat_conv: a block's destinations are its first sources") {
  const std::vector<std::int32_t> from{0, 1, 2, 2, 3}, to{0, 0, 1, 0, 1};
  const gat_conv layer(3, 2, 2, {.residual = true, .allow_zero_in_degree = true});
  const tensor x = random_normal({4, 3}, 1);
  const tensor whole = layer(graph::from_coo(from, to, 4), x), block = layer(graph::block(from, to, 4, 2), x);
  CHECK(relative_difference(block.detach(), slice(whole.detach(), 0, 0, 2)) < 1e-6);
}

TEST_CASE("gat_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const gat_conv layer(20, 6, 3, {.feat_drop = 0.2, .attn_drop = 0.2});
  check_layer_threads(layer, features_of(g, 20), [&](const tensor& x) {
    layer.feat_drop.calls = layer.attn_drop.calls = 0;
    return layer(g, x);
  });
}

TEST_CASE("gat_conv: what does not fit is refused") {
  CHECK_THROWS_SAYING(gat_conv(4, 2, 3)(small_graph(false), zeros({6, 4})), std::invalid_argument,
                      "[gat_conv] 1 of 6 vertices have no in-edges");
  CHECK_THROWS_SAYING(gat_conv(4, 2, 3)(small_graph(), zeros({6, 5})), std::invalid_argument,
                      "[gat_conv] x has shape (6, 5), expected (6, 4)");
  CHECK_THROWS_SAYING(
      gat_conv(4, 2, 3, {.allow_zero_in_degree = true})(graph::bipartite({0, 1}, {0, 1}, 2, 3), zeros({2, 4})),
      std::invalid_argument, "[gat_conv] one x for a graph of two vertex sets, 2 sources and 3 destinations");
  CHECK_THROWS_SAYING(gat_conv(4, 2, 0), std::invalid_argument, "[gat_conv] heads is 0, expected at least 1");
  CHECK_THROWS_SAYING(gat_conv(4, 2, 3, {.attn_drop = 1.5}), std::invalid_argument, "p is 1.5");
}

}  // namespace
}  // namespace edgefold
