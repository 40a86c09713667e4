#include <edgefold/models/layers/sg_conv.hpp>

#include <edgefold/models/layers/graph_conv.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("sg_conv: as DGL computes it") { check_reference("sg_conv", sg_conv(6, 5, {.k = 2})); }

TEST_CASE("sg_conv: hops on an undirected graph are graph convolutions without a weight") {
  const graph g = generate::grid(3, 4);
  const tensor x = features_of(g, 3);
  const graph_conv hop(3, 3, {.weight = false, .bias = false});
  const sg_conv layer(3, 5, {.k = 3});
  CHECK(relative_difference(layer(g, x).detach(), layer.fc(hop(g, hop(g, hop(g, x)))).detach()) < 1e-5);
  const sg_conv none(3, 5, {.k = 0});
  CHECK(relative_difference(none(g, x).detach(), none.fc(x).detach()) < 1e-6);
}

TEST_CASE("sg_conv: gradients where the matrix comes first and where it comes last") {
  const graph g = small_graph();
  for (const std::int64_t out : {3, 6}) {
    const sg_conv layer(4, out, {.k = 2}, 5);
    check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x); });
  }
}

TEST_CASE("sg_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const sg_conv layer(20, 9, {.k = 2});
  check_layer_threads(layer, features_of(g, 20), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("sg_conv: what does not fit is refused") {
  CHECK_THROWS_SAYING(sg_conv(4, 2, {.k = -1}), std::invalid_argument, "[sg_conv] k is -1, expected at least 0");
  CHECK_THROWS_SAYING(sg_conv(4, 2)(small_graph(false), zeros({6, 4})), std::invalid_argument,
                      "[sg_conv] 1 of 6 vertices have no in-edges");
  CHECK_THROWS_SAYING(sg_conv(4, 2)(small_graph(), zeros({6, 5})), std::invalid_argument,
                      "[sg_conv] x has shape (6, 5), expected (6, 4)");
  CHECK_THROWS_SAYING(sg_conv(4, 2)(graph::bipartite({0}, {0}, 2, 1), zeros({2, 4})), std::invalid_argument,
                      "[sg_conv] the graph has two vertex sets, 2 sources and 1 destinations, expected one");
}

}  // namespace
}  // namespace edgefold
