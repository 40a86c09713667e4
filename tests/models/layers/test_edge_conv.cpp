#include <edgefold/models/layers/edge_conv.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("edge_conv: as DGL computes it") { check_reference("edge_conv", edge_conv(6, 5)); }

TEST_CASE("edge_conv: edge by edge") {
  const graph g = small_graph(false);
  const edge_conv layer(3, 4, {.allow_zero_in_degree = true}, 2);
  const tensor x = features_of(g, 3), y = layer(g, x);
  tensor expected = full({6, 4}, -INFINITY);
  for (edge_id e = 0; e < g.num_edges(); ++e) {
    const std::int64_t u = g.source(e), v = g.target(e);
    const tensor at_v = slice(x, 0, v, v + 1);
    const tensor m =
        tensor::from(layer.theta(tensor::from(at_v.matrix() - x.matrix().row(u))).matrix() + layer.phi(at_v).matrix());
    for (std::int64_t c = 0; c < 4; ++c) expected.mutable_data()[v * 4 + c] = std::max(expected.at(v, c), m.at(0, c));
  }
  for (std::int64_t c = 0; c < 4; ++c) expected.mutable_data()[5 * 4 + c] = 0;  // where no edge arrives
  CHECK(relative_difference(y.detach(), expected) < 1e-5);
}

TEST_CASE("edge_conv: gradients") {
  const graph g = small_graph();
  const edge_conv layer(4, 3, {}, 5);
  check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("edge_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const edge_conv layer(20, 9);
  check_layer_threads(layer, features_of(g, 20), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("edge_conv: what does not fit is refused") {
  CHECK_THROWS_SAYING(edge_conv(4, 2)(small_graph(false), zeros({6, 4})), std::invalid_argument,
                      "[edge_conv] 1 of 6 vertices have no in-edges");
  CHECK_THROWS_SAYING(edge_conv(4, 2)(small_graph(), zeros({6, 5})), std::invalid_argument,
                      "[edge_conv] x has shape (6, 5), expected (6, 4)");
}

}  // namespace
}  // namespace edgefold
