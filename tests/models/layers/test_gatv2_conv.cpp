#include <edgefold/models/layers/gatv2_conv.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("gatv2_conv: as DGL computes it") { check_reference("gatv2_conv", gatv2_conv(6, 4, 3)); }

TEST_CASE("gatv2_conv: gradients of each form") {
  const graph g = small_graph();
  for (const bool share : {false, true})
    for (const std::int64_t heads : {2, 3}) {
      const gatv2_conv layer(4, 2, heads, {.residual = true, .share_weights = share}, 5);
      CHECK(layer.res_fc.has_value() == (heads == 3));
      check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x); });
    }
}

TEST_CASE("gatv2_conv: shared weights are one parameter with two names") {
  const gatv2_conv layer(4, 2, 3, {.share_weights = true});
  CHECK(parameters(layer).size() == 3);
  CHECK(state_dict(layer).contains("fc_dst.weight"));
  CHECK(parameters(gatv2_conv(4, 2, 3, {.bias = false})).size() == 3);
}

TEST_CASE("gatv2_conv: dropout while training, and a block's destinations") {
  const graph g = small_graph();
  gatv2_conv layer(4, 2, 3, {.feat_drop = 0.4, .attn_drop = 0.3});
  const tensor x = features_of(g, 4);
  CHECK_FALSE(same_bits(layer(g, x).detach(), layer(g, x).detach()));
  set_training(layer, false);
  CHECK(same_bits(layer(g, x).detach(), gatv2_conv(4, 2, 3)(g, x).detach()));
  const std::vector<std::int32_t> from{0, 1, 2, 2, 3}, to{0, 0, 1, 0, 1};
  const gatv2_conv other(3, 2, 2, {.residual = true, .allow_zero_in_degree = true});
  const tensor h = random_normal({4, 3}, 1);
  CHECK(relative_difference(other(graph::block(from, to, 4, 2), h).detach(),
                            slice(other(graph::from_coo(from, to, 4), h).detach(), 0, 0, 2)) < 1e-6);
}

TEST_CASE("gatv2_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const gatv2_conv layer(20, 6, 3);
  check_layer_threads(layer, features_of(g, 20), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("gatv2_conv: what does not fit is refused") {
  CHECK_THROWS_SAYING(gatv2_conv(4, 2, 3)(small_graph(false), zeros({6, 4})), std::invalid_argument,
                      "[gatv2_conv] 1 of 6 vertices have no in-edges");
  CHECK_THROWS_SAYING(gatv2_conv(4, 2, 3)(small_graph(), zeros({6, 5})), std::invalid_argument,
                      "[gatv2_conv] x has shape (6, 5), expected (6, 4)");
  CHECK_THROWS_SAYING(gatv2_conv(4, 2, 0), std::invalid_argument, "[gatv2_conv] heads is 0, expected at least 1");
}

}  // namespace
}  // namespace edgefold
