#include <edgefold/models/layers/gin_conv.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("gin_conv: as DGL computes it") {
  check_reference("gin_sum", gin_conv(linear(6, 5, 0), {.init_eps = 0.3, .learn_eps = true}));
}

struct twice {
  tensor factor = full({1}, 2.0F);
  void visit(auto& v) { v("factor", factor); }
  tensor operator()(const tensor& x) const { return concat({x, x}, 1); }
};

TEST_CASE("gin_conv: by hand, with a module of one's own") {
  const graph g({{0, 2}, {1, 2}, {2, 0}});
  const tensor x({3, 1}, {2, 4, -7});
  const auto first = [&](neighbor_reducer how) {
    return slice(gin_conv(twice{}, {.aggregator = how, .init_eps = 0.5})(g, x), 1, 0, 1);
  };
  CHECK(same_bits(first(neighbor_reducer::sum), tensor({3, 1}, {-4, 6, -4.5F})));
  CHECK(same_bits(first(neighbor_reducer::mean), tensor({3, 1}, {-4, 6, -7.5F})));
  CHECK(same_bits(first(neighbor_reducer::max), tensor({3, 1}, {-4, 6, -6.5F})));
}

TEST_CASE("gin_conv: eps is a parameter or a buffer, and gradients") {
  const graph g = small_graph(false);
  const gin_conv fixed(linear(4, 3, 1)), learned(linear(4, 3, 1), {.learn_eps = true});
  CHECK(parameters(fixed).size() == 2);
  CHECK(parameters(learned).size() == 3);
  CHECK(state_dict(fixed).contains("eps"));
  for (const auto how : {neighbor_reducer::mean, neighbor_reducer::max}) {
    const gin_conv layer(linear(4, 3, 1), {.aggregator = how, .learn_eps = true});
    check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x); });
  }
}

TEST_CASE("gin_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const gin_conv layer(linear(20, 10, 1), {.learn_eps = true});
  check_layer_threads(layer, features_of(g, 20), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("gin_conv: what does not fit is refused") {
  CHECK_THROWS_SAYING(gin_conv(linear(4, 3, 1))(small_graph(), zeros({5, 4})), std::invalid_argument,
                      "[gin_conv] x has 5 rows, the graph has 6 sources");
  CHECK_THROWS_AS(gin_conv(linear(4, 3, 1))(small_graph(), zeros({6, 3})), std::invalid_argument);
}

}  // namespace
}  // namespace edgefold
