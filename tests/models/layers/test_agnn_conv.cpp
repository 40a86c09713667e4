#include <edgefold/models/layers/agnn_conv.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("agnn_conv: as DGL computes it") { check_reference("agnn", agnn_conv()); }

TEST_CASE("agnn_conv: by hand") {
  const graph g({{0, 2}, {1, 2}, {0, 0}, {1, 1}});
  const tensor x({3, 2}, {3, 0, 0, 2, 5, 0});  // cosines with vertex 2: 1 and 0
  const float p = 1 / (1 + std::exp(-2.0F));
  const tensor y = agnn_conv({.init_beta = 2})(g, x);
  CHECK(relative_difference(y.detach(), tensor({3, 2}, {3, 0, 0, 2, 3 * p, 2 * (1 - p)})) < 1e-6);
}

TEST_CASE("agnn_conv: beta is a parameter or a buffer, and gradients") {
  const graph g = small_graph();
  const agnn_conv fixed({.learn_beta = false}), layer({.init_beta = 1.5});
  CHECK(parameters(fixed).empty());
  CHECK(state_dict(fixed).contains("beta"));
  check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("agnn_conv: a row of zeros has a finite gradient") {
  const graph g({{0, 1}, {1, 0}, {0, 0}});
  tensor x({2, 2}, {0, 0, 1, 2});
  x.set_requires_grad();
  const tensor y = agnn_conv()(g, x);
  y.backward(ones({2, 2}));
  for (const float v : y.values()) CHECK(std::isfinite(v));
  const tensor dx = x.grad();
  for (const float v : dx.values()) CHECK(std::isfinite(v));
}

TEST_CASE("agnn_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const agnn_conv layer;
  check_layer_threads(layer, features_of(g, 20), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("agnn_conv: what does not fit is refused") {
  CHECK_THROWS_SAYING(agnn_conv()(small_graph(false), zeros({6, 4})), std::invalid_argument,
                      "[agnn_conv] 1 of 6 vertices have no in-edges");
  CHECK_THROWS_SAYING(agnn_conv()(small_graph(), zeros({5, 4})), std::invalid_argument,
                      "[agnn_conv] x has shape (5, 4), expected (6, 4)");
}

TEST_CASE("agnn_conv: directions of features whose squares overflow or vanish") {
  const graph g({{0, 1}, {1, 0}, {1, 1}, {0, 0}});
  const tensor directions({2, 2}, {.6F, .8F, -.8F, .6F});
  for (const float scale : {1e-8F, 1e-3F, 1e19F, 1e30F}) {
    tensor x = directions * scale;
    x.set_requires_grad();
    const tensor y = agnn_conv()(g, x);
    CHECK(relative_difference(y.detach() / scale, agnn_conv()(g, directions).detach()) < 1e-5);
    y.backward(ones({2, 2}));
    const tensor dx = x.grad();
    for (const float v : dx.values()) CHECK(std::isfinite(v));
  }
}

}  // namespace
}  // namespace edgefold
