#include <edgefold/models/layers/sage_conv.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

constexpr sage_aggregator all_of_them[] = {sage_aggregator::mean, sage_aggregator::pool, sage_aggregator::gcn,
                                           sage_aggregator::lstm};

TEST_CASE("sage_conv: as DGL computes it") {
  check_reference("sage_mean", sage_conv(6, 5, sage_aggregator::mean));
  check_reference("sage_pool", sage_conv(6, 5, sage_aggregator::pool));
  check_reference("sage_gcn", sage_conv(6, 5, sage_aggregator::gcn));
  check_reference("sage_lstm", sage_conv(6, 5, sage_aggregator::lstm));
}

TEST_CASE("sage_conv: gradients where the matrix comes first and where it comes last, and vertices without in-edges") {
  const graph g = small_graph(false);
  for (const auto how : all_of_them)
    for (const std::int64_t out : {3, 6}) {
      const sage_conv layer(4, out, how, {}, 5);
      check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x); });
    }
}

TEST_CASE("sage_conv: without biases") {
  for (const auto how : all_of_them) {
    const sage_conv layer(4, 3, how, {.bias = false});
    for (const auto& [name, t] : named_parameters(layer)) CHECK_FALSE(name == "bias");
    CHECK_FALSE((layer.fc_self && layer.fc_self->bias.defined()));
  }
}

TEST_CASE("sage_conv: dropout while training") {
  const graph g = small_graph();
  sage_conv layer(4, 3, sage_aggregator::mean, {.feat_drop = 0.5});
  const tensor x = features_of(g, 4);
  CHECK_FALSE(same_bits(layer(g, x).detach(), layer(g, x).detach()));
  set_training(layer, false);
  CHECK(same_bits(layer(g, x).detach(), sage_conv(4, 3, sage_aggregator::mean)(g, x).detach()));
}

TEST_CASE("sage_conv: a block's destinations are its first sources") {
  const std::vector<std::int32_t> from{0, 1, 2, 2, 3}, to{0, 0, 1, 0, 1};
  const tensor x = random_normal({4, 3}, 1);
  for (const auto how : all_of_them) {
    const sage_conv layer(3, 2, how);
    CHECK(relative_difference(layer(graph::block(from, to, 4, 2), x).detach(),
                              slice(layer(graph::from_coo(from, to, 4), x).detach(), 0, 0, 2)) < 1e-6);
  }
}

TEST_CASE("sage_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  for (const auto how : all_of_them) {
    const sage_conv layer(12, 9, how);
    check_layer_threads(layer, features_of(g, 12), [&](const tensor& x) { return layer(g, x); });
  }
}

TEST_CASE("sage_conv: what does not fit is refused") {
  CHECK_THROWS_SAYING(sage_conv(4, 2, sage_aggregator::mean)(small_graph(), zeros({6, 5})), std::invalid_argument,
                      "[sage_conv] x has shape (6, 5), expected (6, 4)");
}

}  // namespace
}  // namespace edgefold
