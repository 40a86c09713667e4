#include <edgefold/models/layers/nn_conv.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("nn_conv: as DGL computes it") {
  check_reference("nn_conv", nn_conv(6, 5, linear(3, 30, 0)),
                  [](const auto& layer, const graph& g, const tensor& x, const layer_reference& r) {
                    return layer(g, x, r.real("extra0"));
                  });
}

struct as_it_is {  // matrices given, not made
  void visit(auto&) {}
  tensor operator()(const tensor& x) const { return x; }
};

TEST_CASE("nn_conv: by hand, with a module of one's own") {
  const graph g({{0, 1}, {1, 1}, {1, 0}});
  const tensor x({2, 2}, {1, 2, 3, 4}), w({3, 2}, {10, 1, 1, 10, -1, 5});  // matrices (2, 1)
  const auto with = [&](neighbor_reducer how) {
    return nn_conv(2, 1, as_it_is{}, {.aggregator = how, .bias = false})(g, x, w);
  };
  CHECK(same_bits(with(neighbor_reducer::sum), tensor({2, 1}, {17, 55})));
  CHECK(same_bits(with(neighbor_reducer::mean), tensor({2, 1}, {17, 27.5F})));
  CHECK(same_bits(with(neighbor_reducer::max), tensor({2, 1}, {17, 50})));  // of 10 and 3, of 2 and 40
}

TEST_CASE("nn_conv: residuals, gradients") {
  const graph g = small_graph(false);
  const tensor e = random_normal({g.num_edges(), 3}, 2);
  for (const std::int64_t out : {2, 4}) {
    const nn_conv layer(4, out, linear(3, 4 * out, 1), {.aggregator = neighbor_reducer::sum, .residual = true}, 5);
    CHECK(layer.res_fc.has_value() == (out == 2));
    check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x, e); });
    check_slopes(as_it_is{}, e, [&](const tensor& t) { return layer(g, features_of(g, 4), t); });
  }
}

TEST_CASE("nn_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const tensor e = random_normal({g.num_edges(), 4}, 2);
  const nn_conv layer(6, 5, linear(4, 30, 1));
  check_layer_threads(layer, features_of(g, 6), [&](const tensor& x) { return layer(g, x, e); });
}

TEST_CASE("nn_conv: what does not fit is refused") {
  const graph g = small_graph();
  const nn_conv layer(4, 2, linear(3, 7, 1));
  CHECK_THROWS_SAYING(layer(g, zeros({6, 4}), zeros({16, 3})), std::invalid_argument,
                      "[nn_conv] edge_func gave shape (16, 7), expected (16, 8)");
  CHECK_THROWS_SAYING(layer(g, zeros({6, 3}), zeros({16, 3})), std::invalid_argument,
                      "[nn_conv] x has shape (6, 3), expected (6, 4)");
}

}  // namespace
}  // namespace edgefold
