#include <edgefold/models/layers/graph_conv.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("graph_conv: as DGL computes it") {
  check_reference("graph_conv_both", graph_conv(6, 5));
  check_reference("graph_conv_right", graph_conv(6, 5, {.norm = degree_norm::right}));
  check_reference("graph_conv_none", graph_conv(6, 5, {.norm = degree_norm::none}));
  check_reference("graph_conv_weighted", graph_conv(6, 5, {.norm = degree_norm::none}),
                  [](const auto& layer, const graph& g, const tensor& x, const layer_reference& r) {
                    return layer(g, x, r.real("extra0"));
                  });
}

TEST_CASE("graph_conv: by hand") {
  const graph g({{0, 2}, {1, 2}, {2, 0}, {0, 1}});  // out-degrees 2, 1, 1; in-degrees 1, 1, 2
  const tensor x({3, 1}, {2, 3, 5});
  const auto with = [&](degree_norm norm) { return graph_conv(1, 1, {.norm = norm, .weight = false, .bias = false}); };
  CHECK(same_bits(with(degree_norm::none)(g, x), tensor({3, 1}, {5, 2, 5})));
  CHECK(same_bits(with(degree_norm::right)(g, x), tensor({3, 1}, {5, 2, 2.5F})));
  CHECK(same_bits(with(degree_norm::left)(g, x), tensor({3, 1}, {5, 1, 4})));
  const float half = std::sqrt(0.5F);
  CHECK(relative_difference(with(degree_norm::both)(g, x), tensor({3, 1}, {5, 2 * half, (2 * half + 3) * half})) <
        1e-6);
  const tensor w({4, 1}, {1, 10, 100, 1000});
  CHECK(same_bits(with(degree_norm::none)(g, x, w), tensor({3, 1}, {500, 2000, 32})));
}

TEST_CASE("graph_conv: gradients where the matrix comes first and where it comes last") {
  const graph g = small_graph();
  for (const auto norm : {degree_norm::both, degree_norm::left})
    for (const std::int64_t out : {3, 6}) {
      const graph_conv layer(4, out, {.norm = norm}, 5);
      check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x); });
    }
}

TEST_CASE("graph_conv: first values are Glorot's") {
  const graph_conv layer(30, 20, {}, 1, 7);
  const float bound = std::sqrt(6.0F / 50);
  float most = 0;
  for (const float w : layer.weight.values()) most = std::max(most, std::abs(w));
  CHECK(most < bound);
  CHECK(most > 0.98F * bound);
  CHECK(same_bits(layer.bias.detach(), zeros({20})));
  CHECK(parameters(layer).size() == 2);
  for (const tensor& t : parameters(layer)) CHECK(t.requires_grad());
  CHECK_FALSE(same_bits(layer.weight.detach(), graph_conv(30, 20, {}, 2, 7).weight.detach()));
}

TEST_CASE("graph_conv: destinations of a block") {
  const graph g = graph::bipartite({0, 1, 2, 2}, {0, 0, 1, 0}, 3, 2);
  const graph_conv layer(1, 1, {.norm = degree_norm::right, .weight = false, .bias = false});
  CHECK(same_bits(layer(g, tensor({3, 1}, {1, 2, 6})), tensor({2, 1}, {3, 6})));
}

TEST_CASE("graph_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const graph_conv layer(24, 17);
  check_layer_threads(layer, features_of(g, 24), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("graph_conv: vertices without in-edges") {
  const graph g = small_graph(false);
  const tensor x = features_of(g, 4);
  CHECK_THROWS_SAYING(graph_conv(4, 2)(g, x), std::invalid_argument,
                      "[graph_conv] 1 of 6 vertices have no in-edges, so that nothing arrives there: add self-loops, "
                      "or set allow_zero_in_degree");
  const tensor y = graph_conv(4, 2, {.allow_zero_in_degree = true})(g, x);
  CHECK(y.at(5, 0) == 0);
  CHECK(y.at(5, 1) == 0);
}

TEST_CASE("graph_conv: what does not fit is refused") {
  const graph g = small_graph();
  CHECK_THROWS_SAYING(graph_conv(4, 2)(g, zeros({6, 3})), std::invalid_argument,
                      "[graph_conv] x has shape (6, 3), expected (6, 4)");
  CHECK_THROWS_SAYING(graph_conv(4, 2)(g, zeros({5, 4})), std::invalid_argument, "x has shape (5, 4)");
  CHECK_THROWS_SAYING(graph_conv(4, 2, {.weight = false}), std::invalid_argument,
                      "[graph_conv] in is 4 and out is 2, which needs a weight");
  for (const shape_type& wrong : {shape_type{3, 1}, {g.num_edges(), 2}, {g.num_edges(), 1, 1}})
    CHECK_THROWS_SAYING(graph_conv(4, 2)(g, zeros({6, 4}), zeros(wrong)), std::invalid_argument,
                        "[graph_conv] the edge weights have shape " + to_string(wrong));
}

}  // namespace
}  // namespace edgefold
