#include <edgefold/models/layers/gated_graph_conv.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("gated_graph_conv: as DGL computes it") { check_reference("gated_graph", gated_graph_conv(6, 6, 3)); }

TEST_CASE("gated_graph_conv: several types, edge by edge") {
  const graph g = small_graph(false);
  std::vector<std::int64_t> types;
  for (edge_id e = 0; e < g.num_edges(); ++e) types.push_back(e % 3 == 1 ? 3 : e % 3);  // type 1 has no edge
  const gated_graph_conv layer(2, 4, 2, 4, 3);
  const tensor x = features_of(g, 2);
  tensor h = concat({x, zeros({6, 2})}, 1);
  for (int step = 0; step < layer.steps; ++step) {
    tensor a({6, 4});
    for (edge_id e = 0; e < g.num_edges(); ++e) {
      const auto type = static_cast<std::size_t>(types[static_cast<std::size_t>(e)]);
      const std::int64_t u = g.source(e), v = g.target(e);
      const tensor m = layer.linears[type](slice(h, 0, u, u + 1));
      for (std::int64_t c = 0; c < 4; ++c) a.mutable_data()[v * 4 + c] += m.at(0, c);
    }
    h = layer.gru(a, h).detach();
  }
  CHECK(relative_difference(layer(g, x, types).detach(), h) < 1e-5);
  check_slopes(layer, x, [&](const tensor& t) { return layer(g, t, types); });
}

TEST_CASE("gated_graph_conv: no steps, one type said or unsaid") {
  const graph g = small_graph();
  const tensor x = features_of(g, 3);
  CHECK(same_bits(gated_graph_conv(3, 4, 0)(g, x), concat({x, zeros({6, 1})}, 1)));
  const gated_graph_conv layer(3, 4, 2);
  const std::vector<std::int32_t> all_0(16);
  CHECK(same_bits(layer(g, x).detach(), layer(g, x, all_0).detach()));
}

TEST_CASE("gated_graph_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const auto types = random_integers({g.num_edges()}, 3, 5);
  const gated_graph_conv layer(20, 20, 2, 3);
  check_layer_threads(layer, features_of(g, 20), [&](const tensor& x) { return layer(g, x, types); });
}

TEST_CASE("gated_graph_conv: what does not fit is refused") {
  const graph g = small_graph();
  CHECK_THROWS_SAYING(gated_graph_conv(4, 3, 1), std::invalid_argument,
                      "[gated_graph_conv] in is 4 and out is 3, expected in <= out");
  CHECK_THROWS_SAYING(gated_graph_conv(4, 4, 1, 0), std::invalid_argument, "there are 1 steps and 0 types");
  const gated_graph_conv layer(3, 4, 1, 2);
  CHECK_THROWS_SAYING(layer(g, zeros({6, 2})), std::invalid_argument,
                      "[gated_graph_conv] x has shape (6, 2), expected (6, 3)");
  CHECK_THROWS_SAYING(layer(g, zeros({6, 3})), std::invalid_argument, "[gated_graph_conv] 0 types for 16 edges");
  const std::vector<std::int32_t> all_2(16, 2);
  CHECK_THROWS_SAYING(layer(g, zeros({6, 3}), all_2), std::invalid_argument, "type 0 is 2, expected an id from 0 to 1");
}

}  // namespace
}  // namespace edgefold
